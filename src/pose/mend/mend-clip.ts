import { UsageError } from '../../errors.js';
import { defined } from '../defined.js';
import { fillGaps } from '../fill-gaps.js';
import type { PoseClip, PoseFrame } from '../pose-frame.js';
import { steadyBones } from './bones.js';
import { mirrorFrame } from './flip.js';
import { joinWrists, unswapHands, type WristRule } from './hands.js';
import { resampleFrames } from './resample.js';
import { smoothFrames } from './smooth.js';

/** What is mended; each has a switch of its own. */
export interface MendOptions {
  /** The video was mirrored: turn it back. Default no. */
  readonly mirror?: boolean;
  /** Shape of the picture, width / height, where the file's is wrong: points are stretched in x. Default as it is. */
  readonly aspect?: number;
  /** Exchange hands that lie on the other arm. Default yes. */
  readonly swaps?: boolean;
  /** Longest gap, in frames, that is interpolated; 0 = none. Default 0, because `prepareFrames` fills gaps itself. */
  readonly maxGap?: number;
  /** Whose wrist counts where body and hand differ. Default `hand`. */
  readonly wrist?: WristRule;
  /** Shorten hand bones that stretch. Default yes. */
  readonly bones?: boolean;
  /** Smooth jitter by a One-Euro filter. Default no. */
  readonly smooth?: boolean;
  /** Frames per second to resample to. Default the file's. */
  readonly fps?: number;
}

/** The switches that are on without being asked for: they change frames only where something is plainly wrong. */
export const MEND_DEFAULTS = {
  mirror: false,
  swaps: true,
  maxGap: 0,
  wrist: 'hand',
  bones: true,
  smooth: false,
} as const;

/** Nothing mended at all. */
export const MEND_NOTHING: MendOptions = { swaps: false, wrist: 'none', bones: false };

/** A clip whose frames are mended as they are pulled. Closing it closes the source. Throws UsageError for options that make no sense. */
export function mendClip(clip: PoseClip, options: MendOptions = {}): PoseClip {
  const { fps = clip.info.fps, aspect } = options;
  if (!(fps > 0 && fps <= 1000))
    throw new UsageError(
      'HF_FIELD_VALUE',
      `Frames cannot be resampled to ${fps} a second; give more than 0 and up to 1000.`,
      { field: 'resample' },
    );
  if (aspect !== undefined && !(aspect >= 0.05 && aspect <= 20)) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A picture cannot have the shape ${aspect}; give width / height, from 0.05 to 20.`,
      { field: 'aspect' },
    );
  }
  const width = aspect === undefined ? clip.info.width : Math.max(1, Math.round(clip.info.height * aspect));
  const frameCount = resampledCount(clip.info.frameCount, clip.info.fps, fps);
  return {
    info: { ...clip.info, width, fps, frameCount },
    frames: () => mended(clip, { ...options, fps }, width),
    close: () => clip.close(),
  };
}

/** Frames that `resampleFrames` gives for `count`. */
function resampledCount(count: number | undefined, from: number, to: number): number | undefined {
  if (count === undefined || from === to || count === 0) return count;
  return Math.floor(((count - 1) * to) / from + 1e-6) + 1;
}

function mended(
  clip: PoseClip,
  options: MendOptions & { fps: number },
  width: number,
): AsyncIterable<PoseFrame> {
  const { mirror, swaps, maxGap, wrist, bones, smooth } = { ...MEND_DEFAULTS, ...defined(options) };
  const { info } = clip;
  let frames: AsyncIterable<PoseFrame> = clip.frames();
  if (width !== info.width) frames = each(frames, (frame) => stretch(frame, width / info.width));
  if (mirror) frames = each(frames, (frame) => mirrorFrame(frame, width));
  if (swaps) frames = each(frames, unswapHands);
  if (maxGap > 0) frames = fillGaps(frames, maxGap);
  if (wrist !== 'none') frames = each(frames, (frame) => joinWrists(frame, wrist));
  if (bones) frames = steadyBones(frames);
  if (smooth) frames = smoothFrames(frames, info.fps, Math.max(width, info.height));
  return resampleFrames(frames, info.fps, options.fps);
}

async function* each(
  frames: AsyncIterable<PoseFrame>,
  change: (frame: PoseFrame) => PoseFrame,
): AsyncGenerator<PoseFrame> {
  for await (const frame of frames) yield change(frame);
}

/** x times `factor`. */
function stretch(frame: PoseFrame, factor: number): PoseFrame {
  return {
    ...frame,
    keypoints: frame.keypoints.map((value, index) => (index % 3 === 0 ? value * factor : value)),
  };
}
