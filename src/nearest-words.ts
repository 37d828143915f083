/** Suggestions given for a word at most. */
const MOST = 3;
/** Letters in common at the beginning that make a suggestion of their own. */
const PREFIX = 3;

/**
 * Known terms that look like `word`, nearest first: few letters to change, or the same beginning. Terms of several words
 * are also compared word by word.
 */
export function nearestWords(word: string, known: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked: { term: string; distance: number }[] = [];
  for (const term of known) {
    const parts = term.includes(' ') ? [term, ...term.split(' ')] : [term];
    const distance = Math.min(...parts.map((part) => rank(word, part, limit)));
    if (Number.isFinite(distance)) ranked.push({ term, distance });
  }
  ranked.sort(
    (a, b) => a.distance - b.distance || a.term.length - b.term.length || (a.term < b.term ? -1 : 1),
  );
  return ranked.slice(0, MOST).map(({ term }) => term);
}

/** Edit distance less the letters that agree at the beginning; infinite where the words are strangers. */
function rank(word: string, term: string, limit: number): number {
  const prefix = sharedPrefix(word, term);
  const distance = editDistance(word, term);
  const akin = distance <= limit || prefix >= PREFIX;
  return akin ? distance - Math.min(prefix, 4) / 2 : Number.POSITIVE_INFINITY;
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
