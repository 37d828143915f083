import { confidenceOf, distanceOf, pointAt } from '../person.js';
import { type HandSide, handPoint, PARTS } from '../pose-frame.js';

export const SIDES = ['left', 'right'] as const;
/** One value a side. */
export type Sides<T> = Readonly<Record<HandSide, T>>;

/** Elbow and wrist of the body, and its shoulder, on each side among the 133. */
export const ARM: Sides<{ readonly shoulder: number; readonly elbow: number; readonly wrist: number }> = {
  left: { shoulder: 5, elbow: 7, wrist: 9 },
  right: { shoulder: 6, elbow: 8, wrist: 10 },
};

/** A hand further from its arm's wrist than this share of the shoulders' width is not on this arm (in real files: 0.42 at the most). */
export const FAR_HAND = 0.5;
/** Fingers that curl against the palm's side by more than this show the other hand (in real files: 1 in 200). */
export const WRONG_TURN = 0.35;
/** With this confidence a detector has seen a point, not guessed it. */
const SURE = 0.5;

/**
 * Length in pixels that scales a hand, robust to foreshortening: the longest of palm, 1.5 x knuckles and fingers. 0 where too few
 * points are known.
 */
export function handLength(keypoints: Float32Array, side: HandSide): number {
  const span = (a: number, b: number) => distanceOf(keypoints, handPoint(side, a), handPoint(side, b)) ?? 0;
  const palm = [5, 9, 13, 17].map((knuckle) => span(0, knuckle));
  const fingers = [1, 5, 9, 13, 17].map((k) => span(k, k + 1) + span(k + 1, k + 2) + span(k + 2, k + 3));
  return Math.max(1.5 * span(5, 17), ...palm, ...fingers);
}

/** Known points of a hand. */
export function handPoints(keypoints: Float32Array, side: HandSide): number {
  let known = 0;
  for (let point = 0; point < PARTS.leftHand.length; point += 1)
    if (confidenceOf(keypoints, handPoint(side, point)) > 0) known += 1;
  return known;
}

/** Pixels between a hand's wrist and a wrist of the body that was seen; undefined where one is not. */
export function wristGap(keypoints: Float32Array, side: HandSide): number | undefined {
  const { wrist } = ARM[side];
  return confidenceOf(keypoints, wrist) < SURE ? undefined : distanceOf(keypoints, handPoint(side, 0), wrist);
}

/** An angle between forearm and hand that no wrist reaches, and one that any does; degrees. */
const BENT = { never: 95, easily: 60 };
/** Forearms and palms shorter than these shares of their usual length point at the camera: their angle in the picture says little. */
const ACROSS = { forearm: 0.7, palm: 0.6 };

/** A forearm and its palm as the picture shows them: lengths in pixels, and what their angle says by itself. */
export interface Bend {
  readonly forearm: number;
  readonly palm: number;
  readonly turn: 1 | -1;
}

/**
 * Without depth every left hand is also the picture of a right one that is seen from the other side. Only its arm tells them apart.
 * What forearm and palm say of a hand that lies across the view: -1 where the wrist would be bent as none can be, and turning the hand
 * over makes it straight; 1 the other way round; undefined where both could be. `forearm` and `hand`: the signer's lengths, pixels. In real files 89 hands tell something, and none of them says -1.
 */
export function turnByForearm(
  keypoints: Float32Array,
  side: HandSide,
  lengths: { readonly forearm: number; readonly hand: number },
): 1 | -1 | undefined {
  return turnOfBend(bendOf(keypoints, side), lengths);
}

/** The part of `turnByForearm` that takes the signer's lengths. */
export function turnOfBend(
  bend: Bend | undefined,
  { forearm, hand }: { readonly forearm: number; readonly hand: number },
): 1 | -1 | undefined {
  if (!bend || forearm <= 0) return undefined;
  const across = bend.forearm >= ACROSS.forearm * forearm && bend.palm >= ACROSS.palm * hand;
  return across ? bend.turn : undefined;
}

/** The part of it that takes the frame; undefined where the frame says nothing whatever the lengths. */
export function bendOf(keypoints: Float32Array, side: HandSide): Bend | undefined {
  const [elbow, wrist, knuckle] = [
    pointAt(keypoints, ARM[side].elbow),
    pointAt(keypoints, handPoint(side, 0)),
    pointAt(keypoints, handPoint(side, 9)),
  ];
  if (!elbow || !wrist || !knuckle || confidenceOf(keypoints, ARM[side].elbow) < 0.3) return undefined;
  const [arm, palm] = [
    { x: wrist.x - elbow.x, y: wrist.y - elbow.y },
    { x: knuckle.x - wrist.x, y: knuckle.y - wrist.y },
  ];
  const [bend, turned] = [angle(arm, palm), angle(arm, { x: -palm.x, y: palm.y })];
  if (Math.min(bend, turned) > BENT.easily || Math.max(bend, turned) < BENT.never) return undefined;
  return {
    forearm: Math.hypot(arm.x, arm.y),
    palm: Math.hypot(palm.x, palm.y),
    turn: bend > turned ? -1 : 1,
  };
}

/** Degrees between two directions, 0 to 180. */
function angle(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return (Math.abs(Math.atan2(a.x * b.y - a.y * b.x, a.x * b.x + a.y * b.y)) * 180) / Math.PI;
}

type Vector = readonly [number, number, number];

/**
 * How far the fingers curl to the side on which a hand of `side` has its palm, in hand lengths, by the hand's depth: negative is the
 * other hand, near 0 are straight fingers. Undefined without depth.
 */
export function turnOfHand(
  keypoints: Float32Array,
  depth: Float32Array | undefined,
  side: HandSide,
): number | undefined {
  if (!depth || handPoints(keypoints, side) < PARTS.leftHand.length) return undefined;
  const at = (point: number): Vector => {
    const index = handPoint(side, point);
    return [keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0, depth[index] ?? Number.NaN];
  };
  const between = (a: number, b: number): Vector => {
    const [from, to] = [at(a), at(b)];
    return [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  };
  const [u, v] = [between(0, 5), between(0, 17)];
  const normal: Vector = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const size = Math.hypot(...normal) * handLength(keypoints, side);
  const curls = [5, 9, 13, 17].map((knuckle) => {
    const finger = between(knuckle, knuckle + 3);
    return finger[0] * normal[0] + finger[1] * normal[1] + finger[2] * normal[2];
  });
  const curl = curls.reduce((sum, value) => sum + value, 0) / 4 / size;
  return Number.isFinite(curl) ? (side === 'left' ? -curl : curl) : undefined;
}
