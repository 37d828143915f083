import { UsageError } from '../../errors.js';
import { reasonOf } from '../../reason.js';
import { serve } from '../../serve/listen.js';
import { Answers } from './answers.js';
import { rankApp } from './app.js';
import { rankTable } from './mean-ranks.js';
import { makeStudy, readResults } from './study.js';

/** Options of `startRanking`. */
export interface RankOptions {
  /** Folders that `handfirst evaluate` wrote. */
  readonly folders: readonly string[];
  /** File of the answers; they are gone on with where it is there. */
  readonly out: string;
  /** Poses to ask about, default 20. */
  readonly count?: number;
  /** Decides what is asked, and in which order it is shown. */
  readonly seed?: number;
  /** Port to listen on, default any. */
  readonly port?: number;
}

export interface Ranking {
  /** `http://127.0.0.1:41234/` */
  readonly address: string;
  readonly questions: number;
  /** How many questions are answered by now. */
  answered(): number;
  /** Mean ranks with deviations so far, as text. */
  table(): string;
  close(): Promise<void>;
}

const USUAL_COUNT = 20;

/** Starts the page on which people rank results, on this machine alone. Throws UsageError, OutputError. */
export async function startRanking(options: RankOptions): Promise<Ranking> {
  const results = await Promise.all(options.folders.map(readResults));
  const study = makeStudy(results, options.count ?? USUAL_COUNT, options.seed ?? 0);
  const answers = await Answers.open(options.out, study);
  const app = (port: () => number) => rankApp({ study, answers, path: options.out, port });
  const served = await serve(app, options.port ?? 0).catch((error: unknown) => {
    throw new UsageError(
      'HF_PORT',
      `The page cannot listen on port ${options.port} (${reasonOf(error)}): choose another \`port\`, or 0 for any.`,
      { field: 'port' },
    );
  });
  return {
    address: served.address,
    questions: study.trials.length,
    answered: () => answers.all.length,
    table: () => rankTable(answers.all, study.contestants),
    close: served.close,
  };
}
