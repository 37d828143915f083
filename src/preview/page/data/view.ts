import { signal } from '@preact/signals';
import type { ClipState } from '../../protocol.js';
import { frameOf } from './frames.js';

/** What of the picture is seen. */
export const ZOOMS = ['all', 'hands', 'left', 'right'] as const;
export type Zoom = (typeof ZOOMS)[number];
export const zoom = signal<Zoom>('all');

/** A square of the picture, in shares of its side. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

const WHOLE: Window = { x: 0, y: 0, side: 1 };

/** Frames before and after that steady the window. */
const STEADY = 6;
/** Side of the window for one hand, in shoulder widths, and its bounds in shares of the picture. */
const HAND_SIDE = 0.95;
const LEAST_SIDE = 0.15;
/** Room around both hands. */
const MARGIN = 1.35;
const HANDS = { left: { start: 91, wrist: 9 }, right: { start: 112, wrist: 10 } } as const;

/** The window on a frame: it follows the hand, steadied over the frames around. */
export function windowAt(clip: ClipState | undefined, frame: number, what: Zoom): Window {
  if (!clip || what === 'all') return WHOLE;
  const seen: { x: number; y: number; side: number }[] = [];
  for (let at = Math.max(0, frame - STEADY); at <= Math.min(clip.frames - 1, frame + STEADY); at++) {
    const points = frameOf(clip, at);
    const window = points && around(points, what);
    if (window) seen.push(window);
  }
  if (seen.length === 0) return WHOLE;
  const mean = (pick: (one: Window) => number) => seen.reduce((sum, one) => sum + pick(one), 0) / seen.length;
  const side = Math.min(
    1,
    Math.max(
      LEAST_SIDE,
      mean((one) => one.side),
    ),
  );
  const inside = (middle: number): number => Math.max(0, Math.min(1 - side, middle - side / 2));
  return { x: inside(mean((one) => one.x)), y: inside(mean((one) => one.y)), side };
}

/** Middle and side of what is to be seen of one frame. */
function around(points: Float32Array, what: Exclude<Zoom, 'all'>): Window | undefined {
  if (what !== 'hands') {
    const middle = middleOf(points, what);
    return middle && { ...middle, side: HAND_SIDE * shoulderWidth(points) };
  }
  const [left, right] = [middleOf(points, 'left'), middleOf(points, 'right')];
  if (!left || !right) return undefined;
  const apart = Math.max(Math.abs(left.x - right.x), Math.abs(left.y - right.y));
  return {
    x: (left.x + right.x) / 2,
    y: (left.y + right.y) / 2,
    side: MARGIN * (apart + HAND_SIDE * 0.6 * shoulderWidth(points)),
  };
}

/** Middle of a hand's points, or the wrist. */
function middleOf(points: Float32Array, side: 'left' | 'right'): { x: number; y: number } | undefined {
  const { start, wrist } = HANDS[side];
  const sum = { x: 0, y: 0, n: 0 };
  for (const i of [...Array.from({ length: 21 }, (_, k) => start + k), wrist]) {
    if ((points[i * 3 + 2] ?? 0) <= 0 || (i === wrist && sum.n > 0)) continue;
    sum.x += points[i * 3] ?? 0;
    sum.y += points[i * 3 + 1] ?? 0;
    sum.n += 1;
  }
  return sum.n === 0 ? undefined : { x: sum.x / sum.n, y: sum.y / sum.n };
}

function shoulderWidth(points: Float32Array): number {
  const known = [5, 6].every((i) => (points[i * 3 + 2] ?? 0) > 0);
  if (!known) return 0.3;
  return Math.hypot((points[15] ?? 0) - (points[18] ?? 0), (points[16] ?? 0) - (points[19] ?? 0));
}

/** Points as shares of the window instead of the picture. */
export function pointsIn(points: Float32Array, { x, y, side }: Window): Float32Array {
  const moved = Float32Array.from(points);
  for (let i = 0; i < moved.length; i += 3) {
    moved[i] = ((points[i] ?? 0) - x) / side;
    moved[i + 1] = ((points[i + 1] ?? 0) - y) / side;
  }
  return moved;
}
