import { PARTS, type PoseFrame } from '../pose/index.js';
import { confidenceOf } from '../pose/person.js';

/** Where a signer stands: middle of the shoulders and their distance, pixels. */
export interface Standing {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Elbow and wrist of the body and the hand of each arm. */
const ARMS = [
  { elbow: 7, wrist: 9, hand: PARTS.leftHand.start },
  { elbow: 8, wrist: 10, hand: PARTS.rightHand.start },
] as const;
/** Hips, legs and feet among the 133: they sign nothing, recordings mostly guess them, and they must not jump between signs. */
const BELOW = { from: 11, to: 23 } as const;
/** Confidence under which a detector has guessed. */
const GUESSED = 0.3;

/** Frames moved and scaled so that the shoulders of one signer come to those of another. */
export function placeFrames(frames: readonly PoseFrame[], from: Standing, to: Standing): PoseFrame[] {
  const by = to.width / from.width;
  return frames.map((frame) => {
    const keypoints = frame.keypoints.slice();
    for (let at = 0; at < keypoints.length; at += 3) {
      if ((keypoints[at + 2] ?? 0) <= 0) continue;
      keypoints[at] = ((keypoints[at] ?? 0) - from.x) * by + to.x;
      keypoints[at + 1] = ((keypoints[at + 1] ?? 0) - from.y) * by + to.y;
    }
    const depth = frame.depth?.map((z) => z * by);
    return depth ? { ...frame, keypoints, depth } : { ...frame, keypoints };
  });
}

/**
 * Frames with what their file never shows taken from a resting signer: points that most frames lack, an arm whose wrist most
 * frames lack or only guess, whole, and always what is below the waist. So no arm comes and goes between signs, and all have one trunk.
 */
export function fillFromRest(frames: readonly PoseFrame[], rest: PoseFrame): PoseFrame[] {
  const taken = new Set<number>();
  for (let index = 0; index < rest.keypoints.length / 3; index += 1) {
    if (mostly(frames, ({ keypoints }) => confidenceOf(keypoints, index) <= 0)) taken.add(index);
  }
  for (let index: number = BELOW.from; index < BELOW.to; index += 1) taken.add(index);
  for (const { elbow, wrist, hand } of ARMS) {
    const idle = mostly(
      frames,
      ({ keypoints }) => confidenceOf(keypoints, wrist) < GUESSED && confidenceOf(keypoints, hand) <= 0,
    );
    if (!idle) continue;
    taken.add(elbow).add(wrist);
    for (let index = hand; index < hand + PARTS.leftHand.length; index += 1) taken.add(index);
  }
  return frames.map((frame) => {
    const keypoints = frame.keypoints.slice();
    const depth = frame.depth?.slice() ?? new Float32Array(rest.keypoints.length / 3).fill(Number.NaN);
    for (const index of taken) {
      keypoints.set(rest.keypoints.subarray(index * 3, index * 3 + 3), index * 3);
      depth[index] = rest.depth?.[index] ?? Number.NaN;
    }
    return { ...frame, keypoints, depth };
  });
}

function mostly(frames: readonly PoseFrame[], is: (frame: PoseFrame) => boolean): boolean {
  return frames.filter(is).length > frames.length / 2;
}
