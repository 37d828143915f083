import { type HandSide, handPoint, type PoseFrame } from '../pose/pose-frame.js';

/** Bones of a hand: pairs of its 21 points (wrist, then four points a finger). */
const BONES = Array.from({ length: 20 }, (_, i) => [i % 4 === 0 ? 0 : i, i + 1] as const);

type Bone = readonly [ax: number, ay: number, bx: number, by: number];

/**
 * A crop round one hand can show a piece of the other, which has a crop of its own. Clears from `mask` [size, size]
 * every pixel that is nearer to a bone of a hand not in `hands` than to one of theirs, so no hand is placed twice.
 * `pose` is in coordinates of the crop.
 */
export function keepOwnHands(
  mask: Float32Array,
  size: number,
  pose: PoseFrame,
  hands: readonly HandSide[],
): Float32Array {
  const sides: HandSide[] = ['left', 'right'];
  const others = sides.filter((side) => !hands.includes(side)).flatMap((side) => bones(pose, side));
  const near = others.some((bone) => inside(bone[0], bone[1], size) || inside(bone[2], bone[3], size));
  if (!near) return mask;
  const own = hands.flatMap((side) => bones(pose, side));
  return mask.map((value, i) => {
    if (value === 0) return 0;
    const x = (i % size) + 0.5;
    const y = Math.floor(i / size) + 0.5;
    return distance(own, x, y) <= distance(others, x, y) ? value : 0;
  });
}

function bones(pose: PoseFrame, side: HandSide): Bone[] {
  const { keypoints } = pose;
  return BONES.flatMap(([from, to]) => {
    const a = handPoint(side, from) * 3;
    const b = handPoint(side, to) * 3;
    if ((keypoints[a + 2] ?? 0) <= 0 || (keypoints[b + 2] ?? 0) <= 0) return [];
    return [[keypoints[a] ?? 0, keypoints[a + 1] ?? 0, keypoints[b] ?? 0, keypoints[b + 1] ?? 0] as const];
  });
}

function inside(x: number, y: number, size: number): boolean {
  return x >= 0 && y >= 0 && x <= size && y <= size;
}

/** Squared distance to the nearest of `lines`; infinite where there are none. */
function distance(lines: readonly Bone[], x: number, y: number): number {
  let least = Infinity;
  for (const [ax, ay, bx, by] of lines) {
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
    least = Math.min(least, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2);
  }
  return least;
}
