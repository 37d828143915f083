import { PARTS, type PoseFrame } from '../pose/index.js';
import { confidenceOf } from '../pose/person.js';
import { blendFrames } from './transition.js';

/** Elbow, wrist and hand of each arm among the 133. */
const ARMS = [
  { wrist: 9, points: [7, 9, ...handPoints(PARTS.leftHand.start)] },
  { wrist: 10, points: [8, 10, ...handPoints(PARTS.rightHand.start)] },
] as const;
/** Seconds in which an arm that a file loses sinks to rest, or rises from it. */
const WAY = 0.32;

function handPoints(start: number): number[] {
  return Array.from({ length: PARTS.leftHand.length }, (_, point) => start + point);
}

/**
 * Frames in which no arm is missing: where the wrist is not known for a while the arm sinks to that of a resting signer and comes
 * back, so that it neither vanishes nor jumps.
 */
export function bridgeArms(frames: readonly PoseFrame[], rest: PoseFrame, fps: number): PoseFrame[] {
  const bridged = frames.map((frame) => ({
    ...frame,
    keypoints: frame.keypoints.slice(),
    depth: frame.depth?.slice() ?? new Float32Array(rest.keypoints.length / 3).fill(Number.NaN),
  }));
  const way = Math.max(1, Math.round(WAY * fps));
  for (const { wrist, points } of ARMS) {
    for (const { from, to } of gaps(frames, wrist)) {
      const [before, after] = [frames[from - 1], frames[to]];
      for (let at = from; at < to; at += 1) {
        const arm = armAt(at - from + 1, to - at, { before, after, rest, way });
        const target = bridged[at];
        for (const index of target ? points : []) {
          target?.keypoints.set(arm.keypoints.subarray(index * 3, index * 3 + 3), index * 3);
          if (target) target.depth[index] = arm.depth?.[index] ?? Number.NaN;
        }
      }
    }
  }
  return bridged;
}

interface Ends {
  readonly before: PoseFrame | undefined;
  readonly after: PoseFrame | undefined;
  readonly rest: PoseFrame;
  readonly way: number;
}

/** The arm `since` frames after it was last known and `until` frames before it is known again. */
function armAt(since: number, until: number, { before, after, rest, way }: Ends): PoseFrame {
  if (before && after && since + until <= 2 * way) return blendFrames(before, after, since / (since + until));
  if (before && since < way) return blendFrames(before, rest, since / way);
  if (after && until < way) return blendFrames(rest, after, 1 - until / way);
  return rest;
}

/** Runs of frames [from, to) in which a point is missing. */
function gaps(frames: readonly PoseFrame[], index: number): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  frames.forEach(({ keypoints }, at) => {
    if (confidenceOf(keypoints, index) > 0) return;
    const last = found.at(-1);
    if (last?.to === at) found[found.length - 1] = { from: last.from, to: at + 1 };
    else found.push({ from: at, to: at + 1 });
  });
  return found;
}
