import type { ClipStatistics, Placement } from '../pose/index.js';
import { type Area, wholeArea } from '../stages/area.js';

/** Room round the keypoints for hands, sleeves and hair, in shoulder widths. */
const MARGIN = 0.3;
/** The same where the first second alone has been seen, and hands may still go farther. */
export const LIVE_MARGIN = 0.75;
/** Half the width that trunk and hanging arms take at least, from the middle of the shoulders, in their widths. */
const TRUNK = 1.05;
/** Areas begin at whole latent cells. */
const CELL = 8;

/**
 * The part of a picture of `size` x `size` that shows the person in every frame of the clip, down to the picture's lower edge; its sides
 * are multiples of `step` pixels. `margin`: room round the keypoints, in shoulder widths. All of the picture where no person's place is known.
 */
export function personArea(
  { seen, shoulders }: Pick<ClipStatistics, 'seen' | 'shoulders'>,
  { scale, dx, dy, lift = 0 }: Placement,
  size: number,
  step: number,
  margin: number = MARGIN,
): Area {
  if (!seen || !shoulders) return wholeArea(size);
  const wide = shoulders.width * scale;
  const middle = shoulders.x * scale + dx;
  const left = Math.min(seen.left * scale + dx - margin * wide, middle - TRUNK * wide);
  const right = Math.max(seen.right * scale + dx + margin * wide, middle + TRUNK * wide);
  const across = stretch(left, right, size, step);
  const down = stretch(seen.top * scale + dy - lift - margin * wide, size, size, step);
  return { left: across.start, width: across.length, top: down.start, height: down.length };
}

/** A stretch of whole steps, from a whole cell on, within 0..size, that covers [low, high] as far as that lies there. */
function stretch(low: number, high: number, size: number, step: number): { start: number; length: number } {
  const first = CELL * Math.floor(Math.max(0, Math.min(low, size - step)) / CELL);
  const last = Math.min(size, Math.max(high, first + step));
  const length = Math.min(size, step * Math.ceil((last - first) / step));
  return { start: Math.min(first, size - length), length };
}
