import { UsageError } from '../errors.js';
import { ALPHABET } from './data/alphabet.js';
import type { LetterShape } from './letter-shape.js';

/** A letter to spell, or `undefined` for the pause between words. */
export type Letter = { readonly name: string; readonly shape: LetterShape } | undefined;

/** Characters that a speller passes over: apostrophes of all kinds. */
const SILENT = /['’ʼ`´]/;
const PAUSE = /[\s\-–—_.,;:!?/]/;

/**
 * The letters of a text, without regard to case and accents (é is spelled E); blanks and punctuation are one pause between words.
 * Throws UsageError for a text without letters, and for characters that have no hand shape.
 */
export function lettersOf(text: string): Letter[] {
  const letters: Letter[] = [];
  // Decomposed, so that an accent stands by itself and can be dropped.
  for (const character of text.normalize('NFKD').replace(/\p{M}/gu, '')) {
    if (SILENT.test(character)) continue;
    if (PAUSE.test(character)) {
      if (letters.at(-1)) letters.push(undefined);
      continue;
    }
    const name = character.toUpperCase();
    const shape = Object.hasOwn(ALPHABET, name) ? ALPHABET[name] : undefined;
    if (!shape) throw new UsageError('HF_SPELL_TEXT', unknown(character, text), { field: 'text' });
    letters.push({ name, shape });
  }
  if (letters.length > 0 && !letters.at(-1)) letters.pop();
  if (letters.length === 0)
    throw new UsageError(
      'HF_SPELL_TEXT',
      'There is nothing to spell: give letters A to Z or digits 0 to 9.',
      { field: 'text' },
    );
  return letters;
}

function unknown(character: string, text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return `The character ${JSON.stringify(character)} in ${JSON.stringify(shown)} has no hand shape; use A to Z, 0 to 9 and spaces.`;
}
