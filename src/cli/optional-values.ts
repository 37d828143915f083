import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../counted.js';
import { SHEET_ENDINGS } from '../sheet.js';
import { CAPTION_ENDINGS } from '../video/index.js';

/** Flags whose value may be left out, and what it ends in where it is given. */
const ENDINGS = new Map([
  ['--captions', CAPTION_ENDINGS],
  ['--contact-sheet', SHEET_ENDINGS],
]);

/**
 * The words of a command line in which no flag with an optional value takes the word after it for one unless that has a fitting
 * ending: in `--captions hello.pose`, the file is not the captions.
 */
export function withOptionalValues(words: readonly string[]): string[] {
  return words.map((word, at) => (valueless(words, at) ? `${word}=` : word));
}

/**
 * What a command got beyond its arguments, as a sentence; nothing where that is right. A word behind a flag with an optional value
 * is most likely a value with a wrong ending, as in `hello.pose --contact-sheet sheet.bmp`.
 */
export function excessWords(words: readonly string[], command: Command): string | undefined {
  const { args, registeredArguments: taken } = command;
  if (args.length <= taken.length || taken.at(-1)?.variadic) return undefined;
  for (const [at, flag] of words.entries()) {
    const next = words[at + 1] ?? '';
    const isFile = next === args[0] && existsSync(next);
    if (valueless(words, at) && args.includes(next) && !isFile)
      return `${next} does not fit ${flag}: end it in ${ENDINGS.get(flag)?.join(' or ')}.`;
  }
  const few = taken.length === 0 ? 'no argument' : counted(taken.length, 'argument');
  return `${command.name()} takes ${few} and got ${args.length}: ${args.join(', ')}.`;
}

/** Whether the word is such a flag and the one after it no value of it. */
function valueless(words: readonly string[], at: number): boolean {
  const end = words.indexOf('--');
  const endings = end >= 0 && at > end ? undefined : ENDINGS.get(words[at] ?? '');
  return endings !== undefined && !endings.includes(extname(words[at + 1] ?? '').toLowerCase());
}
