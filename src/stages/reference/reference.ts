import type { Picture } from '../../picture.js';
import { faceShape } from '../../pose/face-mean.js';
import { type Goal, standingOf } from '../../pose/index.js';

/** Labels of a part mask. */
export const PART = {
  background: 0,
  skin: 1,
  leftHand: 2,
  rightHand: 3,
  hair: 4,
  top: 5,
  eyesAndMouth: 6,
  bottom: 7,
} as const;

/**
 * A clip's reference picture, ready to be carried: as wide as the body stage's picture, and at least as high. Rows below that picture
 * are there to be carried into it alone.
 */
export interface Reference {
  /** Side of the body stage's picture. */
  readonly size: number;
  /** RGB, [height, size] pixels. */
  readonly picture: Picture;
  /** The same place without the person, RGB, [size, size] pixels. */
  readonly plate: Picture;
  /** Share of each pixel that shows the person: `Float32Array` [height, size], 0..1. */
  readonly person: Float32Array;
  /** Pixels that can be skin: [height, size], 0 or 1. */
  readonly skin: Uint8Array;
  /** `Float32Array` [133 * 3]: x, y in pixels, confidence (0 = missing). */
  readonly keypoints: Float32Array;
}

/** Number of values of `skinColours`. */
export const SKIN_LENGTH = 9;

/** From shoulders to hips in shoulder widths, where the hips are not seen: as parts are carried (`carry/geometry.ts`). */
const TRUNK = 1.45;

/** Where the reference stands, and the shape of the face. Throws where it has no shoulders: whoever makes a reference refuses that. */
export function goalOf({ keypoints }: Pick<Reference, 'keypoints'>): Goal {
  const standing = standingOf(keypoints);
  if (!standing) throw new Error('a reference without shoulders');
  const face = faceShape(keypoints);
  return { trunk: TRUNK * standing.width, ...standing, ...(face ? { face } : {}) };
}
