import type { Vec3 } from './rotation.js';

/** Number of joint angles of a hand. */
export const ANGLE_COUNT = 21;

/**
 * Joint angles of a hand in degrees, [21]: thumb azimuth (of its first bone in the palm's plane, from the middle knuckle's direction
 * towards the index finger), elevation (out of the palm), roll, two flexions; then of index, middle, ring and little finger the
 * spread (towards the thumb) and three flexions. 0 is a straight joint.
 */
export type HandAngles = readonly number[];

/** A point on the path of a letter that moves: seconds from its start, metres moved, directions as in `LetterShape`. */
export interface LetterStop {
  readonly at: number;
  readonly move: Vec3;
  readonly fingers: Vec3;
  readonly palm: Vec3;
}

/**
 * A letter or digit of the right hand. `fingers` and `palm`: where the fingers point and the palm faces, in body axes (x = the
 * signer's left, -y = towards the viewer, z = up); for the left hand x is mirrored. `path`: the stops of J and Z.
 */
export interface LetterShape {
  readonly angles: HandAngles;
  readonly fingers: Vec3;
  readonly palm: Vec3;
  readonly path?: readonly LetterStop[];
}
