import type { Point } from './raster.js';

/** A keypoint that is there: place in pixels and depth (NaN = unknown). */
export interface Keypoint extends Point {
  readonly depth: number;
}

/** Keypoints by index; `undefined` = missing (confidence 0). */
export type Keypoints = ReadonlyArray<Keypoint | undefined>;

/** The 133 points of a frame as objects; `keypoints` [133 * 3], `depth` [133] or absent. */
export function keypointsOf(keypoints: Float32Array, depth: Float32Array | undefined): Keypoints {
  const points: (Keypoint | undefined)[] = [];
  for (let k = 0; k * 3 < keypoints.length; k += 1) {
    const [x = 0, y = 0, confidence = 0] = keypoints.subarray(3 * k, 3 * k + 3);
    points.push(confidence > 0 ? { x, y, depth: depth?.[k] ?? Number.NaN } : undefined);
  }
  return points;
}

/** Distance in pixels, 0 where one is missing. */
export function span(a: Keypoint | undefined, b: Keypoint | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
}

/** The mean of those that are there. */
export function middle(...points: readonly (Point | undefined)[]): Point | undefined {
  const there = points.filter((p) => p !== undefined);
  if (there.length === 0) return undefined;
  return {
    x: there.reduce((sum, p) => sum + p.x, 0) / there.length,
    y: there.reduce((sum, p) => sum + p.y, 0) / there.length,
  };
}

const LEFT_HAND = 91;
const RIGHT_HAND = 112;

/** The 21 points of a hand; side 0 = left, 1 = right. */
export function handOf(points: Keypoints, side: 0 | 1): Keypoints {
  const start = side === 0 ? LEFT_HAND : RIGHT_HAND;
  return points.slice(start, start + 21);
}

/**
 * Length in pixels that scales a hand's strokes, robust to foreshortening: the longest of palm, 1.5 x knuckles and
 * fingers. `hand` holds 21 points. 0 where too few are there.
 */
export function handLength(hand: Keypoints): number {
  const knuckles = [5, 9, 13, 17].map((k) => span(hand[0], hand[k]));
  const fingers = [1, 5, 9, 13, 17].map(
    (k) => span(hand[k], hand[k + 1]) + span(hand[k + 1], hand[k + 2]) + span(hand[k + 2], hand[k + 3]),
  );
  return Math.max(1.5 * span(hand[5], hand[17]), ...knuckles, ...fingers);
}
