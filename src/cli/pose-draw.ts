import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Command } from 'commander';
import { counted } from '../counted.js';
import { version } from '../pipeline/index.js';
import {
  drawPoseVideo,
  openPoseClip,
  type PoseClip,
  pictureSize,
  poseInfo,
  REPAIR_NOTHING,
  repairClip,
  repairSentences,
} from '../pose/index.js';
import { openVideoWriter } from '../video/index.js';
import { coloursOf } from './colours.js';
import { withFlags } from './flags-of.js';
import {
  argument,
  completeOption,
  type PlacingFlags,
  placingOptions,
  type RepairFlags,
  readingOf,
  repairArguments,
  repairOptions,
  type SourceFlags,
  sourceArguments,
  sourceOptions,
} from './pose-flags.js';
import { cancelOnSignals } from './signals.js';
import { checkStandardOutput, wordsBeside } from './standard-output.js';

interface DrawFlags extends SourceFlags, RepairFlags, PlacingFlags {
  readonly out: string;
  readonly force?: boolean;
  readonly complete: boolean;
  readonly face: boolean;
  readonly hands: boolean;
}

/** `handfirst pose draw`. */
export function drawCommand(): Command {
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
  for (const option of [...sourceOptions(), ...repairOptions(), completeOption(), ...placingOptions()])
    command.addOption(option);
  return command.action(async (file: string, flags: DrawFlags) => {
    checkStandardOutput(flags.out);
    const { signal, release } = cancelOnSignals();
    const clip = await openPoseClip(file, readingOf(flags));
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
