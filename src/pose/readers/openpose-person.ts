import { nobody, setPoint } from '../person.js';
import { BODY_FROM_OPENPOSE, BODY_FROM_OPENPOSE18 } from '../point-maps.js';
import { PARTS } from '../pose-frame.js';
import { isRecord, type JsonRecord, numbersOf } from './json-shape.js';
import type { PersonPoints } from './reader.js';

/** Places each part's points fill, and the part's names in OpenPose's JSON (`null` parts and missing names are no points). */
const PARTS_OF_OPENPOSE = [
  { key: 'face_keypoints_2d', start: PARTS.face.start, length: PARTS.face.length },
  { key: 'hand_left_keypoints_2d', start: PARTS.leftHand.start, length: PARTS.leftHand.length },
  { key: 'hand_right_keypoints_2d', start: PARTS.rightHand.start, length: PARTS.rightHand.length },
] as const;

/** Turns one person of OpenPose's JSON (x, y, confidence a point; BODY_25 or COCO-18) into the 133; `scale` makes pixels of its units. */
function openposePerson(person: unknown, scale = { x: 1, y: 1 }): PersonPoints {
  const { keypoints } = nobody();
  if (!isRecord(person)) return { keypoints };
  const body = numbersOf(person.pose_keypoints_2d);
  const order = body.length === 18 * 3 ? BODY_FROM_OPENPOSE18 : BODY_FROM_OPENPOSE;
  order.forEach((source, target) => {
    setTriple(keypoints, target, body, source, scale);
  });
  for (const { key, start, length } of PARTS_OF_OPENPOSE) {
    const numbers = numbersOf(person[key]);
    for (let index = 0; index < length; index += 1)
      setTriple(keypoints, start + index, numbers, index, scale);
  }
  return { keypoints };
}

function setTriple(
  keypoints: Float32Array,
  target: number,
  numbers: readonly number[],
  source: number,
  scale: { x: number; y: number },
): void {
  const x = numbers[source * 3];
  const y = numbers[source * 3 + 1];
  if (x === undefined || y === undefined) return;
  setPoint(keypoints, target, x * scale.x, y * scale.y, numbers[source * 3 + 2] ?? 0);
}

/** The people of one OpenPose frame, or undefined where the object is none. */
export function openposePeople(
  frame: JsonRecord,
  scale?: { x: number; y: number },
): PersonPoints[] | undefined {
  if (!Array.isArray(frame.people)) return undefined;
  return frame.people.map((person: unknown) => openposePerson(person, scale));
}
