import { SIGNER } from './data/signer.js';
import { axes, orientation } from './hand.js';
import {
  about,
  across,
  add,
  apply,
  cross,
  fromVector,
  length,
  type Mat3,
  multiply,
  scale,
  subtract,
  toVector,
  transpose,
  twistAngle,
  unit,
  type Vec3,
} from './rotation.js';

/*
 * The right arm: two-bone inverse kinematics towards a wrist, within the limits of forearm and wrist. Body axes, metres: x = the
 * signer's left, -y = the front, z = up. The left arm is its mirror image. The method is that of the rendered signers
 * (models/training: world/arms.py), so that spelling looks like what the models were trained on.
 */

const RADIANS = Math.PI / 180;
const WRIST_BEND = 60 * RADIANS;
const FOREARM_TWIST = 120 * RADIANS;
/** Nearest and furthest wrist, as shares of the stretched arm. */
const REACH = [0.35, 0.985] as const;
/** Turns of the elbow about the line from shoulder to wrist that are tried; positive lifts it outward. */
const SWIVELS = [0, 20, -20, 40, -40, 60].map((degrees) => degrees * RADIANS);

const COLLAR: Vec3 = SIGNER.collar;
export const SHOULDER: Vec3 = SIGNER.shoulder;
const UPPER: Vec3 = subtract(SIGNER.elbow, SIGNER.shoulder);
const FORE: Vec3 = subtract(SIGNER.wrist, SIGNER.elbow);
const HINGE = cross(UPPER, FORE);
const HAND_AXES = axes(SIGNER.handAxes);

/** How an arm holds a hand: the elbow's swivel, the forearm's twist, and the wrist's bend as a rotation vector; radians. */
export interface Grip {
  readonly swivel: number;
  readonly twist: number;
  readonly bend: Vec3;
}

/** An arm that has reached for a wrist: its joints, rotations of upper arm and forearm from their rest, and the hand's axes. */
export interface Arm {
  readonly shoulder: Vec3;
  readonly elbow: Vec3;
  readonly wrist: Vec3;
  readonly upper: Mat3;
  /** Columns: to the middle knuckle, to the index finger, out of the palm. */
  readonly hand: Mat3;
}

/** The collar's rotation: a raised hand lifts its shoulder by up to 12 degrees. */
function collarTurn(wrist: Vec3): Mat3 {
  const share = Math.min(1, Math.max(0, (wrist[2] - SHOULDER[2] + 0.1) / 0.35));
  return about([0, 1, 0], share * 12 * RADIANS);
}

/** Where the elbow points: down and outward, more outward as the hand rises. */
function elbowPole(shoulder: Vec3, wrist: Vec3, collar: Mat3): Vec3 {
  const height = Math.min(2, Math.max(0, (wrist[2] - shoulder[2]) / 0.25 + 1));
  return apply(collar, [-(0.35 + 0.35 * height), 0.28, -1]);
}

/** The rotation that carries a rest direction and hinge to a new direction and hinge. */
function turned(restDirection: Vec3, restHinge: Vec3, direction: Vec3, hinge: Vec3): Mat3 {
  const frame = (d: Vec3, h: Vec3): Mat3 => {
    const [along, side] = [unit(d), across(h, d)];
    return [along, side, cross(along, side)];
  };
  return multiply(frame(direction, hinge), transpose(frame(restDirection, restHinge)));
}

interface Bones {
  readonly shoulder: Vec3;
  readonly elbow: Vec3;
  readonly wrist: Vec3;
  readonly upper: Mat3;
  readonly fore: Mat3;
}

/** Shoulder, elbow and the reachable wrist for a wanted wrist and a swivel (cosine rule). */
function bend(wanted: Vec3, swivel: number): Bones {
  const collar = collarTurn(wanted);
  const shoulder = add(COLLAR, apply(collar, subtract(SHOULDER, COLLAR)));
  const line = unit(subtract(wanted, shoulder));
  const pole = apply(about(line, swivel), elbowPole(shoulder, wanted, collar));
  const [upper, fore] = [length(UPPER), length(FORE)];
  const far = length(subtract(wanted, shoulder));
  const reach = Math.min(REACH[1] * (upper + fore), Math.max(REACH[0] * (upper + fore), far));
  const along = (upper ** 2 - fore ** 2 + reach ** 2) / (2 * reach);
  const away = Math.sqrt(Math.max(upper ** 2 - along ** 2, 0));
  const elbow = add(shoulder, add(scale(line, along), scale(across(pole, line), away)));
  const wrist = add(shoulder, scale(line, reach));
  const hinge = cross(subtract(elbow, shoulder), subtract(wrist, elbow));
  return {
    shoulder,
    elbow,
    wrist,
    upper: turned(UPPER, HINGE, subtract(elbow, shoulder), hinge),
    fore: turned(FORE, HINGE, subtract(wrist, elbow), hinge),
  };
}

/** A hand's rotation relative to its forearm as twist and bend within their limits, and the radians that the limits took. */
function limitWrist(turn: Mat3): { twist: number; bend: Vec3; over: number } {
  const twist = twistAngle(turn, FORE);
  const vector = toVector(multiply(turn, about(FORE, -twist)));
  const size = length(vector);
  const kept = Math.min(FOREARM_TWIST, Math.max(-FOREARM_TWIST, twist));
  const share = size > 0 ? Math.min(1, WRIST_BEND / size) : 1;
  return { twist: kept, bend: scale(vector, share), over: Math.abs(twist - kept) + size * (1 - share) };
}

/** The most comfortable way to hold a hand whose fingers and palm point along given directions, with the wrist at `wrist`. */
export function gripFor(wrist: Vec3, fingers: Vec3, palm: Vec3): Grip {
  const hand = orientation(fingers, palm, HAND_AXES);
  let best: Grip = { swivel: 0, twist: 0, bend: [0, 0, 0] };
  let least = Number.POSITIVE_INFINITY;
  for (const swivel of SWIVELS) {
    const { twist, bend: vector, over } = limitWrist(multiply(transpose(bend(wrist, swivel).fore), hand));
    const cost = 4 * over + 0.4 * Math.abs(twist) + length(vector) + 0.5 * Math.abs(swivel);
    if (cost >= least) continue;
    least = cost;
    best = { swivel, twist, bend: vector };
  }
  return best;
}

/** The arm that holds a hand at `wrist` with a grip; a wrist out of reach is approached along its line. */
export function reachFor(wrist: Vec3, { swivel, twist, bend: vector }: Grip): Arm {
  const { fore, ...bones } = bend(wrist, swivel);
  const turn = multiply(multiply(fore, fromVector(vector)), about(FORE, twist));
  return { ...bones, hand: multiply(turn, HAND_AXES) };
}
