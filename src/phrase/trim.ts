import type { PoseFrame } from '../pose/index.js';
import { confidenceOf } from '../pose/person.js';

/** Frames [from, to) of a clip. */
export interface FrameSpan {
  readonly from: number;
  readonly to: number;
}

/** Hand wrist and body wrist of each side among the 133. */
const WRISTS = [
  [91, 9],
  [112, 10],
] as const;
const SHOULDERS = [5, 6] as const;

/*
 * Heights are in shoulder widths below the shoulders, speeds in shoulder widths a second.
 */

/** A hand above this is up, whatever else it does. */
const ALWAYS_UP = 0.6;
/** A hand that hardly changes its height is up above this. */
const STEADY_UP = 0.95;
/** Range of heights from which a hand counts as one that rises and sinks. */
const RISES = 0.5;
/** Lowest share of that range that is rest. */
const REST_SHARE = 0.35;
/** A hand that rises or sinks faster than this at an end is still on its way. */
const ON_ITS_WAY = 0.8;
/** Longest way, seconds. */
const LONGEST_WAY = 0.4;
/** Longest time, seconds, in which a hand on its way seems to stand. */
const PAUSE = 0.08;
/** Movement of a hand that is never up. */
const MOVES = 0.5;

/** Middle of the shoulders and their distance, pixels: the median of the frames that have both; undefined where none has. */
export function shouldersOf(
  frames: readonly PoseFrame[],
): { x: number; y: number; width: number } | undefined {
  const seen = frames.flatMap(({ keypoints }) => {
    if (SHOULDERS.some((index) => confidenceOf(keypoints, index) <= 0)) return [];
    const [ax = 0, ay = 0] = keypoints.subarray(15, 17);
    const [bx = 0, by = 0] = keypoints.subarray(18, 20);
    return [{ x: (ax + bx) / 2, y: (ay + by) / 2, width: Math.hypot(ax - bx, ay - by) }];
  });
  const width = median(seen.map((at) => at.width));
  if (!(width > 0)) return undefined;
  return { x: median(seen.map((at) => at.x)), y: median(seen.map((at) => at.y)), width };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/**
 * The active part of a sign: from where a hand has come up to where the last hand leaves, without the ways up and down. A hand is
 * up above the lowest third of its own range of heights; where no hand is ever up, the part in which one moves; else the whole clip.
 */
export function activePart(frames: readonly PoseFrame[], fps: number): FrameSpan {
  const whole = { from: 0, to: frames.length };
  const shoulders = shouldersOf(frames);
  if (!shoulders) return whole;
  const heights = WRISTS.map(([hand, body]) =>
    frames.map(({ keypoints }) => {
      const index = confidenceOf(keypoints, hand) > 0 ? hand : body;
      if (confidenceOf(keypoints, index) <= 0) return Number.NaN;
      return ((keypoints[index * 3 + 1] ?? 0) - shoulders.y) / shoulders.width;
    }),
  );
  const up = spanOf(heights.map(upFrames));
  if (up) return withoutWays(up, heights, fps);
  return (
    spanOf(heights.map((side) => side.map((_, at) => Math.abs(speedAt(side, at, fps)) > MOVES))) ?? whole
  );
}

/** In which frames a hand is up. */
function upFrames(heights: readonly number[]): boolean[] {
  const known = heights.filter((height) => !Number.isNaN(height));
  const [highest, lowest] = [Math.min(...known), Math.max(...known)];
  const range = lowest - highest;
  const limit = range > RISES ? Math.max(ALWAYS_UP, lowest - REST_SHARE * range) : STEADY_UP;
  return heights.map((height) => height < limit);
}

/** From the first to the last frame in which any hand is active. */
function spanOf(sides: readonly boolean[][]): FrameSpan | undefined {
  const active = (sides[0] ?? []).map((_, at) => sides.some((side) => side[at]));
  const from = active.indexOf(true);
  return from < 0 ? undefined : { from, to: active.lastIndexOf(true) + 1 };
}

/** Shoulder widths a second between a frame and the next, positive downward; 0 where unknown. */
function speedAt(heights: readonly number[], at: number, fps: number): number {
  const speed = ((heights[at + 1] ?? Number.NaN) - (heights[at] ?? Number.NaN)) * fps;
  return Number.isNaN(speed) ? 0 : speed;
}

/** A span without the frames at its ends in which a hand still rises, or sinks already. */
function withoutWays(span: FrameSpan, heights: readonly (readonly number[])[], fps: number): FrameSpan {
  const longest = Math.min(Math.round(LONGEST_WAY * fps), Math.floor((span.to - span.from - 1) / 2));
  const pause = Math.round(PAUSE * fps);
  const rises = (at: number): boolean =>
    heights.some((side) => speedAt(side, span.from + at, fps) < -ON_ITS_WAY);
  const sinks = (at: number): boolean =>
    heights.some((side) => speedAt(side, span.to - 2 - at, fps) > ON_ITS_WAY);
  return {
    from: span.from + wayLength(rises, longest, pause),
    to: span.to - wayLength(sinks, longest, pause),
  };
}

/** Steps, `longest` at most, up to the last that is on the way, where the way never pauses for more than `pause` steps. */
function wayLength(onItsWay: (at: number) => boolean, longest: number, pause: number): number {
  let way = 0;
  for (let at = 0; at < longest && at <= way + pause; at += 1) if (onItsWay(at)) way = at + 1;
  return way;
}
