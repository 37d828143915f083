import { type FaceShape, type MeanFace, NEUTRAL } from './face-mean.js';
import { affineMap } from './least-squares.js';
import { confidenceOf } from './person.js';
import { PARTS } from './pose-frame.js';

/*
 * Whose face it is and what it says are both in the 68 points. A clip's mean face is mostly the first, what a frame adds to it the second:
 * where a reference's face stands in for the file's, the mean is replaced and the difference kept.
 */

const { start: FACE, length: POINTS } = PARTS.face;
/**
 * Frames after which a clip's mean counts half for the face at rest, and the typical face the other half: a short clip may be one
 * expression. Of the brows more, which may ask a question all along.
 */
const TRUSTED = 25;
const BROWS_TRUSTED = 50;
/** A difference of means is no larger than this, in widths of the shoulders. */
const LARGEST = 0.06;
/** Jaw's sides, nose and corners of the eyes: what expressions hardly move. */
const STEADY = [0, 1, 2, 3, 4, 12, 13, 14, 15, 16, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 39, 42, 45];
/** Fewer of them do not say how a face is turned. */
const LEAST_STEADY = 8;
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

/**
 * How much lower than the neutral figure's a detector finds brows at rest, in distances of the eyes' outer corners: ends, middles, inner
 * ends. Means of five people's clips by MediaPipe and OpenPose; what would stay of it is a stern look.
 */
const BROWS_LOWER = { ends: 0.025, middles: 0.057, inner: 0.02 } as const;
const [EYE_RIGHT, EYE_LEFT] = [36, 45];
/** A face at rest as detectors find it. */
const TYPICAL: FaceShape = NEUTRAL.map(
  (value, i) => value + (i & 1 ? browLower(i >> 1) * eyeDistance(NEUTRAL) : 0),
);

function eyeDistance(shape: FaceShape): number {
  return (shape[2 * EYE_LEFT] ?? 0) - (shape[2 * EYE_RIGHT] ?? 0);
}

function browLower(k: number): number {
  if (k < BROWS.first || k > BROWS.last) return 0;
  if (k === 21 || k === 22) return BROWS_LOWER.inner;
  return k === BROWS.first || k === BROWS.last ? BROWS_LOWER.ends : BROWS_LOWER.middles;
}

/** The clip's face at rest: its mean, and where that rests on few frames the typical face. */
function atRest({ shape, frames }: MeanFace): FaceShape {
  return TYPICAL.map((typical, i) => {
    const brow = i & 1 && i >> 1 >= BROWS.first && i >> 1 <= BROWS.last;
    const trust = frames / (frames + (brow ? BROWS_TRUSTED : TRUSTED));
    return typical + trust * ((shape[i] ?? 0) - typical);
  });
}

/**
 * What the face at rest of a clip with the mean `own` must gain to be `goal`: [136]. How far eyes and mouth are open stays the clip's (the
 * eyes' by `lidRatio`).
 */
export function faceDifference(own: MeanFace, goal: FaceShape): FaceShape {
  const rest = atRest(own);
  const differences = goal.map((value, i) => value - (rest[i] ?? 0));
  const of = (k: number, axis: 0 | 1): number => differences[2 * k + axis] ?? 0;
  const set = (k: number, value: number): void => {
    differences[2 * k + 1] = value;
  };
  for (const pair of LIDS) setBoth(pair, (of(pair[0], 1) + of(pair[1], 1)) / 2);
  for (const { inner, outer } of LIPS) {
    const between = (of(inner[0], 1) + of(inner[1], 1)) / 2;
    outer.forEach((k, side) => {
      set(k, between + of(k, 1) - of(inner[side === 0 ? 0 : 1], 1));
    });
    setBoth(inner, between);
  }
  for (const [k, a, b] of BETWEEN) set(k, (of(a, 1) + of(b, 1)) / 2);
  return differences.map((value) => Math.min(LARGEST, Math.max(-LARGEST, value)));

  function setBoth([upper, lower]: readonly [number, number], value: number): void {
    set(upper, value);
    set(lower, value);
  }
}

/** No eyes are opened or narrowed more than by this. */
const LID_LIMIT = 2;

/** Times the lids of `goal` are as far apart as those of a clip's face at rest. */
export function lidRatio(own: MeanFace, goal: FaceShape): number {
  const apart = (of: FaceShape): number =>
    LIDS.reduce((sum, [upper, lower]) => sum + (of[2 * lower + 1] ?? 0) - (of[2 * upper + 1] ?? 0), 0);
  const [given, wanted] = [apart(atRest(own)), apart(goal)];
  if (!(given > 0 && wanted > 0)) return 1;
  return Math.min(LID_LIMIT, Math.max(1 / LID_LIMIT, wanted / given));
}

/** Body points that stand for a place of the face, with the face points whose mean is that place. */
const BODY = [
  [0, [30]],
  [1, [42, 43, 44, 45, 46, 47]],
  [2, [36, 37, 38, 39, 40, 41]],
  [3, [16]],
  [4, [0]],
] as const;

/** What changes a clip's faces. */
export interface FaceChange {
  /** The clip's mean. */
  readonly own: FaceShape;
  /** What each face gains. */
  readonly difference: FaceShape;
  /** Times its lids are then farther apart. */
  readonly lids: number;
}

/** Adds a difference of shapes to a frame's face, in place, turned, sized and foreshortened as the face is. */
export function reshapeFace(keypoints: Float32Array, { own, difference, lids }: FaceChange): void {
  const seen = STEADY.filter((k) => confidenceOf(keypoints, FACE + k) > 0);
  if (seen.length < LEAST_STEADY) return;
  const turn = affineMap(
    seen.map((k) => [own[2 * k] ?? 0, own[2 * k + 1] ?? 0]),
    seen.map((k) => pointOf(keypoints, k)),
  );
  if (!turn) return;
  const { a, b, d, e } = turn;
  const moved = (of: readonly number[]): readonly [number, number] => {
    const mean = (axis: 0 | 1): number =>
      of.reduce((sum, k) => sum + (difference[2 * k + axis] ?? 0), 0) / of.length;
    return [a * mean(0) + b * mean(1), d * mean(0) + e * mean(1)];
  };
  const add = (index: number, of: readonly number[]): void => {
    if (confidenceOf(keypoints, index) <= 0) return;
    const [x, y] = moved(of);
    keypoints[index * 3] = (keypoints[index * 3] ?? 0) + x;
    keypoints[index * 3 + 1] = (keypoints[index * 3 + 1] ?? 0) + y;
  };
  for (let k = 0; k < POINTS; k++) add(FACE + k, [k]);
  for (const [index, of] of BODY) add(index, of);
  for (const [upper, lower] of LIDS) spreadPair(keypoints, FACE + upper, FACE + lower, lids);
}

/** Two points `by` times as far from their middle. */
function spreadPair(keypoints: Float32Array, first: number, second: number, by: number): void {
  for (const axis of [0, 1]) {
    const [a, b] = [keypoints[first * 3 + axis] ?? 0, keypoints[second * 3 + axis] ?? 0];
    const more = ((a - b) / 2) * (by - 1);
    keypoints[first * 3 + axis] = a + more;
    keypoints[second * 3 + axis] = b - more;
  }
}

function pointOf(keypoints: Float32Array, k: number): [x: number, y: number] {
  return [keypoints[(FACE + k) * 3] ?? 0, keypoints[(FACE + k) * 3 + 1] ?? 0];
}
