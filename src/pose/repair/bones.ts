import { HAND_EDGES } from '../draw-skeleton.js';
import { confidenceOf } from '../person.js';
import { handPoint, type PoseFrame } from '../pose-frame.js';

/** Frames whose bones are remembered, and how many must be before a bone is judged. */
const MEMORY = 61;
const ENOUGH = 8;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * Shortens hand bones that are longer than `longest` times their median over the last 61 frames: a projected bone can get shorter
 * when it turns, but hardly longer, so that such a bone is a detector's slip. The points beyond it move along. Both hands.
 */
export async function* steadyBones(
  frames: AsyncIterable<PoseFrame>,
  longest = 1.5,
): AsyncGenerator<PoseFrame> {
  const lengths = new Map<string, number[]>();
  for await (const frame of frames) {
    const keypoints = frame.keypoints.slice();
    for (const side of ['left', 'right'] as const) {
      HAND_EDGES.forEach(([from, to], bone) => {
        const [a, b] = [handPoint(side, from), handPoint(side, to)];
        if (confidenceOf(keypoints, a) <= 0 || confidenceOf(keypoints, b) <= 0) return;
        const known = lengths.get(`${side} ${bone}`) ?? [];
        lengths.set(`${side} ${bone}`, known);
        const limit = known.length < ENOUGH ? Infinity : median(known) * longest;
        known.push(Math.min(shorten(keypoints, a, b, limit), limit));
        if (known.length > MEMORY) known.shift();
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
