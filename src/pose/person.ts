import { KEYPOINT_COUNT } from './pose-frame.js';
import type { PersonPoints } from './readers/reader.js';

/** Scores beyond this are no scores: such a point counts as missing. */
const LARGEST_SCORE = 1000;
/** Coordinates beyond this many pixels cannot be of a picture: such a point counts as missing. */
const LARGEST_COORDINATE = 1e6;

/** A person of whom nothing is known: all confidences 0. */
export function nobody(): { keypoints: Float32Array; depth?: Float32Array } {
  return { keypoints: new Float32Array(KEYPOINT_COUNT * 3) };
}

/**
 * Sets point `index`, pixels. A point that is not finite, stands at exactly 0,0 (the usual sign of a missing point) or has
 * no confidence stays missing. Confidence may pass 1 (scores of some tools do): `follow` brings a clip's to 0..1.
 */
export function setPoint(
  keypoints: Float32Array,
  index: number,
  x: number,
  y: number,
  confidence: number,
): void {
  if (!(confidence > 0 && confidence <= LARGEST_SCORE) || (x === 0 && y === 0)) return;
  if (!(Math.abs(x) <= LARGEST_COORDINATE && Math.abs(y) <= LARGEST_COORDINATE)) return;
  keypoints[index * 3] = x;
  keypoints[index * 3 + 1] = y;
  keypoints[index * 3 + 2] = confidence;
}

/** Confidence of point `index`; 0 = missing. */
export function confidenceOf(keypoints: Float32Array, index: number): number {
  return keypoints[index * 3 + 2] ?? 0;
}

/** Point `index`, pixels; undefined where it is missing. */
export function pointAt(keypoints: Float32Array, index: number): { x: number; y: number } | undefined {
  if (confidenceOf(keypoints, index) <= 0) return undefined;
  return { x: keypoints[index * 3] ?? 0, y: keypoints[index * 3 + 1] ?? 0 };
}

/** Distance between two points, pixels; undefined where one is missing. */
export function distanceOf(keypoints: Float32Array, a: number, b: number): number | undefined {
  const [from, to] = [pointAt(keypoints, a), pointAt(keypoints, b)];
  return from && to ? Math.hypot(from.x - to.x, from.y - to.y) : undefined;
}

/** Whether any of the points [start, start + length) is known. */
export function anyKnown(keypoints: Float32Array, start = 0, length = KEYPOINT_COUNT): boolean {
  for (let index = start; index < start + length; index += 1)
    if (confidenceOf(keypoints, index) > 0) return true;
  return false;
}

/** Share of the points [start, start + length) that is known, 0..1. */
export function shareKnown(keypoints: Float32Array, start: number, length: number): number {
  let known = 0;
  for (let index = start; index < start + length; index += 1)
    if (confidenceOf(keypoints, index) > 0) known += 1;
  return known / length;
}

/** Mean x, y of the known points, or undefined where none is known. */
export function middle(
  keypoints: Float32Array,
  indices: Iterable<number>,
): { x: number; y: number } | undefined {
  let count = 0;
  let x = 0;
  let y = 0;
  for (const index of indices) {
    if (confidenceOf(keypoints, index) <= 0) continue;
    count += 1;
    x += keypoints[index * 3] ?? 0;
    y += keypoints[index * 3 + 1] ?? 0;
  }
  return count === 0 ? undefined : { x: x / count, y: y / count };
}

/** A copy that may be changed. */
export function copyPerson(person: PersonPoints): { keypoints: Float32Array; depth?: Float32Array } {
  const keypoints = person.keypoints.slice();
  return person.depth ? { keypoints, depth: person.depth.slice() } : { keypoints };
}

/** Brows, nose and eyes of the face's 68 points: what hardly moves in a head. */
const STILL_FACE = Array.from({ length: 31 }, (_, k) => 23 + 17 + k);

/** Spread of brows, nose and eyes about their middle in pixels; undefined where one is missing. */
export function headSize(keypoints: Float32Array): number | undefined {
  const centre = middle(keypoints, STILL_FACE);
  if (!centre || STILL_FACE.some((index) => confidenceOf(keypoints, index) <= 0)) return undefined;
  const squares = STILL_FACE.reduce(
    (sum, index) =>
      sum + ((keypoints[index * 3] ?? 0) - centre.x) ** 2 + ((keypoints[index * 3 + 1] ?? 0) - centre.y) ** 2,
    0,
  );
  return Math.sqrt(squares / STILL_FACE.length);
}

/** Middle of brows, nose and eyes. */
export function headMiddle(keypoints: Float32Array): { x: number; y: number } | undefined {
  return middle(keypoints, STILL_FACE);
}
