import { Command } from 'commander';
import { startRanking } from '../evaluate/rank/index.js';
import { wholeNumber } from './arguments.js';
import { coloursOf } from './colours.js';
import { EXIT_CODES } from './failure.js';
import { openBrowser, port } from './local-page.js';
import { untilStopped } from './signals.js';
import { placeOnDisk } from './standard-output.js';

interface RankFlags {
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly port: number;
  readonly open?: boolean;
  readonly table?: boolean;
}

/** `handfirst evaluate rank DIR...`. */
export function evaluateRankCommand(): Command {
  return new Command('rank')
    .description('let people rank the results of presets or bundles, in the browser')
    .argument('<folders...>', 'folders that `handfirst evaluate` wrote')
    .option('-o, --out <file>', 'file of the answers; continued where it exists', placeOnDisk, 'ranks.json')
    .option('--count <n>', 'poses to ask about', wholeNumber(1), 20)
    .option('--seed <n>', 'seed of the questions and their order', wholeNumber(0), 0)
    .option('--table', 'print the mean ranks so far, and ask nothing')
    .option('--port <n>', 'port to listen on, 0 for any', port, 0)
    .option('--open', 'open the page in the browser')
    .addHelpText('after', EXAMPLES)
    .action(rank);
}

const EXAMPLES = `
The page shows a pose and the pictures without names, shuffled, and asks for ranks by pose and by quality. Give each person another
--out. Ctrl-C stops it and prints mean ranks (1 is best) with standard deviations.

Examples:
  handfirst evaluate samples/benchmark --preset default,naive,box -o results
  handfirst evaluate rank results --out ana.json --open
  handfirst evaluate rank results other-bundle --count 50 --out ben.json
${EXIT_CODES}`;

async function rank(folders: readonly string[], flags: RankFlags): Promise<void> {
  const stopped = untilStopped();
  const ranking = await startRanking({ ...flags, folders });
  try {
    if (!flags.table) {
      const colours = coloursOf(process.stdout);
      process.stdout.write(
        `${colours.green('The questions are at')} ${ranking.address} ${colours.dim('(Ctrl-C stops it)')}\n`,
      );
      if (flags.open) await openBrowser(ranking.address);
      await stopped;
    }
    process.stdout.write(
      `${ranking.answered()} of ${ranking.questions} questions are answered, in ${flags.out}.\n${ranking.table()}`,
    );
  } finally {
    await ranking.close();
  }
}
