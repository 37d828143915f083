import { pointAt } from '../person.js';
import { NEUTRAL_FIGURE } from './neutral-figure.js';

/** A place in the picture, pixels, and depth (NaN = unknown). */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What is known of a frame when a group of its points is completed; groups that come before have been. */
export interface Pose {
  readonly keypoints: Float32Array;
  /** Pixels of a width of the shoulders. */
  readonly scale: number;
  /** Longest the forearm is seen in the clip, pixels; 0 = never. */
  readonly forearm: number;
}

/** Points that are missing together, and what they are without any knowledge of them. */
export interface Group {
  readonly points: readonly number[];
  /** Fewer known points than this count as none. */
  readonly enough: number;
  /** Whether points are filled in that are missing from a group that is there. */
  readonly fills: boolean;
  /** Whether it turns about its anchor on the way from one place to another, rather than going straight. */
  readonly turns?: true;
  /** What the group moves with; where it is missing nothing is completed. */
  anchor(pose: Pose): { readonly x: number; readonly y: number } | undefined;
  /** Whether every frame completes it by itself, so that its neighbours in time are never asked. */
  readonly timeless?: true;
  /** Whether what is known in this frame leads it, so that its neighbours in time are not asked. */
  led?(pose: Pose): boolean;
  rest(pose: Pose): readonly Place[] | undefined;
  /** What was completed, for the user; `missing`: the points that were. */
  names(missing: ReadonlySet<number>): readonly string[];
}

/** The signer's left is right in the picture (+1) unless the shoulders say otherwise. */
export function leftward(keypoints: Float32Array): 1 | -1 {
  const [left, right] = [pointAt(keypoints, 5), pointAt(keypoints, 6)];
  return left && right && left.x < right.x ? -1 : 1;
}

export function neutralBody(index: number): readonly [number, number, number] {
  const { body } = NEUTRAL_FIGURE;
  return [body[index * 3] ?? 0, body[index * 3 + 1] ?? 0, body[index * 3 + 2] ?? 0];
}

/** A place of unknown or no depth: that of the hips. */
export function at({ x, y }: { x: number; y: number }): Place {
  return { x, y, z: 0 };
}
