import { FACE_CONTOURS } from '../point-maps.js';
import type { HolisticLandmarks, Landmark, LandmarkGetter } from './holistic-points.js';
import { isRecord, type JsonRecord, listOf, numberOf, numbersOf } from './json-shape.js';

/** Names of a part in the dumps of MediaPipe's libraries. */
const NAMES: Readonly<Record<keyof HolisticLandmarks, readonly string[]>> = {
  pose: ['poseLandmarks', 'pose_landmarks', 'pose'],
  face: ['faceLandmarks', 'face_landmarks', 'face'],
  leftHand: ['leftHandLandmarks', 'left_hand_landmarks', 'left_hand'],
  rightHand: ['rightHandLandmarks', 'right_hand_landmarks', 'right_hand'],
};

/**
 * Landmarks of one frame of a MediaPipe dump. A part may be a list of objects `{x, y, z, visibility}` or of rows, a list of such lists
 * (the Tasks API lists people), an object with `landmarks` or `landmark`, text `"x,y,z,visibility"` (WMT-SLT), or null.
 */
export function mediapipeLandmarks(frame: JsonRecord): HolisticLandmarks {
  return {
    pose: part(frame, NAMES.pose, 'pose'),
    face: part(frame, NAMES.face, 'face'),
    leftHand: part(frame, NAMES.leftHand, 'hand'),
    rightHand: part(frame, NAMES.rightHand, 'hand'),
  };
}

/** Coordinates of the pose and hands of a frame, to tell shares from pixels. */
export function mediapipeCoordinates(frame: JsonRecord): number[] {
  return [NAMES.pose, NAMES.leftHand, NAMES.rightHand].flatMap((names) =>
    landmarkList(frame, names).flatMap((item) => {
      const point = landmark(item, false);
      return point ? [point.x, point.y] : [];
    }),
  );
}

function part(frame: JsonRecord, names: readonly string[], kind: 'pose' | 'face' | 'hand'): LandmarkGetter {
  const list = landmarkList(frame, names);
  // Some sets keep only the contours of the face, in the order of their numbers.
  const contours = kind === 'face' && list.length === FACE_CONTOURS.length;
  // MediaPipe writes 0 for the visibility of landmarks whose model knows none.
  const seen = kind === 'pose' && list.some((item) => (landmark(item, true)?.confidence ?? 0) > 0);
  return (index) => {
    const place = contours ? FACE_CONTOURS.indexOf(index) : index;
    return place < 0 ? undefined : landmark(list[place], seen);
  };
}

function landmarkList(frame: JsonRecord, names: readonly string[]): readonly unknown[] {
  const value = names.map((name) => frame[name]).find((found) => found !== undefined && found !== null);
  const list = listOf(isRecord(value) ? (value.landmarks ?? value.landmark) : value);
  const first = list[0];
  const nested = Array.isArray(first) && (Array.isArray(first[0]) || isRecord(first[0]));
  return nested ? listOf(first) : list;
}

function landmark(item: unknown, hasVisibility: boolean): Landmark | undefined {
  const record = isRecord(item) ? item : undefined;
  const numbers =
    typeof item === 'string'
      ? item.split(',').map((text) => (text.trim() === '' ? Number.NaN : Number(text)))
      : numbersOf(item);
  const x = record ? numberOf(record.x) : numbers[0];
  const y = record ? numberOf(record.y) : numbers[1];
  const z = record ? numberOf(record.z) : numbers[2];
  const visibility = record ? numberOf(record.visibility) : numbers[3];
  if (x === undefined || y === undefined) return undefined;
  const confidence = hasVisibility ? (visibility ?? 1) : 1;
  return z === undefined ? { x, y, confidence } : { x, y, z, confidence };
}
