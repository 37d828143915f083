import { Command, Option } from 'commander';
import { counted } from '../counted.js';
import { type Complexity, extractPose } from '../detect/index.js';
import * as parse from './arguments.js';
import { terminalReporter } from './progress.js';
import { cancelOnSignals } from './signals.js';

interface ExtractFlags {
  readonly out: string;
  readonly fps?: number;
  readonly complexity: string;
  readonly smooth: boolean;
  readonly force?: boolean;
}

const COMPLEXITIES = new Map<string, Complexity>([
  ['0', 0],
  ['1', 1],
  ['2', 2],
]);

/** `handfirst pose extract VIDEO -o FILE`. */
export function extractCommand(): Command {
  return new Command('extract')
    .description('find the keypoints of a signer in a video, with MediaPipe Holistic')
    .argument('<video>', 'a video that ffmpeg can read')
    .requiredOption('-o, --out <file>', '.pose or .jsonl')
    .addOption(
      new Option('--fps <rate>', "look at this many frames a second instead of the video's own").argParser(
        parse.frameRate,
      ),
    )
    .addOption(
      new Option('--complexity <n>', "size of the body's network: 2 is slower and surer")
        .choices([...COMPLEXITIES.keys()])
        .default('1'),
    )
    .option('--no-smooth', "leave the body's points as they are found")
    .option('--force', 'replace an output that exists')
    .action(async (video: string, { out, complexity, ...flags }: ExtractFlags) => {
      const reporter = terminalReporter(process.stderr.isTTY === true, false);
      const { signal, release } = cancelOnSignals();
      const progress = (frames: { done: number; total?: number }) =>
        reporter.progress({ ...frames, resumed: 0 });
      try {
        const { frames, found } = await extractPose(video, out, {
          ...flags,
          complexity: COMPLEXITIES.get(complexity),
          progress,
          signal,
        });
        reporter.stop();
        process.stdout.write(`${out}: ${counted(frames, 'frame')}, a person in ${found}\n`);
      } finally {
        reporter.stop();
        release();
      }
    });
}
