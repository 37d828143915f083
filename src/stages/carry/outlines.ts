import type { Point } from '../conditions/raster.js';
import { clamp, FACE, FACE_END, has, shared, shoulderSpan, xOf, yOf } from './geometry.js';

/*
 * Outlines of a reference's parts, by its keypoints: those of the training code's `conditions/cut.py`; a change here is a change there.
 */

const JAW_FIRST = 26;
const JAW_LAST = 36;
/** How far the trunk rises at the neck, in shoulder widths; how far it goes below the hips, in trunk lengths, and how much wider it is there. */
const TRUNK_BELOW = 0.6;
const TRUNK_FLARE = 1.4;
const NECK_RISE = 0.24;
/** Half the neck's width where it meets the shoulders, in shoulder widths. */
const NECK_HALF = 0.14;
/** How far hair beside the neck goes with the head, below the chin, in heights of the face. */
const HAIR_BELOW = 0.9;
/** How far such hair reaches below the face itself, from each of its sides, in widths of the face. */
const HAIR_WITHIN = 0.14;

/** Left shoulder, the neck's left and right, right shoulder, and below the hips. */
export function trunkOutline(points: Float64Array): Point[] {
  const middle = { x: (xOf(points, 5) + xOf(points, 6)) / 2, y: (yOf(points, 5) + yOf(points, 6)) / 2 };
  const span = shoulderSpan(points);
  let up = { x: 0, y: -1 };
  if (has(points, 0)) {
    const [x, y] = [xOf(points, 0) - middle.x, yOf(points, 0) - middle.y];
    const length = Math.sqrt(x * x + y * y) + 1e-6;
    up = { x: x / length, y: y / length };
  }
  const shoulder = (side: number): Point => ({ x: xOf(points, 5 + side), y: yOf(points, 5 + side) });
  const collar = (side: number): Point => ({
    x: middle.x + 0.3 * (shoulder(side).x - middle.x) + NECK_RISE * span * up.x,
    y: middle.y + 0.3 * (shoulder(side).y - middle.y) + NECK_RISE * span * up.y,
  });
  const below = (side: number): Point => {
    const [x, y] = [xOf(points, 11 + side), yOf(points, 11 + side)];
    return { x: x + TRUNK_BELOW * (x - shoulder(side).x), y: y + TRUNK_BELOW * (y - shoulder(side).y) };
  };
  const [left, right] = [below(0), below(1)];
  const low = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const flare = ({ x, y }: Point): Point => ({
    x: low.x + TRUNK_FLARE * (x - low.x),
    y: low.y + TRUNK_FLARE * (y - low.y),
  });
  return [shoulder(0), collar(0), collar(1), shoulder(1), flare(right), flare(left)];
}

/** The ends of the jaw, and between the shoulders: the neck goes on behind the chin. Empty without a jaw. */
export function neckOutline(points: Float64Array): Point[] {
  const ids = shared(points, points, JAW_FIRST, JAW_LAST);
  if (ids.length < 3) return [];
  const jaw = [ids[0], ids.at(-1)].map((k = 0) => ({ x: xOf(points, k), y: yOf(points, k) }));
  const between = (near: number, far: number): Point => ({
    x: 0.5 * (xOf(points, near) + xOf(points, far)) + NECK_HALF * (xOf(points, near) - xOf(points, far)),
    y: 0.5 * (yOf(points, near) + yOf(points, far)) + NECK_HALF * (yOf(points, near) - yOf(points, far)),
  });
  return [...jaw, between(5, 6), between(6, 5)];
}

export interface HeadFrame {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly lowest: number;
}

/** Middle of the face points that are there, height, ends and lowest point; undefined without a face. */
export function headFrame(points: Float64Array): HeadFrame | undefined {
  const ids = shared(points, points, FACE, FACE_END - 1);
  if (ids.length < 8) return undefined;
  const xs = ids.map((k) => xOf(points, k));
  const ys = ids.map((k) => yOf(points, k));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const lowest = Math.max(...ys);
  const height = lowest - Math.min(...ys);
  if (height <= 0) return undefined;
  return {
    x: sum(xs) / ids.length,
    y: sum(ys) / ids.length,
    height,
    left: Math.min(...xs),
    right: Math.max(...xs),
    lowest,
  };
}

/** Skull, hair and face above the jaw, and hair beside the neck: neck and collar are not the head's. */
export function headCover(points: Float64Array, frame: HeadFrame, x: number, y: number): number {
  const size = 1.35 * frame.height;
  const ex = (x - frame.x) / (0.95 * size);
  const ey = (y - frame.y + 0.25 * size) / (1.15 * size);
  const down = Math.min(ey, 0);
  // Narrower below the chin, where the shoulders begin.
  const wide = ex * (1 + 0.6 * clamp((y - frame.lowest) / (0.15 * size)));
  const hair =
    clamp((1.25 - Math.sqrt(wide * wide + down * down)) / 0.25) *
    clamp((frame.lowest + HAIR_BELOW * frame.height - y) / (0.12 * size));
  if (hair === 0 || x <= frame.left || x >= frame.right) return hair;
  const round = clamp((1.25 - Math.sqrt(ex * ex + ey * ey)) / 0.25);
  const face = round * clamp((jawLine(points, x, frame.lowest) + 0.04 * size - y) / (0.06 * size));
  // Below the jaw's ends, at the face's sides, there is hair too: the neck is narrower.
  const side = Math.min(x - frame.left, frame.right - x) / (frame.right - frame.left);
  return Math.max(face, hair * clamp((HAIR_WITHIN - side) / 0.05));
}

/** y of the jaw at x, by straight lines through its points; `lowest` where the jaw does not reach. */
function jawLine(points: Float64Array, x: number, lowest: number): number {
  let y = Number.NEGATIVE_INFINITY;
  for (let k = FACE; k < FACE + 16; k++) {
    if (!has(points, k) || !has(points, k + 1)) continue;
    const [ax, bx] = [xOf(points, k), xOf(points, k + 1)];
    const [left, right] = [Math.min(ax, bx), Math.max(ax, bx)];
    if (!(left <= x && x <= right && right > left)) continue;
    const t = (x - ax) / (bx - ax);
    y = Math.max(y, yOf(points, k) + t * (yOf(points, k + 1) - yOf(points, k)));
  }
  return y > -1e17 ? y : lowest;
}
