import { confidenceOf, copyPerson, pointAt } from './person.js';
import { PARTS, type PoseFrame } from './pose-frame.js';
import { type Turn, turnBetween, turned } from './turn.js';

/** Body wrist that a keypoint moves with: hands are filled in relative to it. */
function anchorOf(index: number): number | undefined {
  if (index < PARTS.leftHand.start) return undefined;
  return PARTS.body.start + (index < PARTS.rightHand.start ? 9 : 10);
}

/** The points of the hand that a point belongs to. */
function handAround(index: number): readonly number[] {
  const { start, length } = index < PARTS.rightHand.start ? PARTS.leftHand : PARTS.rightHand;
  return Array.from({ length }, (_, k) => start + k);
}

interface Open {
  readonly frame: PoseFrame;
  readonly keypoints: Float32Array;
  readonly depth?: Float32Array;
}

/** A keypoint as it was last seen. */
interface Sighting {
  /** Running number of the frame. */
  readonly at: number;
  readonly frame: Open;
}

/**
 * Fills gaps of up to `maxGap` frames in every keypoint by linear interpolation; longer ones, and those at the clip's ends, stay
 * open. A hand's points are interpolated relative to the body's wrist where it is known throughout, so that a filled hand stays
 * on its arm, and by way of its turn, so that it keeps its size. Confidence of a filled point is the lower of its neighbours'. Holds `maxGap` + 1 frames; yields new frames.
 */
export async function* fillGaps(frames: AsyncIterable<PoseFrame>, maxGap: number): AsyncGenerator<PoseFrame> {
  const waiting: Open[] = [];
  const seen = new Map<number, Sighting>();
  let count = 0;
  for await (const frame of frames) {
    const open: Open = { frame, ...copyPerson(frame) };
    for (let index = 0; index < open.keypoints.length / 3; index += 1) {
      if (confidenceOf(open.keypoints, index) <= 0) continue;
      const last = seen.get(index);
      const gap = last === undefined ? 0 : count - last.at - 1;
      if (last && gap > 0 && gap <= maxGap)
        bridge(index, last.frame, open, waiting.slice(waiting.length - gap));
      seen.set(index, { at: count, frame: open });
    }
    waiting.push(open);
    count += 1;
    if (waiting.length > maxGap) yield closed(waiting.shift());
  }
  while (waiting.length > 0) yield closed(waiting.shift());
}

function closed(open: Open | undefined): PoseFrame {
  if (!open) throw new Error('no frame is waiting');
  const { frame, keypoints, depth } = open;
  return depth ? { ...frame, keypoints, depth } : { ...frame, keypoints };
}

/** Sets point `index` in the frames between `from` and `to`. */
function bridge(index: number, from: Open, to: Open, between: readonly Open[]): void {
  const anchor = anchorOf(index);
  const all = [from, ...between, to];
  const anchored = anchor !== undefined && all.every(({ keypoints }) => confidenceOf(keypoints, anchor) > 0);
  const base = ({ keypoints }: Open) => (anchored ? pointAt(keypoints, anchor) : undefined) ?? { x: 0, y: 0 };
  const offset = (open: Open, point: number) => {
    const [place, { x, y }] = [pointAt(open.keypoints, point), base(open)];
    return place && { x: place.x - x, y: place.y - y };
  };
  const [first, second] = [offset(from, index), offset(to, index)];
  if (!first || !second) return;
  const hand = anchored ? handAround(index) : [];
  const turn: Turn = turnBetween(
    hand.map((point) => offset(from, point)),
    hand.map((point) => offset(to, point)),
  );
  const confidence = Math.min(confidenceOf(from.keypoints, index), confidenceOf(to.keypoints, index));
  between.forEach((open, k) => {
    const share = (k + 1) / (between.length + 1);
    const [place, { x, y }] = [turned(turn, first, second, share), base(open)];
    open.keypoints.set([place.x + x, place.y + y, confidence], index * 3);
    if (open.depth && from.depth && to.depth) {
      open.depth[index] =
        (from.depth[index] ?? Number.NaN) * (1 - share) + (to.depth[index] ?? Number.NaN) * share;
    }
  });
}
