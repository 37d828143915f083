import { KEYPOINT_COUNT, PARTS, type PoseFrame } from '../pose/index.js';
import { confidenceOf } from '../pose/person.js';
import { minimumJerk } from './motion.js';
import { add, apply, cross, dot, fromVector, length, scale, subtract, unit, type Vec3 } from './rotation.js';

const HANDS = [
  { wrist: 9, start: PARTS.leftHand.start },
  { wrist: 10, start: PARTS.rightHand.start },
] as const;
const HAND_LENGTH = PARTS.leftHand.length;

/** Seconds of a transition: a fifth at least, a quarter more for every shoulder width that a hand has to go. */
const SHORTEST = 0.2;
const LONGEST = 0.8;
const ONSET = 0.18;
const A_SHOULDER_WIDTH = 0.25;

/** Seconds from one frame to another, by the longer way of the two wrists; `width`: pixels between the shoulders. */
export function transitionSeconds(from: PoseFrame, to: PoseFrame, width: number): number {
  const ways = HANDS.map(({ wrist }) => {
    if (confidenceOf(from.keypoints, wrist) <= 0 || confidenceOf(to.keypoints, wrist) <= 0) return 0;
    return length(subtract(flat(to, wrist), flat(from, wrist)));
  });
  return Math.min(LONGEST, Math.max(SHORTEST, ONSET + (A_SHOULDER_WIDTH * Math.max(...ways)) / width));
}

function flat({ keypoints }: PoseFrame, index: number): Vec3 {
  return [keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0, 0];
}

/** A point with its depth, where that is known (0 elsewhere). */
function solid(frame: PoseFrame, index: number): Vec3 {
  const z = frame.depth?.[index] ?? Number.NaN;
  const [x, y] = flat(frame, index);
  return [x, y, Number.isNaN(z) ? 0 : z];
}

/**
 * The frame at a share 0..1 of the time between two. Points run along minimum-jerk paths; the bones of hands are turned, not
 * shortened: each goes from its one direction and length to the other. A point that only one frame has goes along with that frame's
 * share of confidence; a hand that only one has is carried by the wrist.
 */
export function blendFrames(from: PoseFrame, to: PoseFrame, share: number): PoseFrame {
  const course = minimumJerk(share);
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  const depth = new Float32Array(KEYPOINT_COUNT).fill(Number.NaN);
  for (let index = 0; index < KEYPOINT_COUNT; index += 1) {
    const [a, b] = [confidenceOf(from.keypoints, index), confidenceOf(to.keypoints, index)];
    if (a <= 0 && b <= 0) continue;
    // A point that one frame lacks stays where the other has it.
    const weight = a <= 0 ? 1 : b <= 0 ? 0 : course;
    for (const place of [index * 3, index * 3 + 1]) {
      keypoints[place] = (from.keypoints[place] ?? 0) * (1 - weight) + (to.keypoints[place] ?? 0) * weight;
    }
    keypoints[index * 3 + 2] = a * (1 - course) + b * course;
    depth[index] = blendDepth(from.depth?.[index], to.depth?.[index], weight);
  }
  const frame = { index: 0, time: 0, keypoints, depth };
  for (const hand of HANDS) turnHand(frame, from, to, course, hand);
  return frame;
}

function blendDepth(a = Number.NaN, b = Number.NaN, weight = 0): number {
  if (Number.isNaN(a) || weight === 1) return b;
  return Number.isNaN(b) || weight === 0 ? a : a * (1 - weight) + b * weight;
}

/** Puts a hand's points on bones that turn from one hand's directions to the other's. */
function turnHand(
  frame: PoseFrame & { depth: Float32Array },
  from: PoseFrame,
  to: PoseFrame,
  course: number,
  { wrist, start }: (typeof HANDS)[number],
): void {
  const whole = [from, to].map(({ keypoints }) => handIsThere(keypoints, start));
  if (!whole[0] && !whole[1]) return;
  const [first, second] = [whole[0] ? from : to, whole[1] ? to : from];
  const root = whole[0] && whole[1] ? solid(frame, start) : carried(frame, first, wrist, start);
  const points: Vec3[] = [root];
  for (let point = 1; point < HAND_LENGTH; point += 1) {
    const parent = point % 4 === 1 ? 0 : point - 1;
    const bone = (side: PoseFrame): Vec3 => subtract(solid(side, start + point), solid(side, start + parent));
    points.push(add(points[parent] ?? root, turnBone(bone(first), bone(second), course)));
  }
  points.forEach(([x, y, z], point) => {
    const at = start + point;
    frame.keypoints[at * 3] = x;
    frame.keypoints[at * 3 + 1] = y;
    if (!Number.isNaN(frame.depth[at] ?? Number.NaN)) frame.depth[at] = z - root[2];
  });
}

function handIsThere(keypoints: Float32Array, start: number): boolean {
  for (let index = start; index < start + HAND_LENGTH; index += 1)
    if (confidenceOf(keypoints, index) <= 0) return false;
  return true;
}

/** Where the wrist of a hand that only one frame has is: as far from the body's wrist as it is there. */
function carried(frame: PoseFrame, only: PoseFrame, wrist: number, start: number): Vec3 {
  const known = confidenceOf(frame.keypoints, wrist) > 0 && confidenceOf(only.keypoints, wrist) > 0;
  if (!known) return solid(only, start);
  return add(solid(only, start), subtract(flat(frame, wrist), flat(only, wrist)));
}

/** A bone between two: its direction on the great circle, its length in between. */
export function turnBone(from: Vec3, to: Vec3, share: number): Vec3 {
  const size = length(from) * (1 - share) + length(to) * share;
  const [a, b] = [unit(from), unit(to)];
  const axis = cross(a, b);
  const angle = Math.atan2(length(axis), dot(a, b));
  if (length(axis) < 1e-9) return scale(share < 0.5 ? a : b, size);
  return scale(apply(fromVector(scale(unit(axis), angle * share)), a), size);
}
