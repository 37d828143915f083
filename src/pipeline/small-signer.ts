import type { PoseFrame } from '../pose/index.js';

/** Shoulders narrower than this share of the picture leave hands about twenty pixels wide. */
const SMALL = 0.12;
const LEFT_SHOULDER = 5;
const RIGHT_SHOULDER = 6;

/**
 * A sentence for a signer who fills so little of the picture of `size` pixels that no hand can be read; undefined for others, and
 * where a shoulder is missing.
 */
export function smallSigner({ keypoints }: PoseFrame, size: number): string | undefined {
  const [leftX = 0, leftY = 0, left = 0] = keypoints.subarray(LEFT_SHOULDER * 3, LEFT_SHOULDER * 3 + 3);
  const [rightX = 0, rightY = 0, right = 0] = keypoints.subarray(RIGHT_SHOULDER * 3, RIGHT_SHOULDER * 3 + 3);
  const width = Math.hypot(leftX - rightX, leftY - rightY);
  if (left <= 0 || right <= 0 || width >= SMALL * size) return undefined;
  return `The signer is small in the picture (shoulders ${Math.round(width)} of ${size} pixels wide), too small for hands that can be read: choose \`framing: signing\`.`;
}
