import { confidenceOf, copyPerson, distanceOf } from '../person.js';
import { type HandSide, handPoint, PARTS, type PoseFrame } from '../pose-frame.js';
import type { RepairTally } from '../repairs.js';
import { type Anatomy, frameScale } from './anatomy.js';
import {
  ARM,
  FAR_HAND,
  handLength,
  handPoints,
  SIDES,
  turnByForearm,
  turnOfHand,
  WRONG_TURN,
  wristGap,
} from './hand-measures.js';

/** Lengths of a hand against the shoulders' width between which it can be (in real files: 0.19 to 0.56), and what it is at rest. */
const LENGTH = { least: 0.1, most: 0.75, usual: 0.29 };
/** A hand shorter than this share of what the clip shows of it is none. */
const SHRUNK = 0.33;
/** An arm's reach from elbow and from shoulder, in widths of the shoulders (in real files: 1.0 from the elbow at the most). */
const REACH = { elbow: 1.3, shoulder: 2.4 };
/** A fault in more than this share of the frames is the file's, and is repaired rather than dropped. */
const ALWAYS = 0.6;
/** Fewer points are no hand, and size is judged of hands with nearly all. */
const FEWEST_POINTS = 8;
const NEARLY_ALL = 18;
/** Mean confidence below which a detector guessed a hand that it did not see. */
const GUESSED = 0.12;

interface Open {
  readonly keypoints: Float32Array;
  readonly depth?: Float32Array;
}

/**
 * The frame without hands that no body can have: too small or too large, all points on one spot, away from its arm, bent as no wrist
 * can be, or the other hand's shape by its depth. What is wrong in most frames of the clip is repaired: the hand is brought to its size, to its
 * arm's wrist, or turned over. An arm whose wrist was only guessed follows the hand.
 */
export function soundHands(frame: PoseFrame, anatomy: Anatomy, tally?: RepairTally): PoseFrame {
  const open = copyPerson(frame);
  const scale = frameScale(open.keypoints, anatomy);
  if (scale <= 0) return frame;
  for (const side of SIDES) {
    if (handPoints(open.keypoints, side) === 0) continue;
    const fault =
      (meanConfidence(open.keypoints, side) < GUESSED ? 'hardly seen' : undefined) ??
      sizeFault(open, side, scale, anatomy, tally) ??
      placeFault(open, side, scale, anatomy, tally) ??
      turnFault(open, side, anatomy, tally);
    if (fault === undefined) continue;
    clearHand(open, side);
    tally?.add('dropped', `${side} hand`, fault);
  }
  return { ...frame, ...open };
}

type Check = string | undefined;

function sizeFault(open: Open, side: HandSide, scale: number, anatomy: Anatomy, tally?: RepairTally): Check {
  const { keypoints } = open;
  if (handPoints(keypoints, side) < FEWEST_POINTS) return undefined;
  const length = handLength(keypoints, side);
  if (length < 0.01 * scale) return 'all points on one spot';
  const usual = anatomy.hand[side];
  const always = usual < LENGTH.least * anatomy.shoulders || usual > LENGTH.most * anatomy.shoulders;
  if (always && handPoints(keypoints, side) >= NEARLY_ALL) {
    scaleHand(open, side, (LENGTH.usual * anatomy.shoulders) / usual);
    tally?.add('repaired', `${side} hand`, 'brought to its size');
    return undefined;
  }
  if (length < Math.max(LENGTH.least * scale, SHRUNK * usual)) return 'too small';
  return length > LENGTH.most * scale && length > 2 * usual ? 'too large' : undefined;
}

function placeFault(open: Open, side: HandSide, scale: number, anatomy: Anatomy, tally?: RepairTally): Check {
  const { keypoints } = open;
  const { wrist, elbow, shoulder } = ARM[side];
  const base = handBase(keypoints, side);
  if (base === undefined) return undefined;
  const gap = wristGap(keypoints, side);
  if (gap !== undefined) {
    if (gap <= FAR_HAND * scale) return undefined;
    if (anatomy.apart[side] <= ALWAYS) return 'away from its arm';
    moveHand(open, side, wrist);
    tally?.add('repaired', `${side} hand`, 'brought to its arm');
    return undefined;
  }
  const [fromElbow, fromShoulder] = [
    distanceOf(keypoints, elbow, base),
    distanceOf(keypoints, shoulder, base),
  ];
  const elbowSeen = confidenceOf(keypoints, elbow) >= 0.3;
  if (elbowSeen && fromElbow !== undefined && fromElbow > REACH.elbow * scale) return 'out of reach';
  if (fromShoulder !== undefined && fromShoulder > REACH.shoulder * scale) return 'out of reach';
  // A guessed wrist gives way to the hand.
  if ((distanceOf(keypoints, wrist, base) ?? 0) > FAR_HAND * scale)
    keypoints.fill(0, wrist * 3, wrist * 3 + 3);
  return undefined;
}

function turnFault(open: Open, side: HandSide, anatomy: Anatomy, tally?: RepairTally): Check {
  if (anatomy.mirrored[side] > ALWAYS) {
    mirrorHand(open, side);
    tally?.add('repaired', `${side} hand`, 'was mirrored');
    return undefined;
  }
  const lengths = { forearm: anatomy.forearm, hand: anatomy.hand[side] };
  if (turnByForearm(open.keypoints, side, lengths) === -1) return 'bent as no wrist can be';
  const turn = anatomy.depthSound ? turnOfHand(open.keypoints, open.depth, side) : undefined;
  return turn !== undefined && turn < -WRONG_TURN ? "the other hand's shape" : undefined;
}

/** Mean confidence of a hand's known points. */
function meanConfidence(keypoints: Float32Array, side: HandSide): number {
  let sum = 0;
  for (let point = 0; point < PARTS.leftHand.length; point += 1)
    sum += confidenceOf(keypoints, handPoint(side, point));
  return sum / Math.max(1, handPoints(keypoints, side));
}

/** A hand's wrist, or its first point that is known. */
function handBase(keypoints: Float32Array, side: HandSide): number | undefined {
  for (let point = 0; point < PARTS.leftHand.length; point += 1) {
    const index = handPoint(side, point);
    if (confidenceOf(keypoints, index) > 0) return index;
  }
  return undefined;
}

function clearHand({ keypoints }: Open, side: HandSide): void {
  const start = handPoint(side, 0);
  keypoints.fill(0, start * 3, (start + PARTS.leftHand.length) * 3);
}

/** Changes x and y of a hand's known points. */
function changeHand(
  { keypoints }: Open,
  side: HandSide,
  change: (x: number, y: number) => [number, number],
): void {
  for (let point = 0; point < PARTS.leftHand.length; point += 1) {
    const at = handPoint(side, point) * 3;
    if ((keypoints[at + 2] ?? 0) > 0) keypoints.set(change(keypoints[at] ?? 0, keypoints[at + 1] ?? 0), at);
  }
}

function scaleHand(open: Open, side: HandSide, factor: number): void {
  const { keypoints, depth } = open;
  const at = (handBase(keypoints, side) ?? 0) * 3;
  const [x0, y0] = [keypoints[at] ?? 0, keypoints[at + 1] ?? 0];
  changeHand(open, side, (x, y) => [x0 + (x - x0) * factor, y0 + (y - y0) * factor]);
  const start = handPoint(side, 0);
  for (let index = start; depth && index < start + PARTS.leftHand.length; index += 1)
    depth[index] = (depth[index] ?? Number.NaN) * factor;
}

function moveHand(open: Open, side: HandSide, wrist: number): void {
  const { keypoints } = open;
  const base = (handBase(keypoints, side) ?? 0) * 3;
  const dx = (keypoints[wrist * 3] ?? 0) - (keypoints[base] ?? 0);
  const dy = (keypoints[wrist * 3 + 1] ?? 0) - (keypoints[base + 1] ?? 0);
  changeHand(open, side, (x, y) => [x + dx, y + dy]);
}

/** Turns a hand over across the upright line through its wrist: what goes wrong is a crop that was flipped for the detector and not back. */
function mirrorHand(open: Open, side: HandSide): void {
  const x0 = open.keypoints[handPoint(side, 0) * 3] ?? 0;
  changeHand(open, side, (x, y) => [2 * x0 - x, y]);
}
