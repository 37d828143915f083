import { quantile } from './even-sample.js';
import type { FaceShape } from './face-mean.js';
import { given } from './given.js';
import { distanceOf, headMiddle, headSize, middle } from './person.js';

/** Where the signer stands and how the body is built; pixels. */
export interface Standing {
  /** Middle of the shoulders, and their width. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** From there to the middle of the hips. */
  readonly trunk?: number;
  /** Distance of the hips. */
  readonly hips?: number;
  /** Size of the head: `headSize`. */
  readonly head?: number;
  /** Height of the middle of brows, nose and eyes above the middle of the shoulders. */
  readonly neck?: number;
}

/** Where a reference's signer stands, and the face. */
export interface Goal extends Standing {
  readonly face?: FaceShape;
}

/** Where a signer stands; undefined without shoulders. `keypoints`: `Float32Array` [133 * 3]. */
export function standingOf(keypoints: Float32Array): Standing | undefined {
  const width = distanceOf(keypoints, 5, 6);
  const between = middle(keypoints, [5, 6]);
  if (!between || width === undefined || width <= 0) return undefined;
  const hips = distanceOf(keypoints, 11, 12);
  // One hip alone lies beside the trunk's middle line.
  const below = hips === undefined ? undefined : middle(keypoints, [11, 12]);
  return {
    ...between,
    width,
    ...given('trunk', below && Math.hypot(below.x - between.x, below.y - between.y)),
    ...given('hips', hips),
    ...given('head', headSize(keypoints)),
    ...given('neck', neckOf(between, headMiddle(keypoints))),
  };
}

function neckOf(shoulders: { y: number }, head: { y: number } | undefined): number | undefined {
  return head && shoulders.y - head.y;
}

/** Medians, each of those that are known; undefined where nobody stands. */
export function medianStanding(all: readonly Standing[]): Standing | undefined {
  const median = (of: (standing: Standing) => number | undefined) =>
    quantile(
      all.flatMap((standing) => of(standing) ?? []),
      0.5,
    );
  const [x, y, width] = [median((at) => at.x), median((at) => at.y), median((at) => at.width)];
  if (x === undefined || y === undefined || width === undefined) return undefined;
  const [trunk, hips, head] = [median((at) => at.trunk), median((at) => at.hips), median((at) => at.head)];
  const neck = median((at) => at.neck);
  const upright = { ...given('head', head), ...given('neck', neck) };
  return { x, y, width, ...given('trunk', trunk), ...given('hips', hips), ...upright };
}
