import { holisticPerson, type PoseFrame } from '../pose/index.js';
import type { HolisticLandmarks } from './holistic.js';

/** The 133 points of what Holistic saw. Pixels stay pixels; depth is as PoseFrame defines it. */
export function toPoseFrame(landmarks: HolisticLandmarks, index: number, time: number): PoseFrame {
  const { body, face, leftHand, rightHand } = landmarks;
  const getter = (points: Float32Array | undefined, confidence?: Float32Array) =>
    points && ((at: number) => landmarkAt(points, at, confidence));
  const person = holisticPerson(
    {
      pose: getter(body?.points, body?.visibility),
      face: getter(face),
      leftHand: getter(leftHand),
      rightHand: getter(rightHand),
    },
    { x: 1, y: 1 },
  );
  return { index, time, ...person };
}

function landmarkAt(points: Float32Array, index: number, confidence: Float32Array | undefined) {
  const [x, y, z] = points.subarray(index * 3, index * 3 + 3);
  if (x === undefined || y === undefined) return undefined;
  return { x, y, z, confidence: confidence?.[index] };
}
