import { distance } from 'fastest-levenshtein';

/** Suggestions given for a word at most. */
const MOST = 3;
/** Letters in common at the beginning that make a suggestion of their own. */
const PREFIX = 3;

/**
 * Known terms that look like `word`, nearest first: few letters to change, or the same beginning. Terms of several words
 * are also compared word by word.
 */
export function nearestWords(word: string, known: readonly string[]): string[] {
  const limit = Math.ceil(word.length / 3);
  const ranked: { term: string; away: number }[] = [];
  for (const term of known) {
    const parts = term.includes(' ') ? [term, ...term.split(' ')] : [term];
    const away = Math.min(...parts.map((part) => rank(word, part, limit)));
    if (Number.isFinite(away)) ranked.push({ term, away });
  }
  ranked.sort((a, b) => a.away - b.away || a.term.length - b.term.length || (a.term < b.term ? -1 : 1));
  return ranked.slice(0, MOST).map(({ term }) => term);
}

/** Edit distance less the letters that agree at the beginning; infinite where the words are strangers. */
function rank(word: string, term: string, limit: number): number {
  const prefix = sharedPrefix(word, term);
  const changes = swapped(word, term) ? 1 : distance(word, term);
  const akin = changes <= limit || prefix >= PREFIX;
  return akin ? changes - Math.min(prefix, 4) / 2 : Number.POSITIVE_INFINITY;
}

/** Whether two neighbouring letters are swapped, the commonest slip of fingers, which the library counts as two changes. */
function swapped(a: string, b: string): boolean {
  const at = sharedPrefix(a, b);
  return (
    a.length === b.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
  );
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
