import { handJoints } from '../../phrase/hand.js';
import { type HandSide, handPoint, KEYPOINT_COUNT, type PoseFrame } from '../../pose/pose-frame.js';

const POINTS = 21;
const RESTING = new Array<number>(21).fill(0);

interface Bone {
  readonly from: number;
  readonly to: number;
  /** Metres, of the hand that phrases are signed with. */
  readonly length: number;
}

/** The bones of our hand, wrist outwards. */
const BONES: readonly Bone[] = bonesOf(handJoints(RESTING));
/** Bones of the palm: they turn together, so one of them lies nearly across the view. */
const PALM = BONES.filter(({ from, to }) => from === 0 && to !== 1);

function bonesOf(joints: readonly (readonly number[])[]): Bone[] {
  return Array.from({ length: POINTS - 1 }, (_, k) => {
    const [from, to] = [k % 4 === 0 ? 0 : k, k + 1];
    const between = [0, 1, 2].map((axis) => (joints[to]?.[axis] ?? 0) - (joints[from]?.[axis] ?? 0));
    return { from, to, length: Math.hypot(...between) };
  });
}

/**
 * Fits our own 3-D hand to each hand's points as seen from afar (Taylor 2000): a bone that looks shorter than it is points towards the
 * camera or away from it, and the detector's z says which. The result has the same points with depths in pixels, relative to the
 * wrist, smaller = nearer; a hand with missing points is left out.
 */
export function fitHands(pose: PoseFrame): PoseFrame {
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  const depth = new Float32Array(KEYPOINT_COUNT).fill(Number.NaN);
  for (const side of ['left', 'right'] as const) {
    const fitted = fitHand(pose, side);
    if (!fitted) continue;
    const start = handPoint(side, 0);
    keypoints.set(pose.keypoints.subarray(start * 3, (start + POINTS) * 3), start * 3);
    depth.set(fitted, start);
  }
  return { index: pose.index, time: pose.time, keypoints, depth };
}

/** Depths of the 21 points; undefined where one of them is missing. */
function fitHand({ keypoints, depth }: PoseFrame, side: HandSide): Float32Array | undefined {
  const start = handPoint(side, 0);
  const at = (point: number, axis: number): number => keypoints[(start + point) * 3 + axis] ?? 0;
  if (Array.from({ length: POINTS }, (_, point) => at(point, 2)).some((seen) => seen <= 0)) return undefined;
  const seen = ({ from, to }: Bone): number => Math.hypot(at(to, 0) - at(from, 0), at(to, 1) - at(from, 1));
  const scale = Math.max(...PALM.map((bone) => seen(bone) / bone.length));
  const fitted = new Float32Array(POINTS);
  for (const bone of BONES) {
    const hidden = Math.sqrt(Math.max(0, (scale * bone.length) ** 2 - seen(bone) ** 2));
    const step = (depth?.[start + bone.to] ?? 0) - (depth?.[start + bone.from] ?? 0);
    fitted[bone.to] = (fitted[bone.from] ?? 0) + (Math.sign(step) || 0) * hidden;
  }
  return fitted;
}
