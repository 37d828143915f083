import { signal } from '@preact/signals';
import { formatPhrase } from '../../../phrase/notation.js';
import { api } from './api.js';
import { about, attempt } from './store.js';

/** One part of a phrase, as a tile. */
export interface PhraseTile {
  readonly id: number;
  /** `sign`: a gloss of the lexicon; `spell`: letters; `file`: a keypoint file of the user's. */
  readonly kind: 'sign' | 'spell' | 'file';
  readonly text: string;
  /** The stored file. */
  readonly file?: string;
  readonly repeat: number;
  /** 1 = as it was recorded, or three letters a second. */
  readonly speed: number;
  /** Seconds for which its end is held. */
  readonly hold: number;
}

export const tiles = signal<readonly PhraseTile[]>([]);
/** The tile whose times are shown. */
export const selected = signal<number | undefined>(undefined);

/** Adds words: those that the lexicon has are signed, the others spelled. */
export function addWords(text: string, has: (gloss: string) => boolean): void {
  const words = text.trim().split(/\s+/).filter(Boolean);
  add(words.map((word) => ({ kind: has(word) ? 'sign' : 'spell', text: has(word) ? word : bare(word) })));
}

/** Sends keypoint files, which become tiles. */
export function addFiles(files: readonly File[]): Promise<void> {
  return attempt(async () => {
    const limit = about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY;
    for (const file of files) {
      const stored = await api.upload('files', file, limit);
      add([{ kind: 'file', text: stored.name, file: stored.file }]);
    }
  });
}

export function add(parts: readonly Pick<PhraseTile, 'kind' | 'text' | 'file'>[]): void {
  let id = Math.max(0, ...tiles.value.map((tile) => tile.id));
  const added = parts.map((part) => {
    id += 1;
    return { id, ...part, repeat: 1, speed: 1, hold: 0 };
  });
  tiles.value = [...tiles.value, ...added];
  selected.value = added.at(-1)?.id;
}

export function edit(id: number, change: Partial<Pick<PhraseTile, 'repeat' | 'speed' | 'hold'>>): void {
  tiles.value = tiles.value.map((tile) => (tile.id === id ? { ...tile, ...change } : tile));
}

export function remove(id: number): void {
  const at = tiles.value.findIndex((tile) => tile.id === id);
  tiles.value = tiles.value.filter((tile) => tile.id !== id);
  selected.value = (tiles.value[at] ?? tiles.value.at(-1))?.id;
}

/** Puts the tile from one place to another. */
export function move(from: number, to: number): void {
  const tile = tiles.value[from];
  if (!tile || to < 0 || to >= tiles.value.length) return;
  const rest = tiles.value.filter((_, at) => at !== from);
  tiles.value = [...rest.slice(0, to), tile, ...rest.slice(to)];
}

/** The phrase of the tiles in the notation of `handfirst phrase`: `HELLO*2@0.5+0.4s A-N-N-A`. */
export function phraseOf(parts: readonly PhraseTile[]): string {
  return formatPhrase(
    parts.map(({ kind, text, ...how }) => ({ ...how, text: kind === 'spell' ? spelled(text) : text })),
  );
}

function spelled(text: string): string {
  const letters = [...text];
  return letters.length === 1 ? `${text}-` : letters.join('-');
}

/** The letters and digits of a word, which can be spelled. */
function bare(word: string): string {
  return word.replace(/[^\p{L}\d]/gu, '') || word;
}
