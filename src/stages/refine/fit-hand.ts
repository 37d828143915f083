import { type HandSide, handPoint, KEYPOINT_COUNT, type PoseFrame } from '../../pose/pose-frame.js';

const POINTS = 21;

interface Bone {
  readonly from: number;
  readonly to: number;
  /** Metres. */
  readonly length: number;
}

/** Lengths of our hand's bones in metres, wrist outwards, thumb to little finger: those of the hand that phrases are signed with. */
export const BONE_LENGTHS: readonly number[] = [
  [0.0504826, 0.0344, 0.0408, 0.0307],
  [0.1199983, 0.029, 0.026, 0.0277],
  [0.1152, 0.0379, 0.0308, 0.0267],
  [0.1108656, 0.0333, 0.0278, 0.0288],
  [0.1070092, 0.024, 0.0174, 0.0209],
].flat();

const BONES: readonly Bone[] = BONE_LENGTHS.map((length, k) => ({
  from: k % 4 === 0 ? 0 : k,
  to: k + 1,
  length,
}));
/** Bones of the palm: they turn together, so one of them lies nearly across the view. */
const PALM = BONES.filter(({ from, to }) => from === 0 && to !== 1);

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
