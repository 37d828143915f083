import { KEYPOINT_COUNT, PARTS, type PoseFrame } from '../pose-frame.js';

/** Keypoint on the other side of each of the 133 (itself for those in the middle). */
export const OTHER_SIDE: readonly number[] = otherSides();

/** Pairs of the 68 face points that mirror each other: jaw, brows, nose, eyes, outer and inner lips (iBUG 68, first = signer's right). */
function facePairs(): [number, number][] {
  const run = (first: number, last: number, count: number): [number, number][] =>
    Array.from({ length: count }, (_, index) => [first + index, last - index]);
  return [
    ...run(0, 16, 8),
    ...run(17, 26, 5),
    ...run(31, 35, 2),
    [36, 45],
    [37, 44],
    [38, 43],
    [39, 42],
    [40, 47],
    [41, 46],
    ...run(48, 54, 3),
    [59, 55],
    [58, 56],
    ...run(60, 64, 2),
    [67, 65],
  ];
}

function otherSides(): number[] {
  const sides = Array.from({ length: KEYPOINT_COUNT }, (_, index) => index);
  const pair = (a: number, b: number) => {
    sides[a] = b;
    sides[b] = a;
  };
  for (let left = 1; left < PARTS.body.length; left += 2) pair(left, left + 1);
  for (let toe = 0; toe < 3; toe += 1) pair(PARTS.feet.start + toe, PARTS.feet.start + 3 + toe);
  for (const [a, b] of facePairs()) pair(PARTS.face.start + a, PARTS.face.start + b);
  for (let index = 0; index < PARTS.leftHand.length; index += 1) {
    pair(PARTS.leftHand.start + index, PARTS.rightHand.start + index);
  }
  return sides;
}

/**
 * A frame of a video that was mirrored (as by a selfie camera), turned back: left becomes right in the picture and in the names.
 * `width` is the picture's, pixels.
 */
export function mirrorFrame(frame: PoseFrame, width: number): PoseFrame {
  const keypoints = new Float32Array(frame.keypoints.length);
  const depth = frame.depth && new Float32Array(frame.depth.length);
  OTHER_SIDE.forEach((source, target) => {
    if (depth && frame.depth) depth[target] = frame.depth[source] ?? Number.NaN;
    const confidence = frame.keypoints[source * 3 + 2] ?? 0;
    if (confidence <= 0) return;
    keypoints[target * 3] = width - (frame.keypoints[source * 3] ?? 0);
    keypoints[target * 3 + 1] = frame.keypoints[source * 3 + 1] ?? 0;
    keypoints[target * 3 + 2] = confidence;
  });
  return depth ? { ...frame, keypoints, depth } : { ...frame, keypoints };
}
