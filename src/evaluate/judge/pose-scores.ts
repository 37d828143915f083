import { type HandSide, PARTS } from '../../pose/pose-frame.js';
import { handBox, longerSide, mostlyShown } from '../../stages/hand-boxes.js';
import { handError, handFound, jointDistances, keypointSimilarity, SIGMAS } from './metrics/index.js';
import { SIDES } from './regions.js';
import { finite, type PoseScores } from './scores.js';

const HANDS = { start: PARTS.leftHand.start, length: PARTS.leftHand.length + PARTS.rightHand.length };

/** Keypoints of a part, x, y, confidence each. */
function part(keypoints: Float32Array, { start, length }: { start: number; length: number }): Float32Array {
  return keypoints.subarray(start * 3, (start + length) * 3);
}

function hand(keypoints: Float32Array, side: HandSide): Float32Array {
  return part(keypoints, side === 'left' ? PARTS.leftHand : PARTS.rightHand);
}

/** Longer sides of the boxes of the hands that are asked for: those whose middle is in the picture. */
export function askedHands(asked: Float32Array, size: number): Map<HandSide, number> {
  const hands = new Map<HandSide, number>();
  for (const side of SIDES) {
    const box = handBox({ index: 0, time: 0, keypoints: asked }, side, size);
    if (box && mostlyShown(box, size)) hands.set(side, longerSide(box));
  }
  return hands;
}

/**
 * How the points found in a picture fit those asked for. `asked`, `found`: [133 * 3] x, y in pixels of a picture of `size` x `size`,
 * confidence (0 = not there); `area`: pixels of the person.
 */
export function poseScores(asked: Float32Array, found: Float32Array, area: number, size: number): PoseScores {
  const hands = askedHands(asked, size);
  const there = (side: HandSide): boolean =>
    hands.has(side) && handFound(hand(asked, side), hand(found, side));
  const error = (side: HandSide): number | null =>
    there(side) ? finite(handError(hand(asked, side), hand(found, side))) : null;
  const sigmas = SIGMAS.slice(HANDS.start, HANDS.start + HANDS.length);
  return {
    oks: finite(keypointSimilarity(asked, found, area, SIGMAS)),
    oksHands:
      hands.size > 0
        ? finite(keypointSimilarity(part(asked, HANDS), part(found, HANDS), area, sigmas))
        : null,
    sure: sureness(asked, found),
    sureHands: sureness(part(asked, HANDS), part(found, HANDS)),
    distances: jointDistances(asked, found, size).map((distance) =>
      distance === undefined ? null : Number.isNaN(distance) ? -1 : distance,
    ),
    handsAsked: { left: hands.has('left'), right: hands.has('right') },
    handsFound: { left: there('left'), right: there('right') },
    handErrors: { left: error('left'), right: error('right') },
  };
}

/** Mean confidence found over the points asked for; 0 where none is. */
function sureness(asked: Float32Array, found: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (let at = 2; at < asked.length; at += 3) {
    if (!((asked[at] ?? 0) > 0)) continue;
    sum += found[at] ?? 0;
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

/** 0 = as asked; 1 = no hand found; undefined where none was asked for. The mean over hands of their error, at most 1. */
export function overallHandError({ handsAsked, handErrors }: PoseScores): number | undefined {
  const asked = SIDES.filter((side) => handsAsked[side]);
  if (asked.length === 0) return undefined;
  return asked.reduce((sum, side) => sum + Math.min(1, handErrors[side] ?? 1), 0) / asked.length;
}
