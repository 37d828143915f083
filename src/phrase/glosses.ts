import { basename, extname } from 'node:path';
import type { JoinedClip } from './join.js';
import type { SpelledClip } from './spell.js';

/** What is signed, and when: seconds from the clip's beginning. */
export interface GlossTime {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The signs of a phrase, or of files that are joined, as captions: `HELLO`. Signs of files have their names, without folders and endings. */
export function glossTimes({ signs }: Pick<JoinedClip, 'signs'>): GlossTime[] {
  return signs.map(({ sign, start, end }) => ({ text: plainName(sign), start, end }));
}

/** A spelled text as one caption, from its first letter to its last. */
export function spelledTime({ letters }: Pick<SpelledClip, 'letters'>, text: string): GlossTime[] {
  const [first, last] = [letters.at(0), letters.at(-1)];
  return first && last ? [{ text: text.trim(), start: first.start, end: last.end }] : [];
}

function plainName(sign: string): string {
  const name = basename(sign);
  return /\.(pose|jsonl?|npy|npz|parquet|gz)$/i.test(name) ? basename(name, extname(name)) : name;
}
