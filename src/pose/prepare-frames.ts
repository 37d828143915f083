import { UsageError } from '../errors.js';
import { defined } from './defined.js';
import { type Fit, place, placeClip } from './framing.js';
import { type MendOptions, mendClip } from './mend/mend-clip.js';
import type { PoseClip, PoseFrame } from './pose-frame.js';

/** How frames are made ready for a picture. */
export interface PrepareOptions {
  /** Size in pixels of the picture to draw. */
  readonly width: number;
  readonly height: number;
  /** `keep`: the file's picture as it is; `centre`: upper body in the middle; `crop`: everything seen of the upper body fills the picture. */
  readonly fit?: Fit;
  /** Longest gap, in frames, that is filled by interpolation. 0 fills none. */
  readonly maxGap?: number;
  /** Points below this confidence count as missing. */
  readonly minConfidence?: number;
  /** What is mended on the way; what changes fps or shape belongs before, in `mendClip`. */
  readonly mend?: Omit<MendOptions, 'fps' | 'aspect' | 'maxGap'>;
}

export const PREPARE_DEFAULTS = { fit: 'keep', maxGap: 8, minConfidence: 0.05 } as const;

/**
 * Frames of a clip with faint points taken out, plain faults of the hands mended (`MEND_DEFAULTS`), short gaps filled and
 * everything in the coordinates of the picture.
 */
export async function* prepareFrames(clip: PoseClip, options: PrepareOptions): AsyncGenerator<PoseFrame> {
  const { width, height, fit, maxGap, minConfidence } = { ...PREPARE_DEFAULTS, ...defined(options) };
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 2 || side > 16384) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `A picture of ${width} x ${height} pixels cannot be made; give whole sides from 2 to 16384.`,
        { field: 'size' },
      );
    }
  }
  if (!Number.isInteger(maxGap) || maxGap < 0 || maxGap > 1000) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `Gaps of up to ${maxGap} frames cannot be filled; give a whole number from 0 to 1000.`,
      { field: 'maxGap' },
    );
  }
  const clear: PoseClip = { ...clip, frames: () => dropFaint(clip.frames(), minConfidence) };
  const mended = mendClip(clear, { ...options.mend, maxGap });
  const placement = await placeClip(
    fit === 'keep' ? nothing() : mendClip(clear, { ...options.mend }).frames(),
    clip.info,
    width,
    height,
    fit,
  );
  for await (const frame of mended.frames()) yield place(frame, placement);
}

async function* nothing(): AsyncGenerator<PoseFrame> {}

/** Points below `minConfidence` become missing. */
export async function* dropFaint(
  frames: AsyncIterable<PoseFrame>,
  minConfidence: number,
): AsyncGenerator<PoseFrame> {
  for await (const frame of frames) {
    const keypoints = frame.keypoints.slice();
    for (let index = 0; index < keypoints.length; index += 3) {
      if ((keypoints[index + 2] ?? 0) < minConfidence) keypoints.fill(0, index, index + 3);
    }
    yield { ...frame, keypoints };
  }
}
