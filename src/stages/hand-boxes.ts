import { type HandSide, handPoint, type PoseFrame } from '../pose/pose-frame.js';

/** A box round keypoints, in pixels of the picture. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const HAND_POINTS = 21;
/** With fewer points than this a hand cannot be distinguished from noise, and is not drawn. */
const FEWEST_POINTS = 8;

/** The box round a hand's keypoints, or undefined where the hand is not there: too few points, no extent, or all of it outside the `size` x `size` picture. */
export function handBox(pose: PoseFrame, side: HandSide, size: number): Box | undefined {
  let [left, top, right, bottom, count] = [Infinity, Infinity, -Infinity, -Infinity, 0];
  for (let point = 0; point < HAND_POINTS; point++) {
    const at = handPoint(side, point) * 3;
    if ((pose.keypoints[at + 2] ?? 0) <= 0) continue;
    const x = pose.keypoints[at] ?? 0;
    const y = pose.keypoints[at + 1] ?? 0;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    count++;
  }
  const box = { left, top, right, bottom };
  if (count < FEWEST_POINTS || longerSide(box) < 2) return undefined;
  return right > 0 && bottom > 0 && left < size && top < size ? box : undefined;
}

/** Whether the box's middle lies in the `size` x `size` picture. */
export function mostlyShown(box: Box, size: number): boolean {
  const { x, y } = centre(box);
  return x >= 0 && y >= 0 && x <= size && y <= size;
}

export function centre(box: Box): { x: number; y: number } {
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
}

export function longerSide(box: Box): number {
  return Math.max(box.right - box.left, box.bottom - box.top);
}

export function union(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** Whether the two boxes intersect once each is enlarged `margin` times about its middle. */
export function meet(a: Box, b: Box, margin: number): boolean {
  const [p, q] = [centre(a), centre(b)];
  const reachX = ((a.right - a.left + b.right - b.left) / 2) * margin;
  const reachY = ((a.bottom - a.top + b.bottom - b.top) / 2) * margin;
  return Math.abs(p.x - q.x) < reachX && Math.abs(p.y - q.y) < reachY;
}
