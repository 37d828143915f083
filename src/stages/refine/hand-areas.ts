import { HAND_SIDES, type HandSide, handPoint, type PoseFrame } from '../../pose/pose-frame.js';
import { handSurfaceDepth } from '../conditions/hand-depth.js';

const POINTS = 21;
/** Share of a box's side by which it is enlarged, where that is more than the margin. */
const SHARE = 0.15;

/** First and last pixel along an axis. */
type Extent = readonly [first: number, last: number];

/**
 * 1 outside the boxes of the fitted hands of `pose`, 0 inside: [size, size]; undefined where there is no hand. A box holds the hand's
 * points and its solid, and is enlarged on each side by `margin` pixels or 15 % of itself, whichever is more.
 */
export function outsideHands(pose: PoseFrame, size: number, margin: number): Float32Array | undefined {
  const kept = new Float32Array(size * size).fill(1);
  let hands = 0;
  for (const side of HAND_SIDES) {
    const surface = handSurfaceDepth(pose, side, size);
    if (!surface) continue;
    hands += 1;
    const [left, right] = enlarged(extentOf(pose, side, surface, size, 0), margin, size);
    const [top, bottom] = enlarged(extentOf(pose, side, surface, size, 1), margin, size);
    for (let y = top; y <= bottom; y += 1) kept.fill(0, y * size + left, y * size + right + 1);
  }
  return hands > 0 ? kept : undefined;
}

function extentOf(
  { keypoints }: PoseFrame,
  side: HandSide,
  surface: Float64Array,
  size: number,
  axis: 0 | 1,
): Extent {
  let [first, last] = [Infinity, -Infinity];
  const add = (pixel: number): void => {
    first = Math.min(first, pixel);
    last = Math.max(last, pixel);
  };
  for (let point = 0; point < POINTS; point += 1)
    add(Math.floor(keypoints[handPoint(side, point) * 3 + axis] ?? 0));
  surface.forEach((depth, at) => {
    if (Number.isFinite(depth)) add(axis === 0 ? at % size : Math.floor(at / size));
  });
  return [first, last];
}

function enlarged([first, last]: Extent, margin: number, size: number): Extent {
  const more = Math.max(Math.floor((last - first + 1) * SHARE), Math.round(margin));
  return [Math.max(0, first - more), Math.min(size - 1, last + more)];
}

/** Mean distance in pixels between the points of the hands of `wanted` and those of `found`; infinite where one was not found. */
export function handError(wanted: PoseFrame, found: PoseFrame): number {
  let [sum, count] = [0, 0];
  for (const side of HAND_SIDES) {
    for (let point = 0; point < POINTS; point += 1) {
      const at = handPoint(side, point) * 3;
      const [x = 0, y = 0, there = 0] = wanted.keypoints.subarray(at, at + 3);
      if (there <= 0) continue;
      const [u = 0, v = 0, seen = 0] = found.keypoints.subarray(at, at + 3);
      sum += seen > 0 ? Math.hypot(x - u, y - v) : Infinity;
      count += 1;
    }
  }
  return sum / Math.max(1, count);
}
