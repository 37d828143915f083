import { SIGNER } from './data/signer.js';
import type { HandAngles } from './letter-shape.js';
import {
  about,
  across,
  add,
  between,
  cross,
  dot,
  type Mat3,
  multiply,
  scale,
  subtract,
  transpose,
  unit,
  type Vec3,
} from './rotation.js';

/*
 * A hand from its joint angles. Hand axes, the same for both hands: f = from the wrist to the knuckle of the middle finger,
 * r = towards the index finger, n = out of the palm.
 */

const RADIANS = Math.PI / 180;
const FINGERS = [0, 1, 2, 3, 4] as const;

/** Shares of the palm's length by which a detector's marks lie off the joints: wrist forward, knuckles and tips back. */
const MARKS = { wrist: 0.13, knuckle: 0.06, tip: 0.05 } as const;

/** Row `index` of three numbers in a flat table. */
export function row(table: readonly number[], index: number): Vec3 {
  return [table[index * 3] ?? 0, table[index * 3 + 1] ?? 0, table[index * 3 + 2] ?? 0];
}

/** Three directions at right angles, the columns of a flat table of nine numbers; what rounding took is put right. */
export function axes(table: readonly number[]): Mat3 {
  const [first, second, third] = transpose([row(table, 0), row(table, 1), row(table, 2)]);
  const [x, y] = [unit(first), across(second, first)];
  const z = cross(x, y);
  // The right hand's axes are left-handed.
  return [x, y, dot(z, third) < 0 ? scale(z, -1) : z];
}

const THUMB_AT_REST = axes(SIGNER.thumbFrame);

/** Bending towards the palm: from f to n. */
function flex(degrees: number): Mat3 {
  return about([0, 1, 0], -degrees * RADIANS);
}

/** Spreading towards the thumb: from f to r. */
function spread(degrees: number): Mat3 {
  return about([0, 0, 1], degrees * RADIANS);
}

function thumbFrames([azimuth = 0, elevation = 0, roll = 0, mcp = 0, ip = 0]: HandAngles): [
  Mat3,
  Mat3,
  Mat3,
] {
  const [a, e] = [azimuth * RADIANS, elevation * RADIANS];
  const way: Vec3 = [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)];
  const first = multiply(
    multiply(between(THUMB_AT_REST[0], way), THUMB_AT_REST),
    about([1, 0, 0], roll * RADIANS),
  );
  const second = multiply(first, flex(mcp));
  return [first, second, multiply(second, flex(ip))];
}

function fingerFrames([side = 0, mcp = 0, pip = 0, dip = 0]: HandAngles): [Mat3, Mat3, Mat3] {
  const first = multiply(spread(side), flex(mcp));
  const second = multiply(first, flex(pip));
  return [first, second, multiply(second, flex(dip))];
}

/** The 21 joints of a hand in hand axes, metres, the wrist at the origin; the bones between them never change their length. */
export function handJoints(angles: HandAngles): Vec3[] {
  const joints: Vec3[] = [[0, 0, 0]];
  for (const finger of FINGERS) {
    const frames = finger === 0 ? thumbFrames(angles) : fingerFrames(angles.slice(1 + 4 * finger));
    const lengths = row(SIGNER.lengths, finger);
    let at = row(SIGNER.roots, finger);
    joints.push(at);
    for (const bone of [0, 1, 2] as const) {
      at = add(at, scale(frames[bone][0], lengths[bone]));
      joints.push(at);
    }
  }
  return joints;
}

/**
 * The joints of a hand where a detector marks them: MediaPipe's wrist lies nearer to the knuckles than the bone's, its knuckles
 * nearer to the wrist, its finger tips inside the flesh (medians over rendered hands, models/training: world/keypoints.py).
 */
export function handMarks(joints: readonly Vec3[]): Vec3[] {
  const [wrist = [0, 0, 0], , , , , , , , , middle = [0, 0, 0]] = joints;
  const palm = subtract(middle, wrist);
  const size = Math.hypot(...palm);
  return joints.map((joint, index) => {
    if (index === 0) return add(wrist, scale(palm, MARKS.wrist));
    if (index % 4 === 1 && index > 1) return subtract(joint, scale(subtract(joint, wrist), MARKS.knuckle));
    if (index % 4 !== 0) return joint;
    return subtract(joint, scale(unit(subtract(joint, joints[index - 1] ?? joint)), MARKS.tip * size));
  });
}

/**
 * The rotation from its rest that points a right hand's fingers and faces its palm along directions; where the two are not at right
 * angles the fingers' direction is kept. `axes`: the hand's axes at rest.
 */
export function orientation(fingers: Vec3, palm: Vec3, axes: Mat3): Mat3 {
  const f = unit(fingers);
  const n = across(palm, f);
  return multiply([f, cross(f, n), n], transpose(axes));
}
