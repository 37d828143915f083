import { CancelledError } from '../errors.js';
import { clipStatistics } from './clip-statistics.js';
import { type Framing, pictureSize, place, placement } from './framing.js';
import { type OpenPoseOptions, openPoseClip, withPlainSource } from './open-pose-clip.js';
import type { PoseClip, PoseFrame } from './pose-frame.js';
import { looksLikePose } from './readers/pose-header.js';
import { REPAIR_NOTHING, type RepairOptions, repairClip } from './repair/repair-clip.js';
import { copyPose } from './writers/copy-pose.js';
import { openPoseWriter } from './writers/frame-writers.js';

/** How a keypoint file is converted. */
export interface ConvertOptions {
  /** What the source does not say. */
  readonly open?: OpenPoseOptions;
  /** What to repair; nothing by default. */
  readonly repair?: RepairOptions;
  /** New framing, in a picture of `size` (or of the source's own). */
  readonly framing?: Framing;
  readonly size?: { readonly width: number; readonly height: number };
  /** Replace an output that exists. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface Converted {
  readonly frames: number;
  /** Whether every point of the source was copied as it is, rather than mapped to the 133. */
  readonly whole: boolean;
}

/**
 * Writes a keypoint file as `.pose` 0.2 or JSON lines, by the output's name. From `.pose` to `.pose`, with nothing else asked for,
 * every component is kept as it is. Throws PoseFileError, UsageError, OutputError; nothing stays under the output's name then.
 */
export async function convertPose(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<Converted> {
  const { open = {}, repair, framing, size, force = false, signal } = options;
  const plain = !repair && !framing && !size && Object.values(open).every((value) => value === undefined);
  if (plain && /\.pose$/i.test(output) && input !== '-') {
    const frames = await withPlainSource(input, async (source) =>
      source && looksLikePose(await source.read(0, 65536))
        ? await copyPose(source, output, force)
        : undefined,
    );
    if (frames !== undefined) return { frames, whole: true };
  }
  const clip = await openPoseClip(input, open);
  try {
    const repaired = repair ? repairClip(clip, repair) : clip;
    return { frames: await write(repaired, output, { framing, size, force, signal }), whole: false };
  } finally {
    await clip.close();
  }
}

async function write(
  clip: PoseClip,
  output: string,
  { framing, size, force, signal }: Pick<ConvertOptions, 'framing' | 'size' | 'signal'> & { force: boolean },
): Promise<number> {
  const target = size ?? (framing ? pictureSize(clip.info) : clip.info);
  const moved = framing !== undefined || size !== undefined;
  const statistics =
    moved && (framing ?? 'source') !== 'source'
      ? await clipStatistics(clip, { complete: false, repair: REPAIR_NOTHING })
      : {};
  const placed = moved ? placement(statistics, clip.info, target, framing ?? 'source') : undefined;
  const depth = await hasDepth(clip.frames());
  const info = { fps: clip.info.fps, width: target.width, height: target.height };
  const writer = await openPoseWriter(output, { info, depth, force });
  let frames = 0;
  try {
    for await (const frame of clip.frames()) {
      if (signal?.aborted)
        throw new CancelledError('HF_CANCELLED', `${output} was cancelled before it was finished.`, {
          file: output,
        });
      await writer.write(placed ? place(frame, placed) : frame);
      frames += 1;
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return frames;
}

/** Whether the clip knows depth, by its first frame. */
async function hasDepth(frames: AsyncIterable<PoseFrame>): Promise<boolean> {
  for await (const frame of frames) return frame.depth !== undefined;
  return false;
}
