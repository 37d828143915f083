import { HAND_EDGES } from '../draw-skeleton.js';
import { confidenceOf } from '../person.js';
import { handPoint, type PoseFrame } from '../pose-frame.js';

/** Frames whose bones are remembered, and how many must be before a bone is judged. */
const MEMORY = 61;
const ENOUGH = 8;

/** The last lengths of a bone. Kept sorted as well: to sort them for each of 40 bones a frame takes half the time of all repairs. */
class Lengths {
  private readonly lately: number[] = [];
  private readonly sorted: number[] = [];

  get count(): number {
    return this.lately.length;
  }

  get median(): number {
    return this.sorted[Math.floor(this.sorted.length / 2)] ?? 0;
  }

  add(length: number): void {
    this.lately.push(length);
    this.sorted.splice(this.placeOf(length), 0, length);
    if (this.lately.length <= MEMORY) return;
    const oldest = this.lately.shift() ?? 0;
    this.sorted.splice(this.placeOf(oldest), 1);
  }

  /** Where the first that is not less stands. */
  private placeOf(length: number): number {
    let [from, to] = [0, this.sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.sorted[middle] ?? 0) < length) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/**
 * Shortens hand bones that are longer than `longest` times their median over the last 61 frames: a projected bone can get shorter
 * when it turns, but hardly longer, so that such a bone is a detector's slip. The points beyond it move along. Both hands.
 */
export async function* steadyBones(
  frames: AsyncIterable<PoseFrame>,
  longest = 1.5,
): AsyncGenerator<PoseFrame> {
  const lengths = { left: HAND_EDGES.map(() => new Lengths()), right: HAND_EDGES.map(() => new Lengths()) };
  for await (const frame of frames) {
    const keypoints = frame.keypoints.slice();
    for (const side of ['left', 'right'] as const) {
      HAND_EDGES.forEach(([from, to], bone) => {
        const [a, b] = [handPoint(side, from), handPoint(side, to)];
        if (confidenceOf(keypoints, a) <= 0 || confidenceOf(keypoints, b) <= 0) return;
        const known = lengths[side][bone];
        if (!known) return;
        const limit = known.count < ENOUGH ? Infinity : known.median * longest;
        known.add(Math.min(shorten(keypoints, a, b, limit), limit));
      });
    }
    yield { ...frame, keypoints };
  }
}

/** Brings point `b` to at most `limit` pixels from `a`, with the rest of its finger behind it; gives the length before. */
function shorten(keypoints: Float32Array, a: number, b: number, limit: number): number {
  const dx = (keypoints[b * 3] ?? 0) - (keypoints[a * 3] ?? 0);
  const dy = (keypoints[b * 3 + 1] ?? 0) - (keypoints[a * 3 + 1] ?? 0);
  const length = Math.hypot(dx, dy);
  if (length <= limit) return length;
  const share = limit / length - 1;
  for (let index = b; index <= lastOfFinger(b); index += 1) {
    if (confidenceOf(keypoints, index) <= 0) continue;
    keypoints[index * 3] = (keypoints[index * 3] ?? 0) + dx * share;
    keypoints[index * 3 + 1] = (keypoints[index * 3 + 1] ?? 0) + dy * share;
  }
  return length;
}

/** The tip of the finger that a hand point belongs to. */
function lastOfFinger(index: number): number {
  const first = index < handPoint('right', 0) ? handPoint('left', 0) : handPoint('right', 0);
  return first + Math.ceil((index - first) / 4) * 4;
}
