import { settleDepth } from '../depth.js';
import { nobody, setPoint } from '../person.js';
import { BODY_FROM_POSE, FACE_FROM_MESH } from '../point-maps.js';
import { KEYPOINT_COUNT, PARTS } from '../pose-frame.js';
import type { PersonPoints } from './reader.js';

/** One landmark in the units of the file; `confidence` undefined where the file has none. */
export interface Landmark {
  readonly x: number;
  readonly y: number;
  readonly z?: number;
  readonly confidence?: number;
}

/** Gives the landmark with MediaPipe's number, or undefined where it is missing. */
export type LandmarkGetter = (index: number) => Landmark | undefined;

/** Landmarks of MediaPipe's four models, by their own numbers. */
export interface HolisticLandmarks {
  readonly pose?: LandmarkGetter;
  readonly face?: LandmarkGetter;
  readonly leftHand?: LandmarkGetter;
  readonly rightHand?: LandmarkGetter;
}

/**
 * Mesh points that can stand for body points where the file has a face but no such body point: nose tip, and the middles of the
 * irises (only in meshes of 478 points).
 */
const HEAD_FROM_MESH: readonly { body: number; mesh: number }[] = [
  { body: 0, mesh: 4 },
  { body: 1, mesh: 473 },
  { body: 2, mesh: 468 },
];

/**
 * MediaPipe Holistic's landmarks as the 133 points (method page: COCO-WholeBody from MediaPipe). `scale` makes pixels of the file's
 * units; z is in widths of the picture, so it is multiplied by `scale.x`. Landmarks without confidence count as sure.
 */
export function holisticPerson(landmarks: HolisticLandmarks, scale: { x: number; y: number }): PersonPoints {
  const person = nobody();
  const depth = new Float32Array(KEYPOINT_COUNT).fill(Number.NaN);
  let deep = false;
  const put = (target: number, landmark: Landmark | undefined) => {
    if (!landmark) return;
    setPoint(person.keypoints, target, landmark.x * scale.x, landmark.y * scale.y, landmark.confidence ?? 1);
    if (landmark.z === undefined || (person.keypoints[target * 3 + 2] ?? 0) === 0) return;
    depth[target] = Number.isFinite(landmark.z) ? landmark.z * scale.x : Number.NaN;
    deep = true;
  };
  BODY_FROM_POSE.forEach((source, target) => {
    put(target, landmarks.pose?.(source));
  });
  FACE_FROM_MESH.forEach((source, index) => {
    put(PARTS.face.start + index, landmarks.face?.(source));
  });
  for (let index = 0; index < PARTS.leftHand.length; index += 1) {
    put(PARTS.leftHand.start + index, landmarks.leftHand?.(index));
    put(PARTS.rightHand.start + index, landmarks.rightHand?.(index));
  }
  if (deep) settleDepth(depth);
  for (const { body, mesh } of HEAD_FROM_MESH) {
    const landmark = landmarks.face?.(mesh);
    if ((person.keypoints[body * 3 + 2] ?? 0) > 0 || !landmark) continue;
    setPoint(person.keypoints, body, landmark.x * scale.x, landmark.y * scale.y, 1);
  }
  return deep ? { keypoints: person.keypoints, depth } : person;
}

/** Coordinates beyond this cannot be shares of a picture, even for points far outside it. */
const LARGEST_SHARE = 10;

/** Whether coordinates are shares of the picture (0..1 for what it shows), judged by a frame's. */
export function areShares(coordinates: Iterable<number>): boolean {
  for (const value of coordinates) if (Math.abs(value) > LARGEST_SHARE) return false;
  return true;
}
