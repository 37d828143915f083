import { UsageError } from '../errors.js';
import {
  CLEAN_DEFAULTS,
  type CleanOptions,
  type ClipStatistics,
  clipAnatomy,
  clipStatistics,
  NO_ANATOMY,
  repairedFrames,
} from './clip-statistics.js';
import { defined } from './defined.js';
import { type Framing, place, placement } from './framing.js';
import type { PoseClip, PoseFrame } from './pose-frame.js';
import { REPAIR_DEFAULTS } from './repair/repair-clip.js';
import type { Goal } from './standing.js';

/** How frames are made ready for a picture. */
export interface PrepareOptions extends CleanOptions {
  /** Size in pixels of the picture to draw. */
  readonly width: number;
  readonly height: number;
  /** How the signer is placed. Default `signing`. */
  readonly framing?: Framing;
  /** Where the shoulders go with `reference`, and whose face it is. */
  readonly goal?: Goal;
  /** What `clipStatistics` said of the same clip with the same options; without it the clip is gone through first. */
  readonly statistics?: ClipStatistics;
}

export const PREPARE_DEFAULTS = { framing: 'signing', ...CLEAN_DEFAULTS } as const;

/**
 * Frames of a clip with faint points taken out, plain faults of the hands repaired (`REPAIR_DEFAULTS`), short gaps filled, what is missing
 * completed, and everything in the coordinates of the picture.
 */
export async function* prepareFrames(clip: PoseClip, options: PrepareOptions): AsyncGenerator<PoseFrame> {
  const { width, height, framing, maxGap, complete, repair } = { ...PREPARE_DEFAULTS, ...defined(options) };
  checkPrepare(width, height, maxGap);
  const measured = complete || (defined(repair ?? {}).anatomy ?? REPAIR_DEFAULTS.anatomy);
  const statistics =
    options.statistics ?? (framing === 'source' ? undefined : await clipStatistics(clip, options));
  const anatomy = statistics?.anatomy ?? (measured ? await clipAnatomy(clip, options) : NO_ANATOMY);
  const placed = placement(statistics ?? {}, clip.info, { width, height }, framing, options.goal);
  for await (const frame of repairedFrames(clip, options, anatomy)) yield place(frame, placed);
}

function checkPrepare(width: number, height: number, maxGap: number): void {
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
}
