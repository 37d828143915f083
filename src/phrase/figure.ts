import { LIDS } from '../pose/face-shape.js';
import { KEYPOINT_COUNT, PARTS, type PoseFrame } from '../pose/pose-frame.js';
import { type Arm, reachFor } from './arm.js';
import { SIGNER } from './data/signer.js';
import { handJoints, handMarks, row } from './hand.js';
import { blink, WAVERING_CHANNELS, waver, wavering } from './life.js';
import type { Hold } from './motion.js';
import { about, add, apply, mirror, mix, multiply, subtract, type Vec3 } from './rotation.js';

const RADIANS = Math.PI / 180;
/** Body points that move with the head: nose, eyes, ears. */
const HEAD_POINTS = 5;
/** Confidence of points outside the picture, where no detector sees them. */
const UNSEEN = 0.2;
/** An arm with its hand's 21 joints, body axes, metres. */
export interface PosedArm extends Arm {
  readonly joints: readonly Vec3[];
}

/** A right arm as a hold wants it. */
export function poseArm(hold: Hold): PosedArm {
  const arm = reachFor(hold.wrist, hold);
  return { ...arm, joints: handJoints(hold.angles).map((joint) => add(arm.wrist, apply(arm.hand, joint))) };
}

/** Head and face, nodding and blinking a little. */
function head(time: number, points: Vec3[]): void {
  const neck: Vec3 = SIGNER.neck;
  const turn = multiply(
    about([0, 0, 1], 1.2 * RADIANS * waver(0, time * 0.4)),
    about([1, 0, 0], 0.8 * RADIANS * waver(1, time * 0.4)),
  );
  const moved = (point: Vec3): Vec3 => add(neck, apply(turn, subtract(point, neck)));
  const face = Array.from({ length: PARTS.face.length }, (_, index) => row(SIGNER.face, index));
  const shut = 0.85 * blink(time);
  for (const [upper, lower] of LIDS)
    face[upper] = mix(row(SIGNER.face, upper), row(SIGNER.face, lower), shut);
  for (let index = 0; index < HEAD_POINTS; index += 1) points[index] = moved(row(SIGNER.trunk, index));
  face.forEach((point, index) => {
    points[PARTS.face.start + index] = moved(point);
  });
}

/** The 133 points of the signer at a time, body axes in metres: the right hand as `signing`, the left one as `idle` has it mirrored. */
export function figurePoints(signing: Hold, idle: Hold, time: number): Vec3[] {
  const points = Array.from({ length: PARTS.face.start }, (_, index) => row(SIGNER.trunk, index));
  head(time, points);
  const right = poseArm(wavering(signing, time, 2));
  const left = poseArm(wavering(idle, time, 2 + WAVERING_CHANNELS));
  for (const [arm, side, start, place] of [
    [left, 1, PARTS.leftHand.start, mirror],
    [right, 2, PARTS.rightHand.start, (point: Vec3) => point],
  ] as const) {
    const hand = handMarks(arm.joints).map(place);
    points[4 + side] = place(add(arm.shoulder, SIGNER.shoulderPoint));
    points[6 + side] = place(add(arm.elbow, apply(arm.upper, SIGNER.elbowPoint)));
    points[8 + side] = hand[0] ?? [0, 0, 0];
    hand.forEach((point, index) => {
      points[start + index] = point;
    });
  }
  return points;
}

/** Pixels of a picture: the signer is framed from head to hips in the largest square in its middle. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What a camera in front of the signer sees of points in body axes: a PoseFrame with depth. */
export function film(points: readonly Vec3[], size: PictureSize, index: number, time: number): PoseFrame {
  const focal = SIGNER.focal * Math.min(size.width, size.height);
  const [right, front, up] = SIGNER.camera;
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  const depth = new Float32Array(KEYPOINT_COUNT);
  const far = (at: number): number => (points[at]?.[1] ?? 0) - front;
  const hips = (far(11) + far(12)) / 2;
  points.forEach((point, at) => {
    const distance = far(at);
    const x = size.width / 2 + (focal * (point[0] - right)) / distance;
    const y = size.height / 2 - (focal * (point[2] - up)) / distance;
    const seen = x >= 0 && y >= 0 && x < size.width && y < size.height;
    keypoints.set([x, y, seen ? 1 : UNSEEN], at * 3);
    const origin = at < PARTS.leftHand.start ? hips : far(handStart(at));
    depth[at] = ((distance - origin) * focal) / origin;
  });
  return { index, time, keypoints, depth };
}

/** The wrist of the hand to which a hand point belongs. */
function handStart(index: number): number {
  return index < PARTS.rightHand.start ? PARTS.leftHand.start : PARTS.rightHand.start;
}
