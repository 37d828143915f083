import { confidenceOf } from '../person.js';
import { PARTS } from '../pose-frame.js';
import { NEUTRAL_FIGURE } from './neutral-figure.js';

/** Points of the head among the 133: nose, eyes, ears and the 68 of the face. */
export const HEAD_POINTS: readonly number[] = [
  ...[0, 1, 2, 3, 4],
  ...Array.from({ length: PARTS.face.length }, (_, index) => PARTS.face.start + index),
];
/** How strongly the fit is drawn to a head that faces the camera, as the square of a spread in widths of the shoulders. */
const PULL = 0.004;
/** With this many known points the missing ones also follow what the known ones around them leave. */
const MANY = 20;
/** Reach of that, in widths of the shoulders. */
const NEIGHBOURHOOD = 0.06;

interface Pair {
  /** Place in the neutral figure, widths of the shoulders. */
  readonly from: readonly [number, number, number];
  /** Place in the picture, pixels. */
  readonly to: readonly [number, number];
}

/** A head's place in a frame. */
export interface HeadFit {
  /** Where a head point (index among the 133) is, pixels. */
  place(index: number): readonly [x: number, y: number];
  /** Pixels of a width of the shoulders. */
  readonly scale: number;
}

/** A head point's place in the neutral figure. */
export function neutralHead(index: number): readonly [number, number, number] {
  const [table, at] =
    index < PARTS.face.start
      ? [NEUTRAL_FIGURE.body, index * 3]
      : [NEUTRAL_FIGURE.face, (index - PARTS.face.start) * 3];
  return [table[at] ?? 0, table[at + 1] ?? 0, table[at + 2] ?? 0];
}

/**
 * Fits the neutral head to the head points that a frame knows: an affine camera by least squares, drawn to the similarity that fits best,
 * so that a turned head turns the face and few points cannot distort it. `scale`: pixels of a width of the shoulders, for frames that
 * know a single point. Undefined where none is known.
 */
export function fitHead(keypoints: Float32Array, scale: number): HeadFit | undefined {
  const pairs: Pair[] = HEAD_POINTS.filter((index) => confidenceOf(keypoints, index) > 0).map((index) => ({
    from: neutralHead(index),
    to: [keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0],
  }));
  if (pairs.length === 0) return undefined;
  const centre = mean(pairs);
  const similar = similarity(pairs, centre) ?? ([scale, 0] as const);
  const camera = pairs.length < 4 ? frontal(similar) : affine(pairs, centre, similar);
  const plain = (from: readonly [number, number, number]): readonly [number, number] => {
    const at = from.map((value, axis) => value - (centre.from[axis] ?? 0));
    return [centre.to[0] + dot(camera[0], at), centre.to[1] + dot(camera[1], at)];
  };
  const left = pairs.length < MANY ? [] : pairs.map((pair) => ({ ...pair, guess: plain(pair.from) }));
  return {
    scale: Math.hypot(...similar),
    place(index) {
      const from = neutralHead(index);
      const [x, y] = plain(from);
      let [sum, dx, dy] = [1e-6, 0, 0];
      for (const { from: other, to, guess } of left) {
        const weight = Math.exp(-squared(from, other) / (2 * NEIGHBOURHOOD ** 2));
        sum += weight;
        dx += weight * (to[0] - guess[0]);
        dy += weight * (to[1] - guess[1]);
      }
      return [x + dx / sum, y + dy / sum];
    },
  };
}

interface Centre {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number];
}

function mean(pairs: readonly Pair[]): Centre {
  const of = (value: (pair: Pair) => number) =>
    pairs.reduce((sum, pair) => sum + value(pair), 0) / pairs.length;
  return {
    from: [of(({ from }) => from[0]), of(({ from }) => from[1]), of(({ from }) => from[2])],
    to: [of(({ to }) => to[0]), of(({ to }) => to[1])],
  };
}

/** The similarity x' = a x - b y, y' = b x + a y about the centres; undefined where the points have no spread. */
function similarity(pairs: readonly Pair[], centre: Centre): readonly [a: number, b: number] | undefined {
  let [a, b, spread] = [0, 0, 0];
  for (const { from, to } of pairs) {
    const [x, y] = [from[0] - centre.from[0], from[1] - centre.from[1]];
    const [u, v] = [to[0] - centre.to[0], to[1] - centre.to[1]];
    a += x * u + y * v;
    b += x * v - y * u;
    spread += x * x + y * y;
  }
  return spread < 1e-4 || Math.hypot(a, b) < 1e-9 ? undefined : [a / spread, b / spread];
}

type Row = readonly [number, number, number];

function frontal([a, b]: readonly [number, number]): readonly [Row, Row] {
  return [
    [a, -b, 0],
    [b, a, 0],
  ];
}

/** Least squares of the two rows of a 2 x 3 camera, drawn to the similarity by `PULL`. */
function affine(
  pairs: readonly Pair[],
  centre: Centre,
  similar: readonly [number, number],
): readonly [Row, Row] {
  const pull = PULL * pairs.length;
  const normal = [pull, 0, 0, 0, pull, 0, 0, 0, pull];
  const start = frontal(similar);
  const right = start.map((row) => row.map((value) => value * pull));
  for (const { from, to } of pairs) {
    const at = from.map((value, axis) => value - (centre.from[axis] ?? 0));
    for (let i = 0; i < 3; i += 1) {
      for (let j = 0; j < 3; j += 1)
        normal[i * 3 + j] = (normal[i * 3 + j] ?? 0) + (at[i] ?? 0) * (at[j] ?? 0);
      for (const [axis, row] of right.entries())
        row[i] = (row[i] ?? 0) + (at[i] ?? 0) * ((to[axis] ?? 0) - (centre.to[axis] ?? 0));
    }
  }
  const solve = (row: readonly number[] | undefined): Row => solve3(normal, row ?? [0, 0, 0]);
  return [solve(right[0]), solve(right[1])];
}

/** Solves a symmetric, positive 3 x 3 system by Cramer's rule. */
function solve3(m: readonly number[], r: readonly number[]): Row {
  const column = (k: number): Row => [m[k] ?? 0, m[k + 3] ?? 0, m[k + 6] ?? 0];
  const [a, b, c] = [column(0), column(1), column(2)];
  const right: Row = [r[0] ?? 0, r[1] ?? 0, r[2] ?? 0];
  const all = determinant(a, b, c);
  return [determinant(right, b, c) / all, determinant(a, right, c) / all, determinant(a, b, right) / all];
}

function determinant(a: Row, b: Row, c: Row): number {
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0])
  );
}

function dot(row: Row, at: readonly number[]): number {
  return row[0] * (at[0] ?? 0) + row[1] * (at[1] ?? 0) + row[2] * (at[2] ?? 0);
}

function squared(a: Row, b: Row): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
