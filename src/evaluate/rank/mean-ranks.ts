import { type Answer, CRITERIA, type Criterion } from './answer.js';

/** Mean rank of a contestant, 1 = always best, and the sample's standard deviation; NaN where too few were given. */
export interface MeanRank {
  readonly contestant: string;
  readonly mean: number;
  readonly deviation: number;
  readonly count: number;
}

/** Mean ranks of the contestants by one criterion over all answers, best first. */
export function meanRanks(
  answers: readonly Answer[],
  contestants: readonly string[],
  by: Criterion,
): MeanRank[] {
  const ranks = contestants.map((contestant) => {
    const given = answers.flatMap((answer) => answer[by][answer.shown.indexOf(contestant)] ?? []);
    const mean = given.reduce((sum, rank) => sum + rank, 0) / given.length;
    const squares = given.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
    return { contestant, mean, deviation: Math.sqrt(squares / (given.length - 1)), count: given.length };
  });
  return ranks.sort((a, b) => a.mean - b.mean);
}

/** A table of mean ranks with their standard deviations, as text. */
export function rankTable(answers: readonly Answer[], contestants: readonly string[]): string {
  const width = Math.max(6, ...contestants.map((name) => name.length));
  const columns = CRITERIA.map(
    (by) => new Map(meanRanks(answers, contestants, by).map((rank) => [rank.contestant, rank])),
  );
  const cell = (rank: MeanRank | undefined): string =>
    rank && Number.isFinite(rank.mean)
      ? `${rank.mean.toFixed(2)}${Number.isFinite(rank.deviation) ? ` ± ${rank.deviation.toFixed(2)}` : ''}`
      : '–';
  const order =
    answers.length > 0
      ? meanRanks(answers, contestants, 'pose').map(({ contestant }) => contestant)
      : contestants;
  const rows = order.map(
    (name) =>
      `${name.padEnd(width)}  ${columns.map((column) => cell(column.get(name)).padEnd(13)).join('  ')}`,
  );
  const head = `${'preset'.padEnd(width)}  ${CRITERIA.map((by) => `by ${by}`.padEnd(13)).join('  ')}`;
  return `${[head, ...rows].map((row) => row.trimEnd()).join('\n')}\n`;
}
