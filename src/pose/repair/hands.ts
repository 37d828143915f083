import { confidenceOf, distanceOf, shareKnown } from '../person.js';
import { type HandSide, handPoint, PARTS, type PoseFrame } from '../pose-frame.js';
import type { RepairTally } from '../repairs.js';

/** Body wrist of each side among the 133. */
const BODY_WRIST: Readonly<Record<HandSide, number>> = { left: 9, right: 10 };
/** Wrists closer than this share of the shoulder width tell nothing about which hand is which. */
const TOO_CLOSE = 0.3;
/** Hands are exchanged when that brings them to less than this share of their distance from the wrists. */
const CLEARLY_NEARER = 0.5;
/** Both hands within this share of the shoulder width of each other, point for point, are one hand seen twice. */
const SAME_HAND = 0.08;

/** Hands closer than this are copies of each other. */
const SAME_TO_A_HAIR = 0.02;

type Change = 'none' | 'exchanged' | 'left dropped' | 'right dropped';

function handKnown(keypoints: Float32Array, side: HandSide): boolean {
  return shareKnown(keypoints, handPoint(side, 0), PARTS.leftHand.length) >= 0.5;
}

/** Mean distance of the points both hands know; undefined without both. */
function apart(keypoints: Float32Array): number | undefined {
  let sum = 0;
  let count = 0;
  for (let point = 0; point < PARTS.leftHand.length; point += 1) {
    const gap = distanceOf(keypoints, handPoint('left', point), handPoint('right', point));
    if (gap === undefined) continue;
    sum += gap;
    count += 1;
  }
  return count < 10 ? undefined : sum / count;
}

function nearerStays(left: number, right: number): Change {
  return left > right ? 'left dropped' : 'right dropped';
}

/** Of a hand that was found twice the one on an arm stays, where an arm is known; hands that truly touch are never the same to a hair. */
function withoutWrists(keypoints: Float32Array, gap: number): Change {
  const known = (side: HandSide) => confidenceOf(keypoints, BODY_WRIST[side]) > 0;
  if (known('left') !== known('right')) return known('left') ? 'right dropped' : 'left dropped';
  if (gap > SAME_TO_A_HAIR) return 'none';
  const toElbow = (side: HandSide) =>
    distanceOf(keypoints, handPoint(side, 0), side === 'left' ? 7 : 8) ?? Infinity;
  return nearerStays(toElbow('left'), toElbow('right'));
}

/** What is wrong with which hand is which, judged by the body's wrists. */
function handFault(keypoints: Float32Array): Change {
  const shoulders = distanceOf(keypoints, 5, 6);
  if (shoulders === undefined) return 'none';
  const wrists = distanceOf(keypoints, BODY_WRIST.left, BODY_WRIST.right);
  const clear = wrists !== undefined && wrists >= shoulders * TOO_CLOSE;
  const far = (side: HandSide, wrist: HandSide) =>
    distanceOf(keypoints, handPoint(side, 0), BODY_WRIST[wrist]) ?? 0;
  const [left, right] = [handKnown(keypoints, 'left'), handKnown(keypoints, 'right')];
  if (left && right) {
    const gap = (apart(keypoints) ?? Infinity) / shoulders;
    if (clear && gap < SAME_HAND) return nearerStays(far('left', 'left'), far('right', 'right'));
    if (gap < SAME_HAND && !clear) return withoutWrists(keypoints, gap);
  }
  if (!clear) return 'none';
  const asTold = (left ? far('left', 'left') : 0) + (right ? far('right', 'right') : 0);
  const exchanged = (left ? far('left', 'right') : 0) + (right ? far('right', 'left') : 0);
  const wrong = asTold > shoulders * TOO_CLOSE && exchanged < asTold * CLEARLY_NEARER;
  return wrong ? 'exchanged' : 'none';
}

/**
 * Gives each hand to the arm it belongs to: hands that lie at each other's wrist are exchanged, one that was found twice stays on its
 * nearer arm alone. Frames without both wrists of the body, or with wrists close together, stay as they are.
 */
export function unswapHands(frame: PoseFrame, tally?: RepairTally): PoseFrame {
  const fault = handFault(frame.keypoints);
  if (fault === 'none') return frame;
  if (fault === 'exchanged') tally?.add('repaired', 'both hands', 'were exchanged');
  else tally?.add('dropped', fault === 'left dropped' ? 'left hand' : 'right hand', 'found twice');
  const keypoints = frame.keypoints.slice();
  const depth = frame.depth?.slice();
  const { start: left, length } = PARTS.leftHand;
  const { start: right } = PARTS.rightHand;
  if (fault === 'exchanged') {
    keypoints.set(frame.keypoints.subarray(right * 3, (right + length) * 3), left * 3);
    keypoints.set(frame.keypoints.subarray(left * 3, (left + length) * 3), right * 3);
    if (depth && frame.depth) {
      depth.set(frame.depth.subarray(right, right + length), left);
      depth.set(frame.depth.subarray(left, left + length), right);
    }
  } else {
    const start = fault === 'left dropped' ? left : right;
    keypoints.fill(0, start * 3, (start + length) * 3);
  }
  return depth ? { ...frame, keypoints, depth } : { ...frame, keypoints };
}

/** Whose wrist counts where the body's and the hand's differ. */
export type WristRule = 'hand' | 'body' | 'none';

/** Wrists further apart than this share of the shoulder width are not of the same arm: nothing is joined. */
const FURTHEST_JOIN = 0.6;

/**
 * Joins arm and hand: with `hand` the arm ends at the hand's wrist (the hand model is the more precise), with `body` the whole hand is
 * moved to the body's wrist. A body wrist that is missing takes the hand's.
 */
export function joinWrists(frame: PoseFrame, rule: WristRule): PoseFrame {
  if (rule === 'none') return frame;
  const keypoints = frame.keypoints.slice();
  const limit = (distanceOf(keypoints, 5, 6) ?? Infinity) * FURTHEST_JOIN;
  for (const side of ['left', 'right'] as const) {
    const [hand, body] = [handPoint(side, 0), BODY_WRIST[side]];
    if (confidenceOf(keypoints, hand) <= 0) continue;
    const gap = distanceOf(keypoints, hand, body);
    if (gap !== undefined && gap > limit) continue;
    if (rule === 'hand' || gap === undefined) {
      keypoints.set(keypoints.subarray(hand * 3, hand * 3 + 3), body * 3);
      continue;
    }
    const dx = (keypoints[body * 3] ?? 0) - (keypoints[hand * 3] ?? 0);
    const dy = (keypoints[body * 3 + 1] ?? 0) - (keypoints[hand * 3 + 1] ?? 0);
    for (let index = hand; index < hand + PARTS.leftHand.length; index += 1) {
      if (confidenceOf(keypoints, index) <= 0) continue;
      keypoints[index * 3] = (keypoints[index * 3] ?? 0) + dx;
      keypoints[index * 3 + 1] = (keypoints[index * 3 + 1] ?? 0) + dy;
    }
  }
  return { ...frame, keypoints };
}
