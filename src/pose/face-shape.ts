import { neutralHead } from './complete/fit-head.js';
import { confidenceOf } from './person.js';
import { PARTS } from './pose-frame.js';

/*
 * Whose face it is and what it says are both in the 68 points. A clip's mean face is mostly the first, what a frame adds to it the second:
 * where a reference's face stands in for the file's, the mean is replaced and the difference kept.
 */

/** A face's 68 points as the neutral figure's face would have them, x and y in widths of the shoulders: [136]. */
export type FaceShape = readonly number[];

/** A mean over frames, and how many frontal frames it rests on. */
export interface MeanFace {
  readonly shape: FaceShape;
  readonly frames: number;
}

const { start: FACE, length: POINTS } = PARTS.face;
/** Confidence from which a point was seen: completed ones have less. */
const SEEN = 0.3;
/** A turned head counts less: where the nose's tip is off the middle by this share of the face's width, half. */
const TURNED = 0.15;
const [TEMPLE_RIGHT, TEMPLE_LEFT, NOSE] = [0, 16, 30];
/** Frames after which half of the difference between two means is taken for the person's own: a short clip may be one expression. */
const TRUSTED = 25;
/** A difference of means is no larger than this, in widths of the shoulders. */
const LARGEST = 0.06;
/** Jaw's sides, nose and corners of the eyes: what expressions hardly move. */
const STEADY = [0, 1, 2, 3, 4, 12, 13, 14, 15, 16, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 39, 42, 45];
const BROWS = { first: 17, last: 26 } as const;
/** Upper and lower lid points of the 68 that close on each other. */
export const LIDS = [
  [37, 41],
  [38, 40],
  [43, 47],
  [44, 46],
] as const;
/** Upper and lower lips, inner points with the outer ones beside them. */
const LIPS = [
  { inner: [61, 67], outer: [50, 58] },
  { inner: [62, 66], outer: [51, 57] },
  { inner: [63, 65], outer: [52, 56] },
] as const;
/** Outer points between a corner of the mouth and the lips' middle part. */
const BETWEEN = [
  [49, 48, 50],
  [53, 52, 54],
  [55, 54, 56],
  [59, 58, 48],
] as const;

const NEUTRAL: FaceShape = Array.from({ length: POINTS }, (_, k) => neutralHead(FACE + k).slice(0, 2)).flat();

const NEUTRAL_CENTRE = centre(NEUTRAL);

/** Gathers a clip's mean face; frames without all 68 points, and completed ones, do not count. */
export class FaceMean {
  private readonly sums = new Float64Array(2 * POINTS);
  private weight = 0;

  add(keypoints: Float32Array): void {
    for (let k = 0; k < POINTS; k++) if (confidenceOf(keypoints, FACE + k) < SEEN) return;
    const points = Float64Array.from(
      { length: 2 * POINTS },
      (_, i) => keypoints[(FACE + (i >> 1)) * 3 + (i & 1)] ?? 0,
    );
    const shape = ontoNeutral(points);
    if (!shape) return;
    const weight = frontality(points);
    for (let i = 0; i < 2 * POINTS; i++) this.sums[i] = (this.sums[i] ?? 0) + weight * (shape[i] ?? 0);
    this.weight += weight;
  }

  get mean(): MeanFace | undefined {
    if (this.weight === 0) return undefined;
    return { shape: Array.from(this.sums, (sum) => sum / this.weight), frames: this.weight };
  }
}

/** The shape of one face, such as a reference's; undefined where points are missing. */
export function faceShape(keypoints: Float32Array): FaceShape | undefined {
  const mean = new FaceMean();
  mean.add(keypoints);
  return mean.mean?.shape;
}

/**
 * What `own`, a clip's mean face, must gain to be `goal`: [136]. Of the brows' height half, since it may be the clip's expression; how far
 * eyes and mouth are open stays the clip's. The fewer frames the mean rests on, the less.
 */
export function faceDifference({ shape, frames }: MeanFace, goal: FaceShape): FaceShape {
  const trust = frames / (frames + TRUSTED);
  const differences = goal.map((value, i) => value - (shape[i] ?? 0));
  const of = (k: number, axis: 0 | 1): number => differences[2 * k + axis] ?? 0;
  const set = (k: number, value: number): void => {
    differences[2 * k + 1] = value;
  };
  for (let k: number = BROWS.first; k <= BROWS.last; k++) set(k, of(k, 1) / 2);
  for (const pair of LIDS) setBoth(pair, (of(pair[0], 1) + of(pair[1], 1)) / 2);
  for (const { inner, outer } of LIPS) {
    const between = (of(inner[0], 1) + of(inner[1], 1)) / 2;
    outer.forEach((k, side) => {
      set(k, between + of(k, 1) - of(inner[side === 0 ? 0 : 1], 1));
    });
    setBoth(inner, between);
  }
  for (const [k, a, b] of BETWEEN) set(k, (of(a, 1) + of(b, 1)) / 2);
  return differences.map((value) => trust * Math.min(LARGEST, Math.max(-LARGEST, value)));

  function setBoth([upper, lower]: readonly [number, number], value: number): void {
    set(upper, value);
    set(lower, value);
  }
}

/** Body points that stand for a place of the face, with the face points whose mean is that place. */
const BODY = [
  [0, [30]],
  [1, [42, 43, 44, 45, 46, 47]],
  [2, [36, 37, 38, 39, 40, 41]],
  [3, [16]],
  [4, [0]],
] as const;

/** Adds a difference of shapes to a frame's face, in place, turned, sized and foreshortened as the face is; `own` is the clip's mean. */
export function reshapeFace(keypoints: Float32Array, own: FaceShape, difference: FaceShape): void {
  const seen = STEADY.filter((k) => confidenceOf(keypoints, FACE + k) > 0);
  const turn = linear(
    seen.map((k) => [own[2 * k] ?? 0, own[2 * k + 1] ?? 0]),
    seen.map((k) => pointOf(keypoints, k)),
  );
  if (!turn) return;
  const [a, b, c, d] = turn;
  const moved = (of: readonly number[]): readonly [number, number] => {
    const mean = (axis: 0 | 1): number =>
      of.reduce((sum, k) => sum + (difference[2 * k + axis] ?? 0), 0) / of.length;
    return [a * mean(0) + b * mean(1), c * mean(0) + d * mean(1)];
  };
  const add = (index: number, of: readonly number[]): void => {
    if (confidenceOf(keypoints, index) <= 0) return;
    const [x, y] = moved(of);
    keypoints[index * 3] = (keypoints[index * 3] ?? 0) + x;
    keypoints[index * 3 + 1] = (keypoints[index * 3 + 1] ?? 0) + y;
  };
  for (let k = 0; k < POINTS; k++) add(FACE + k, [k]);
  for (const [index, of] of BODY) add(index, of);
}

function pointOf(keypoints: Float32Array, k: number): [x: number, y: number] {
  return [keypoints[(FACE + k) * 3] ?? 0, keypoints[(FACE + k) * 3 + 1] ?? 0];
}

/** 1 where the face looks at the camera. */
function frontality(points: Float64Array): number {
  const x = (k: number): number => points[2 * k] ?? 0;
  const y = (k: number): number => points[2 * k + 1] ?? 0;
  const [across, down] = [x(TEMPLE_LEFT) - x(TEMPLE_RIGHT), y(TEMPLE_LEFT) - y(TEMPLE_RIGHT)];
  const along = (x(NOSE) - x(TEMPLE_RIGHT)) * across + (y(NOSE) - y(TEMPLE_RIGHT)) * down;
  const off = along / (across ** 2 + down ** 2) - 0.5;
  return 1 / (1 + (off / TURNED) ** 2);
}

/** The points by the similarity that brings them nearest to the neutral face; undefined where they lie on one spot. */
function ontoNeutral(points: Float64Array): Float64Array | undefined {
  const [from, to] = [centre(points), NEUTRAL_CENTRE];
  let [a, b, spread] = [0, 0, 0];
  for (let k = 0; k < POINTS; k++) {
    const [x, y] = [(points[2 * k] ?? 0) - from[0], (points[2 * k + 1] ?? 0) - from[1]];
    const [u, v] = [(NEUTRAL[2 * k] ?? 0) - to[0], (NEUTRAL[2 * k + 1] ?? 0) - to[1]];
    a += x * u + y * v;
    b += x * v - y * u;
    spread += x * x + y * y;
  }
  if (spread < 1e-9) return undefined;
  [a, b] = [a / spread, b / spread];
  return points.map((_, i) => {
    const [x, y] = [(points[i & ~1] ?? 0) - from[0], (points[i | 1] ?? 0) - from[1]];
    return i & 1 ? to[1] + b * x + a * y : to[0] + a * x - b * y;
  });
}

function centre(points: ArrayLike<number>): readonly [number, number] {
  const mean = (axis: 0 | 1): number => {
    let sum = 0;
    for (let k = 0; k < POINTS; k++) sum += points[2 * k + axis] ?? 0;
    return sum / POINTS;
  };
  return [mean(0), mean(1)];
}

type Spot = readonly [x: number, y: number];

/** The linear part [a, b, c, d] of the affine map that brings `from` nearest to `to`; undefined for too few points. */
function linear(
  from: readonly Spot[],
  to: readonly Spot[],
): readonly [number, number, number, number] | undefined {
  if (from.length < 8) return undefined;
  const mean = (spots: readonly Spot[], axis: 0 | 1): number =>
    spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length;
  const [fx, fy, tx, ty] = [mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1)];
  let [xx, xy, yy, xu, xv, yu, yv] = [0, 0, 0, 0, 0, 0, 0];
  from.forEach(([px, py], i) => {
    const [qx, qy] = to[i] ?? [tx, ty];
    const [x, y, u, v] = [px - fx, py - fy, qx - tx, qy - ty];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xu += x * u;
    xv += x * v;
    yu += y * u;
    yv += y * v;
  });
  const all = xx * yy - xy * xy;
  if (all < 1e-12) return undefined;
  return [
    (xu * yy - yu * xy) / all,
    (yu * xx - xu * xy) / all,
    (xv * yy - yv * xy) / all,
    (yv * xx - xv * xy) / all,
  ];
}
