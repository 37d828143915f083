import { Command, Option } from 'commander';
import { counted } from '../counted.js';
import { type MakeOptions, makeBenchmark } from '../evaluate/index.js';
import * as parse from './arguments.js';
import { EXIT_CODES } from './failure.js';
import { terminalReporter } from './progress.js';
import { cancelOnSignals } from './signals.js';
import { placeOnDisk } from './standard-output.js';

type MakeFlags = Omit<MakeOptions, 'input' | 'progress' | 'signal'>;

/** `handfirst evaluate make INPUT -o FOLDER`. */
export function evaluateMakeCommand(): Command {
  return new Command('make')
    .description('make a benchmark of videos, folders of frames, or pictures, and their keypoints')
    .argument('<input>', 'folder of videos, frame folders or pictures, or one of them')
    .requiredOption('-o, --out <folder>', 'folder to make', placeOnDisk)
    .optionsGroup('What is chosen:')
    .option('--seed <n>', 'seed of the random choice', parse.wholeNumber(0), 0)
    .option('--videos <n>', 'videos to choose', parse.wholeNumber(1), 50)
    .option('--frames <n>', 'frames to choose of them, or pictures', parse.wholeNumber(1), 2000)
    .option('--two-handed', 'only frames that ask for both hands')
    .option('--by-class', 'evenly from the folders of the input, a class each (pictures)')
    .option('--clips <n>', 'clips to choose as well, to measure flicker', parse.wholeNumber(0), 0)
    .option('--clip-frames <n>', 'consecutive frames of a clip', parse.wholeNumber(2), 32)
    .optionsGroup('Keypoints:')
    .option('--poses <path>', 'folder of the keypoints, or the file of a single input (default: beside it)')
    .option('--format <name>', 'layout of the keypoints where it is not recognised (see `pose formats`)')
    .addOption(
      new Option(
        '--fps <rate>',
        'frames a second of the keypoints, where neither they nor a video say it',
      ).argParser(parse.frameRate),
    )
    .addOption(
      new Option('--size <WxH>', "pixels that the keypoints refer to (default: the pictures')").argParser(
        parse.pictureSize,
      ),
    )
    .optionsGroup('Benchmark:')
    .option('--name <text>', 'name of the benchmark (default: the name of the input)')
    .option('--caption <text>', 'describe who is shown, where no NAME.txt does')
    .option('--force', 'replace a benchmark that exists')
    .optionsGroup('Other:')
    .addHelpText('after', EXAMPLES)
    .action(make);
}

const EXAMPLES = `
What belongs together has one name: clip.mp4 (or clip.jpg, or a folder clip/ of pictures), clip.pose (or .json, .npy ...)
and, with its caption, clip.txt. Frames that ask for no hand are not chosen.

Examples:
  handfirst evaluate make videos/ --poses keypoints/ -o benchmark
  handfirst evaluate make youtube-asl/ --poses keypoints/ -o youtube-asl --two-handed --videos 50 --frames 2000
  handfirst evaluate make hagrid/ --poses hagrid-dwpose/ -o hagrid --by-class --frames 360
${EXIT_CODES}`;

async function make(input: string, flags: MakeFlags): Promise<void> {
  const reporter = terminalReporter(process.stderr.isTTY === true, false);
  const { signal, release } = cancelOnSignals();
  try {
    const progress = ({ done, total }: { done: number; total: number }): void =>
      reporter.progress({ done, total, resumed: 0 });
    const { frames, clips, sources, problems } = await makeBenchmark({ ...flags, input, progress, signal });
    reporter.stop();
    for (const sentence of problems) reporter.note({ kind: 'warning', sentence });
    const besides = clips > 0 ? ` and ${counted(clips, 'clip')}` : '';
    process.stdout.write(
      `${flags.out}: ${counted(frames, 'frame')}${besides} of ${counted(sources, 'source')}\n`,
    );
  } finally {
    reporter.stop();
    release();
  }
}
