import { distanceOf, middle, pointAt } from './person.js';
import { PARTS, type PoseFrame } from './pose-frame.js';

/** Degrees by which a file's picture is turned clockwise; `auto`: as heads and shoulders say. */
export type Rotate = 'auto' | Turn;
export type Turn = 0 | 90 | 180 | 270;
export const ROTATIONS: readonly Rotate[] = ['auto', 0, 90, 180, 270];

/** Share of the frames that must agree before a clip is turned: a signer may bow for a while. */
const AGREED = 0.6;
/** A head nearer to the middle of the shoulders than this share of their width says nothing. */
const CLEAR = 0.3;
/** Cosine of the angle between neck and shoulders, at the most. */
const ACROSS = 0.7;

const HEAD: readonly number[] = [
  ...[0, 1, 2, 3, 4],
  ...Array.from({ length: PARTS.face.length }, (_, index) => PARTS.face.start + index),
];

/** Counts where heads lie, seen from the shoulders. */
export class OrientationCount {
  private readonly frames: Record<Turn, number> = { 0: 0, 90: 0, 180: 0, 270: 0 };

  add(keypoints: Float32Array): void {
    const [head, shoulders] = [middle(keypoints, HEAD), middle(keypoints, [5, 6])];
    const width = distanceOf(keypoints, 5, 6);
    if (!head || !shoulders || width === undefined) return;
    const [x, y] = [head.x - shoulders.x, head.y - shoulders.y];
    const across = pointAt(keypoints, 5);
    const reach = Math.hypot(x, y);
    if (!across || reach < CLEAR * width) return;
    // A neck stands across the line of the shoulders; points in a row are no person.
    const along = ((across.x - shoulders.x) * x + (across.y - shoulders.y) * y) / (reach * (width / 2));
    if (Math.abs(along) > ACROSS) return;
    const upright = Math.abs(y) >= Math.abs(x);
    this.frames[upright ? (y < 0 ? 0 : 180) : x < 0 ? 90 : 270] += 1;
  }

  /** The turn that brings most heads above their shoulders; 0 where too few agree. */
  turn(): Turn {
    const all = Object.values(this.frames).reduce((sum, count) => sum + count, 0);
    return ([90, 180, 270] as const).find((turn) => this.frames[turn] > AGREED * all) ?? 0;
  }
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Size of a picture of `size` that is turned. */
export function turnedSize({ width, height }: PictureSize, turn: Turn): PictureSize {
  return turn === 90 || turn === 270 ? { width: height, height: width } : { width, height };
}

/** The frame of a picture of `size` (before it is turned), turned clockwise. */
export function turnFrame(frame: PoseFrame, { width, height }: PictureSize, turn: Turn): PoseFrame {
  if (turn === 0) return frame;
  const keypoints = frame.keypoints.slice();
  for (let at = 0; at < keypoints.length; at += 3) {
    if ((keypoints[at + 2] ?? 0) <= 0) continue;
    const [x, y] = [keypoints[at] ?? 0, keypoints[at + 1] ?? 0];
    const [toX, toY] = { 90: [height - y, x], 180: [width - x, height - y], 270: [y, width - x] }[turn];
    keypoints[at] = toX ?? 0;
    keypoints[at + 1] = toY ?? 0;
  }
  return { ...frame, keypoints };
}
