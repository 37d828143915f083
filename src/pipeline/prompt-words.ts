import { UsageError } from '../errors.js';
import type { UnknownWord } from '../models/word-tokenizer.js';

/** Who reads a prompt, and what becomes of what they cannot take in. */
export interface PromptReader {
  /** Name of the bundle. */
  readonly bundle: string;
  readonly allowUnknownWords: boolean | undefined;
  readonly warn: (sentence: string) => void;
}

/** Words that the bundle does not know, and the part that it has no room for (`cut`): refused, or reported where that is allowed. */
export function checkWords(
  { unknown, cut = '' }: { readonly unknown: readonly UnknownWord[]; readonly cut?: string },
  { bundle, allowUnknownWords, warn }: PromptReader,
): void {
  const problems: string[] = [];
  if (unknown.length > 0) {
    const words = unknown.map(({ word, nearest }) =>
      nearest.length > 0 ? `"${word}" (nearest: ${nearest.join(', ')})` : `"${word}"`,
    );
    const what = words.length === 1 ? 'a word' : 'words';
    problems.push(`The prompt has ${what} that the bundle "${bundle}" does not know: ${words.join('; ')}`);
  }
  if (cut) problems.push(`The prompt is longer than the bundle "${bundle}" can read, from "${cut}" on`);
  for (const problem of problems) {
    if (!allowUnknownWords) {
      throw new UsageError(
        'HF_PROMPT_WORD',
        `${problem}; choose other words (handfirst models words lists them), or ignore them with \`allowUnknownWords: true\`.`,
        { field: 'prompt' },
      );
    }
    warn(`${problem}; unknown words are ignored.`);
  }
}
