import { neutralHead } from './complete/fit-head.js';
import { confidenceOf } from './person.js';
import { PARTS } from './pose-frame.js';

/*
 * The mean face of a clip, by the similarity that brings each frame's face nearest to the neutral figure's: whose face it is.
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
/** A face of which fewer points are seen does not count. */
const LEAST_POINTS = 40;
/** A turned head counts less: where the nose's tip is off the middle by this share of the face's width, half. */
const TURNED = 0.15;
const [TEMPLE_RIGHT, TEMPLE_LEFT, NOSE] = [0, 16, 30];
const EYES_INSIDE = [39, 42];
/** The neutral figure's face. */
export const NEUTRAL: FaceShape = Array.from({ length: POINTS }, (_, k) =>
  neutralHead(FACE + k).slice(0, 2),
).flat();
const ALL = Array.from({ length: POINTS }, (_, k) => k);

/** Gathers a clip's mean face from the points that were seen, not completed; of points that are never seen it is the neutral face. */
export class FaceMean {
  private readonly sums = new Float64Array(2 * POINTS);
  private readonly weights = new Float64Array(POINTS);
  private frames = 0;

  add(keypoints: Float32Array): void {
    const seen = ALL.filter((k) => confidenceOf(keypoints, FACE + k) >= SEEN);
    if (
      seen.length < LEAST_POINTS ||
      ![TEMPLE_RIGHT, TEMPLE_LEFT, ...EYES_INSIDE].every((k) => seen.includes(k))
    )
      return;
    const points = Float64Array.from(
      { length: 2 * POINTS },
      (_, i) => keypoints[(FACE + (i >> 1)) * 3 + (i & 1)] ?? 0,
    );
    const shape = ontoNeutral(points, seen);
    if (!shape) return;
    const weight = frontality(points, seen.includes(NOSE) ? [NOSE] : EYES_INSIDE);
    for (const k of seen) {
      this.weights[k] = (this.weights[k] ?? 0) + weight;
      for (const i of [2 * k, 2 * k + 1]) this.sums[i] = (this.sums[i] ?? 0) + weight * (shape[i] ?? 0);
    }
    this.frames += weight;
  }

  get mean(): MeanFace | undefined {
    if (this.frames === 0) return undefined;
    const shape = Array.from(this.sums, (sum, i) => {
      const weight = this.weights[i >> 1] ?? 0;
      return weight > 0 ? sum / weight : (NEUTRAL[i] ?? 0);
    });
    return { shape, frames: this.frames };
  }
}

/** The shape of one face, such as a reference's; undefined where points are missing. */
export function faceShape(keypoints: Float32Array): FaceShape | undefined {
  const mean = new FaceMean();
  mean.add(keypoints);
  return mean.mean?.shape;
}

/** 1 where the face looks at the camera: the mean of the points `middle` lies half way between the temples. */
function frontality(points: Float64Array, middle: readonly number[]): number {
  const x = (k: number): number => points[2 * k] ?? 0;
  const y = (k: number): number => points[2 * k + 1] ?? 0;
  const [across, down] = [x(TEMPLE_LEFT) - x(TEMPLE_RIGHT), y(TEMPLE_LEFT) - y(TEMPLE_RIGHT)];
  const [u, v] = [x, y].map((of) => middle.reduce((sum, k) => sum + of(k), 0) / middle.length) as [
    number,
    number,
  ];
  const along = (u - x(TEMPLE_RIGHT)) * across + (v - y(TEMPLE_RIGHT)) * down;
  const off = along / (across ** 2 + down ** 2) - 0.5;
  return 1 / (1 + (off / TURNED) ** 2);
}

/** The points by the similarity that brings those of `seen` nearest to the neutral face; undefined where they lie on one spot. */
function ontoNeutral(points: Float64Array, seen: readonly number[]): Float64Array | undefined {
  const [from, to] = [centre(points, seen), centre(NEUTRAL, seen)];
  let [a, b, spread] = [0, 0, 0];
  for (const k of seen) {
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

function centre(points: ArrayLike<number>, seen: readonly number[]): readonly [number, number] {
  const mean = (axis: 0 | 1): number =>
    seen.reduce((sum, k) => sum + (points[2 * k + axis] ?? 0), 0) / seen.length;
  return [mean(0), mean(1)];
}
