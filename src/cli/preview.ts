import { Command, Option } from 'commander';
import { DEVICES } from '../models/index.js';
import { startPreview } from '../preview/index.js';
import { wholeNumber } from './arguments.js';
import { coloursOf } from './colours.js';
import { EXIT_CODES } from './failure.js';
import { openBrowser, port } from './local-page.js';
import { untilStopped } from './signals.js';

interface PreviewFlags {
  readonly port?: number;
  readonly open?: boolean;
  readonly lexicon?: string;
  readonly bundle?: string;
  readonly device?: string;
  readonly threads?: number;
}

/** `handfirst preview [FILE]`. `start`: what starts the server. */
export function previewCommand(start: typeof startPreview = startPreview): Command {
  return new Command('preview')
    .description('look at keypoints and choose a signer, in the browser')
    .argument('[file]', 'keypoint file or folder to begin with')
    .option('--port <n>', 'port to listen on, 0 for any (default: 8133, or any where it is taken)', port)
    .option('--open', 'open the page in the browser')
    .option('--lexicon <folder>', 'a folder of signs to make phrases of, as for `handfirst phrase`')
    .option('--bundle <name>', 'model bundle: a name or a folder (default: compact)')
    .addOption(
      new Option('--device <name>', 'where the models run (default: the first that works)').choices([
        'auto',
        ...DEVICES,
      ]),
    )
    .option(
      '--threads <n>',
      'CPU threads (default: all, used in the way measured to be fastest)',
      wholeNumber(1),
    )
    .addHelpText(
      'after',
      `\nThe page is for this machine alone. Ctrl-C stops it; what you did not download is removed.

Examples:
  handfirst preview phrase.pose --open
  handfirst preview --port 9000
${EXIT_CODES}`,
    )
    .action(async (file: string | undefined, { device, bundle, threads, ...flags }: PreviewFlags) => {
      const stopped = untilStopped();
      const preview = await start({
        input: file,
        port: flags.port,
        lexicon: flags.lexicon,
        method: { bundle },
        runtime: { device: device === 'auto' ? undefined : device, threads },
      });
      const colours = coloursOf(process.stdout);
      try {
        process.stdout.write(
          `${colours.green('The preview is at')} ${preview.address} ${colours.dim('(Ctrl-C stops it)')}\n`,
        );
        if (flags.open) await openBrowser(preview.address);
        await stopped;
      } finally {
        await preview.close();
      }
    });
}
