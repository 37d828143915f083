import { confidenceOf } from '../person.js';
import type { PoseFrame } from '../pose-frame.js';

/**
 * Frames at another rate over the same time, points interpolated linearly between the two frames around (a point that only one of
 * them has is taken from the nearer). Frame k stands at k / `to` seconds; the last is the last that is not after the source's last.
 */
export async function* resampleFrames(
  frames: AsyncIterable<PoseFrame>,
  from: number,
  to: number,
): AsyncGenerator<PoseFrame> {
  if (from === to) {
    yield* frames;
    return;
  }
  let before: PoseFrame | undefined;
  let position = 0;
  let index = 0;
  for await (const frame of frames) {
    // Source places up to this frame's; a little slack, so that rounding loses no frame.
    for (let place = (index * from) / to; place <= position + 1e-6; place = (index * from) / to) {
      const share = Math.min(1, Math.max(0, place - (position - 1)));
      yield { ...between(before ?? frame, frame, before ? share : 1), index, time: index / to };
      index += 1;
    }
    before = frame;
    position += 1;
  }
}

function between(a: PoseFrame, b: PoseFrame, share: number): PoseFrame {
  const nearer = share < 0.5 ? a : b;
  const keypoints = nearer.keypoints.slice();
  const depth = nearer.depth?.slice();
  for (let index = 0; index < keypoints.length / 3; index += 1) {
    if (confidenceOf(a.keypoints, index) <= 0 || confidenceOf(b.keypoints, index) <= 0) continue;
    for (let place = index * 3; place < index * 3 + 3; place += 1) {
      keypoints[place] = (a.keypoints[place] ?? 0) * (1 - share) + (b.keypoints[place] ?? 0) * share;
    }
    if (depth && a.depth && b.depth) {
      depth[index] = (a.depth[index] ?? Number.NaN) * (1 - share) + (b.depth[index] ?? Number.NaN) * share;
    }
  }
  return depth ? { ...nearer, keypoints, depth } : { ...nearer, keypoints };
}
