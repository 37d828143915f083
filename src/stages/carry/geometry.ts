import { type Affine, affineMap, type Spot } from '../../pose/least-squares.js';

/*
 * Geometry of the carried picture, in double precision, as `conditions/cut.py` and `lay.py` of the training code have it: a change here is a change
 * there. Keypoints are `Float64Array` [133 * 3]: x, y, confidence (0 = missing).
 */

export const FACE = 23;
export const FACE_END = 91;
/** Shoulder to elbow, elbow to wrist: left, then right. */
export const ARMS = [
  [5, 7],
  [7, 9],
  [6, 8],
  [8, 10],
] as const;

/** Hips where they are missing: from the middle of the shoulders to the side and below, in shoulder widths. */
const HIPS_APART = 0.31;
const HIPS_BELOW = 1.45;

export function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** Distance of (px, py) to the segment from a to b. */
export function distanceTo(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  return nearestOn(px, py, ax, ay, bx, by).distance;
}

/** Distance of (px, py) to the segment from a to b, and the share of the way along it, 0..1. */
export function nearestOn(px: number, py: number, ax: number, ay: number, bx: number, by: number) {
  const dx = bx - ax;
  const dy = by - ay;
  const squared = dx * dx + dy * dy;
  const share = squared > 0 ? clamp(((px - ax) * dx + (py - ay) * dy) / squared) : 0;
  const ex = px - ax - share * dx;
  const ey = py - ay - share * dy;
  return { distance: Math.sqrt(ex * ex + ey * ey), share };
}

export function has(points: ArrayLike<number>, k: number): boolean {
  return (points[k * 3 + 2] ?? 0) > 0;
}

export function xOf(points: ArrayLike<number>, k: number): number {
  return points[k * 3] ?? 0;
}

export function yOf(points: ArrayLike<number>, k: number): number {
  return points[k * 3 + 1] ?? 0;
}

/** Distance between the shoulders. */
export function shoulderSpan(points: ArrayLike<number>): number {
  return Math.hypot(xOf(points, 5) - xOf(points, 6), yOf(points, 5) - yOf(points, 6));
}

/** Keypoints with the reference's hips below their shoulders where they are missing; `scale`: output pixels a reference pixel. */
export function withHipsOf(
  keypoints: ArrayLike<number>,
  reference: Float64Array,
  scale: number,
): Float64Array {
  const points = Float64Array.from(keypoints);
  for (const hip of [11, 12]) {
    if (has(points, hip)) continue;
    for (const axis of [0, 1]) {
      const middle = (of: Float64Array): number => ((of[15 + axis] ?? 0) + (of[18 + axis] ?? 0)) / 2;
      points[hip * 3 + axis] =
        middle(points) + scale * ((reference[hip * 3 + axis] ?? 0) - middle(reference));
    }
    points[hip * 3 + 2] = 1;
  }
  return points;
}

/** Keypoints with hips below the shoulders where they are missing, upright, by mean proportions. */
export function withHips(keypoints: ArrayLike<number>): Float64Array {
  const points = Float64Array.from(keypoints);
  const width = shoulderSpan(points);
  const x = (xOf(points, 5) + xOf(points, 6)) / 2;
  const y = (yOf(points, 5) + yOf(points, 6)) / 2;
  const sign = xOf(points, 5) >= xOf(points, 6) ? 1 : -1;
  for (const side of [0, 1]) {
    if (has(points, 11 + side)) continue;
    points[(11 + side) * 3] = x + (1 - 2 * side) * sign * HIPS_APART * width;
    points[(11 + side) * 3 + 1] = y + HIPS_BELOW * width;
    points[(11 + side) * 3 + 2] = 1;
  }
  return points;
}

/** Numbers from..to that both sets of keypoints have. */
export function shared(first: Float64Array, second: Float64Array, from: number, to: number): number[] {
  const ids: number[] = [];
  for (let k = from; k <= to; k++) if (has(first, k) && has(second, k)) ids.push(k);
  return ids;
}

/** The affine map of the points `ids` from `source` to `goal` by least squares, its linear part pulled towards the identity by `pull` (square pixels). */
export function affine(
  source: Float64Array,
  goal: Float64Array,
  ids: readonly number[],
  pull: number,
): Affine {
  const spots = (points: Float64Array): Spot[] => ids.map((k) => [xOf(points, k), yOf(points, k)]);
  const map = affineMap(spots(source), spots(goal), pull);
  if (!map) throw new Error('an affine map needs a pull');
  return map;
}
