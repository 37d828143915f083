import { PARTS } from './pose-frame.js';

/** Face points (of the 68) and body points whose depths are the same, to bring a face mesh to the depth of the body. */
const FACE_ANCHORS: readonly { face: readonly number[]; body: readonly number[] }[] = [
  { face: [30], body: [0] },
  { face: [36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47], body: [1, 2] },
];

/** Wrists of the body, and the hands' own. */
const WRISTS = [
  [PARTS.body.start + 9, PARTS.leftHand.start],
  [PARTS.body.start + 10, PARTS.rightHand.start],
] as const;

/**
 * Turns depths as MediaPipe Holistic gives them (each model with an origin of its own) into PoseFrame's: hands relative to their
 * wrist, body and feet relative to the middle of the hips, the face moved so that its nose (or its eyes) lies where the body's
 * does. `raw` is `Float32Array` [133], pixels, NaN = unknown, and is changed in place. Where a reference is missing the part is NaN. A wrist of
 * the body that pose-format's `correct_wrists` took from the hand has the hand's depth, which says nothing of the body: NaN.
 */
export function settleDepth(raw: Float32Array): Float32Array {
  WRISTS.forEach(([body, hand]) => {
    if (raw[body] === raw[hand]) raw[body] = Number.NaN;
  });
  for (const part of [PARTS.leftHand, PARTS.rightHand])
    shift(raw, part.start, part.length, raw[part.start] ?? Number.NaN);
  const faceOrigin = faceOffset(raw);
  const hips = mean(raw, [11, 12]);
  shift(raw, PARTS.face.start, PARTS.face.length, hips + faceOrigin);
  shift(raw, PARTS.body.start, PARTS.body.length + PARTS.feet.length, hips);
  return raw;
}

/** Depth of the face's own origin as the body sees it, negated: what to take away from the face's depths. */
function faceOffset(raw: Float32Array): number {
  for (const { face, body } of FACE_ANCHORS) {
    const difference =
      mean(
        raw,
        face.map((index) => PARTS.face.start + index),
      ) - mean(raw, body);
    if (!Number.isNaN(difference)) return difference;
  }
  return Number.NaN;
}

function mean(values: Float32Array, indices: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const index of indices) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}

function shift(values: Float32Array, start: number, length: number, origin: number): void {
  for (let index = start; index < start + length; index += 1)
    values[index] = (values[index] ?? Number.NaN) - origin;
}
