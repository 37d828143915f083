import { extname } from 'node:path';
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
  const end = words.indexOf('--');
  return words.map((word, at) => {
    const endings = end >= 0 && at > end ? undefined : ENDINGS.get(word);
    if (!endings) return word;
    const next = words[at + 1] ?? '';
    return endings.includes(extname(next).toLowerCase()) ? word : `${word}=`;
  });
}
