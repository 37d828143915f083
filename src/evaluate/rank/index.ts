import { requirePackages } from '../../packages.js';
import type { Ranking, RankOptions } from './start.js';

export type { Ranking, RankOptions };

/** Starts the page on which people rank results, on this machine alone. Throws UsageError, OutputError. */
export async function startRanking(options: RankOptions): Promise<Ranking> {
  requirePackages('page');
  const { startRanking: start } = await import('./start.js');
  return start(options);
}
