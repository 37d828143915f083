import { UsageError } from '../../errors.js';
import { defined } from '../defined.js';
import { fillGaps } from '../fill-gaps.js';
import type { PoseClip, PoseFrame } from '../pose-frame.js';
import type { RepairTally } from '../repairs.js';
import { type Anatomy, measureAnatomy } from './anatomy.js';
import { steadyBones } from './bones.js';
import { mirrorFrame } from './flip.js';
import { joinWrists, unswapHands, type WristRule } from './hands.js';
import { resampleFrames } from './resample.js';
import { smoothFrames } from './smooth.js';
import { soundHands } from './sound-hands.js';

/** What is repaired; each has a switch of its own. */
export interface RepairOptions {
  /** The video was mirrored: turn it back. Default no. */
  readonly mirror?: boolean;
  /** Shape of the picture, width / height, where the file's is wrong: points are stretched in x. Default as it is. */
  readonly aspect?: number;
  /** Exchange hands that lie on the other arm. Default yes. */
  readonly swaps?: boolean;
  /** Drop hands that no body can have, or repair them where the whole clip has them so (`soundHands`). Default yes. */
  readonly anatomy?: boolean;
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
export const REPAIR_DEFAULTS = {
  mirror: false,
  swaps: true,
  anatomy: true,
  maxGap: 0,
  wrist: 'hand',
  bones: true,
  smooth: false,
} as const;

/** Nothing repaired at all. */
export const REPAIR_NOTHING: RepairOptions = {
  swaps: false,
  anatomy: false,
  wrist: 'none',
  bones: false,
};

/** What is known of the clip already, and who counts the repairs. */
export interface RepairContext {
  /** The signer's measures; without them the clip is gone through once more before its first frame. */
  readonly anatomy?: Anatomy;
  readonly tally?: RepairTally;
}

/** A clip whose frames are repaired as they are pulled. Closing it closes the source. Throws UsageError for options that make no sense. */
export function repairClip(
  clip: PoseClip,
  options: RepairOptions = {},
  context: RepairContext = {},
): PoseClip {
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
    frames: () => repaired(clip, { ...options, fps }, width, context),
    close: () => clip.close(),
  };
}

/** Frames that `resampleFrames` gives for `count`. */
function resampledCount(count: number | undefined, from: number, to: number): number | undefined {
  if (count === undefined || from === to || count === 0) return count;
  return Math.floor(((count - 1) * to) / from + 1e-6) + 1;
}

async function* repaired(
  clip: PoseClip,
  options: RepairOptions & { fps: number },
  width: number,
  { anatomy, tally }: RepairContext,
): AsyncGenerator<PoseFrame> {
  const { mirror, swaps, maxGap, wrist, bones, smooth, ...sound } = {
    ...REPAIR_DEFAULTS,
    ...defined(options),
  };
  const { info } = clip;
  const shaped = (): AsyncIterable<PoseFrame> => {
    const frames = clip.frames();
    const stretched =
      width === info.width ? frames : each(frames, (frame) => stretch(frame, width / info.width));
    return mirror ? each(stretched, (frame) => mirrorFrame(frame, width)) : stretched;
  };
  const measures = sound.anatomy ? (anatomy ?? (await measureAnatomy(shaped()))) : undefined;
  let frames = shaped();
  if (swaps) frames = each(frames, (frame) => unswapHands(frame, tally));
  if (measures) frames = each(frames, (frame) => soundHands(frame, measures, tally));
  if (maxGap > 0) frames = fillGaps(frames, maxGap);
  if (wrist !== 'none') frames = each(frames, (frame) => joinWrists(frame, wrist));
  if (bones) frames = steadyBones(frames);
  if (smooth) frames = smoothFrames(frames, info.fps, Math.max(width, info.height));
  yield* resampleFrames(frames, info.fps, options.fps);
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
