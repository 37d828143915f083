import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { counted } from '../counted.js';
import { version } from '../pipeline/index.js';
import {
  convertPose,
  drawPoseVideo,
  type Framing,
  formatPoseReport,
  type OpenPoseOptions,
  openPoseClip,
  type PoseClip,
  PREPARE_DEFAULTS,
  pictureSize,
  poseFormats,
  poseInfo,
  REPAIR_NOTHING,
  repairClip,
  repairSentences,
} from '../pose/index.js';
import { openVideoWriter } from '../video/index.js';
import * as parse from './arguments.js';
import { coloursOf } from './colours.js';
import { withFlags } from './flags-of.js';
import { extractCommand } from './pose-extract.js';
import {
  argument,
  completeOption,
  framingOption,
  type RepairFlags,
  repair,
  repairArguments,
  repairOptions,
  type SourceFlags,
  sourceArguments,
  sourceOptions,
} from './pose-flags.js';
import { cancelOnSignals } from './signals.js';
import { checkStandardOutput, wordsBeside } from './standard-output.js';

interface ConvertFlags extends SourceFlags, RepairFlags {
  readonly repair?: boolean;
  readonly framing?: Framing;
  readonly to?: { width: number; height: number };
  readonly force?: boolean;
}

interface DrawFlags extends SourceFlags, RepairFlags {
  readonly out: string;
  readonly force?: boolean;
  readonly framing?: Framing;
  readonly to?: { width: number; height: number };
  readonly complete: boolean;
  readonly face: boolean;
  readonly hands: boolean;
}

/** `handfirst pose`: everything about keypoint files that needs no model bundle. */
export function poseCommand(): Command {
  const command = new Command('pose').description('look at, convert and draw keypoint files');
  for (const child of [infoCommand(), convertCommand(), drawCommand(), extractCommand(), formatsCommand()])
    command.addCommand(child);
  return command;
}

function framingOptions(): Option[] {
  return [
    framingOption(['signing', 'source', 'crop'], 'source'),
    new Option('--to <WxH>', 'size of the new picture in pixels').argParser(parse.pictureSize),
  ];
}

function open({ format, fps, size, person, rotate, sequence }: SourceFlags): OpenPoseOptions {
  return { format, fps, size, person, rotate, sequence };
}

function infoCommand(): Command {
  const command = new Command('info')
    .description('show what a keypoint file holds, and what is wrong with it')
    .argument('<file>', 'keypoint file or folder, or - for standard input')
    .option('--json', 'print it as JSON');
  for (const option of sourceOptions()) command.addOption(option);
  return command.action(async (file: string, flags: SourceFlags & { json?: boolean }) => {
    const clip = await openPoseClip(file, { ...open(flags), several: 'first' });
    try {
      const report = await poseInfo(clip);
      const text = flags.json
        ? JSON.stringify({ file, ...report }, undefined, 2)
        : formatPoseReport(file, report);
      process.stdout.write(`${withFlags(text, command, drawCommand())}\n`);
    } finally {
      await clip.close();
    }
  });
}

function convertCommand(): Command {
  const command = new Command('convert')
    .description('write a keypoint file as .pose 0.2 or JSON lines')
    .argument('<file>', 'keypoint file or folder, or - for standard input')
    .argument('<output>', '.pose or .jsonl')
    .option(
      '--repair',
      'fill short gaps and repair the hands as `generate` does; every repairing flag does so too',
    )
    .option('--force', 'replace an output that exists');
  for (const option of [...sourceOptions(), ...repairOptions(), ...framingOptions()])
    command.addOption(option);
  return command
    .addHelpText(
      'after',
      '\nWithout other flags, .pose to .pose keeps every point of the file, not only the 133.',
    )
    .action(async (file: string, output: string, flags: ConvertFlags) => {
      const { signal, release } = cancelOnSignals();
      try {
        const options = { framing: flags.framing, size: flags.to, force: flags.force, signal };
        const wanted = asksToRepair(flags)
          ? { ...repair(flags), maxGap: flags.maxGap ?? PREPARE_DEFAULTS.maxGap }
          : undefined;
        const { frames, whole } = await convertPose(file, output, {
          open: open(flags),
          repair: wanted,
          ...options,
        });
        process.stdout.write(
          `${output}: ${counted(frames, 'frame')}${whole ? ', every point kept' : ', 133 points'}\n`,
        );
      } finally {
        release();
      }
    });
}

function asksToRepair(flags: ConvertFlags): boolean {
  const { repair: all, mirror, aspect, swaps, anatomy, maxGap, wrist, bones, smooth, resample } = flags;
  return (
    all === true ||
    !swaps ||
    !anatomy ||
    !bones ||
    [mirror, aspect, maxGap, wrist, smooth, resample].some((value) => value !== undefined)
  );
}

function drawCommand(): Command {
  const command = new Command('draw')
    .description("draw a keypoint file as a video of skeletons in OpenPose's colours")
    .argument('<file>', 'keypoint file or folder, or - for standard input')
    .requiredOption(
      '-o, --out <file>',
      '.mp4, .webm, .mov, .gif, .webp, a folder/ of PNG pictures, or - for standard output',
    )
    .option('--force', 'replace an output that exists')
    .option('--no-hands', 'leave the hands out')
    .option('--no-face', 'leave the face out');
  for (const option of [...sourceOptions(), ...repairOptions(), completeOption(), ...framingOptions()])
    command.addOption(option);
  return command.action(async (file: string, flags: DrawFlags) => {
    checkStandardOutput(flags.out);
    const { signal, release } = cancelOnSignals();
    const clip = await openPoseClip(file, open(flags));
    try {
      const { problems, repairs, frameCount } = await poseInfo(clip, { framing: flags.framing });
      warn([...problems, ...(flags.complete ? repairSentences(repairs, frameCount) : [])], command);
      const { aspect, resample } = flags;
      const shaped = repairClip(clip, { ...REPAIR_NOTHING, aspect, fps: resample });
      const frames = await draw(file, shaped, flags, signal);
      wordsBeside(flags.out).write(`${flags.out}: ${counted(frames, 'frame')}\n`);
    } finally {
      release();
      await clip.close();
    }
  });
}

/** Says what `pose info` says, on standard error. */
function warn(sentences: readonly string[], command: Command): void {
  for (const sentence of sentences)
    process.stderr.write(`${coloursOf(process.stderr).yellow('warning:')} ${withFlags(sentence, command)}\n`);
}

async function draw(file: string, clip: PoseClip, flags: DrawFlags, signal: AbortSignal): Promise<number> {
  const { width, height } = flags.to ?? pictureSize(clip.info);
  const {
    framing = 'source',
    maxGap,
    hands,
    face,
    complete,
    mirror,
    swaps,
    anatomy,
    wrist,
    bones,
    smooth,
  } = flags;
  const repairs = { mirror, swaps, anatomy, wrist, bones, smooth };
  const options = { width, height, framing, maxGap, hands, face, complete, repair: repairs };
  const sink = await openVideoWriter({
    path: flags.out,
    width,
    height,
    fps: clip.info.fps,
    force: flags.force,
    resume: 'never',
    signal,
    // Few, long segments: a drawing is quick to make again.
    encoding: { segmentFrames: 1000 },
    metadata: {
      version: version(),
      generated: false,
      digitalSourceType: 'dataDrivenMedia',
      pose: { name: file === '-' ? 'standard input' : basename(file), sha256: await hashOf(clip) },
      options: JSON.parse(JSON.stringify(options)),
      command: drawAgain(file, flags),
    },
  });
  return drawPoseVideo(clip, sink, { ...options, signal });
}

/** The command that draws it again, without the output's name. */
function drawAgain(file: string, flags: DrawFlags): string[] {
  const { framing, to, hands, face, complete } = flags;
  return [
    ...['handfirst', 'pose', 'draw', file],
    ...sourceArguments(flags),
    ...repairArguments(flags),
    ...argument('--framing', framing),
    ...argument('--to', to && `${to.width}x${to.height}`),
    ...argument('--no-complete', !complete),
    ...argument('--no-hands', !hands),
    ...argument('--no-face', !face),
  ];
}

/** SHA-256 of the keypoints that are drawn. */
async function hashOf(clip: PoseClip): Promise<string> {
  const hash = createHash('sha256');
  for await (const { keypoints } of clip.frames()) hash.update(keypoints);
  return hash.digest('hex');
}

function formatsCommand(): Command {
  return new Command('formats').description('list the layouts that can be read').action(() => {
    const width = Math.max(...poseFormats.map(({ format }) => format.length));
    const reading = infoCommand();
    for (const { format, title } of poseFormats)
      process.stdout.write(`${format.padEnd(width)}  ${withFlags(title, reading)}\n`);
  });
}
