import type { HandSide, PoseFrame } from '../../pose/pose-frame.js';
import { handLength, handOf, type Keypoint, type Keypoints, keypointsOf } from './points.js';
import { bounds, type Channel, type Grid } from './raster.js';

/** Radii relative to the hand's length: fingers at knuckle and tip, the palm's strokes. */
const RADII = { knuckle: 0.095, tip: 0.075, palm: 0.12 };
/** Strokes from the wrist to places between two knuckles, which fill the palm. */
const PALM_STROKES = 4;
const KNUCKLES = [1, 5, 9, 13, 17];
/** Grey of a hand's farthest and nearest place; what is no hand is black. */
const FARTHEST = 0.2;
const NEAREST = 1;
/** Side of the square round a hand that its depth is drawn in, in sides of its points' box. */
const CROP = 1.6;
const MIDDLE_KNUCKLE = 9;

/** A rod of flesh between two places, with a radius in pixels at each. */
interface Rod {
  readonly from: Keypoint;
  readonly to: Keypoint;
  readonly fromRadius: number;
  readonly toRadius: number;
}

/**
 * Depth of the hands, the same in every channel: each hand a solid of rods whose depths the pose holds (`fitHands`), its own nearest
 * place white, the farthest grey; what is no hand stays 0. Where hands overlap, the one whose palm lies nearer is seen.
 */
export function drawHandDepth(channels: readonly Channel[], { keypoints, depth }: PoseFrame): void {
  const [first] = channels;
  if (!first) return;
  const area = first.width * first.height;
  const points = keypointsOf(keypoints, depth);
  const hands = ([0, 1] as const).map((side) => wholeHand(points, side)).filter((hand) => hand !== undefined);
  hands.sort((a, b) => (b[MIDDLE_KNUCKLE]?.depth ?? 0) - (a[MIDDLE_KNUCKLE]?.depth ?? 0));
  const grey = new Float64Array(area);
  for (const hand of hands) shade(grey, surfaceOf(hand, first));
  for (const channel of channels) channel.data.set(grey, channel.offset);
}

/** Depth of a hand's nearest surface at each pixel of a `size` x `size` picture, infinite where there is none; undefined without depths. */
export function handSurfaceDepth(pose: PoseFrame, side: HandSide, size: number): Float64Array | undefined {
  const hand = wholeHand(keypointsOf(pose.keypoints, pose.depth), side === 'left' ? 0 : 1);
  return hand && surfaceOf(hand, { width: size, height: size });
}

/** A hand's 21 points, where all of them and their depths are known. */
function wholeHand(points: Keypoints, side: 0 | 1): Keypoint[] | undefined {
  const hand = handOf(points, side).flatMap((point) =>
    point !== undefined && !Number.isNaN(point.depth) ? point : [],
  );
  return hand.length === 21 ? hand : undefined;
}

/** The surface within the square that is looked at, `CROP` times the hand's box. */
function surfaceOf(hand: readonly Keypoint[], grid: Grid): Float64Array {
  const surface = solid(rodsOf(hand), grid);
  const [xs, ys] = [hand.map(({ x }) => x), hand.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const reach = (CROP / 2) * Math.max(right - left, bottom - top);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  for (let at = 0; at < surface.length; at += 1) {
    const across = Math.abs((at % grid.width) + 0.5 - x);
    const down = Math.abs(Math.floor(at / grid.width) + 0.5 - y);
    if (across > reach || down > reach) surface[at] = Number.POSITIVE_INFINITY;
  }
  return surface;
}

function rodsOf(hand: readonly Keypoint[]): Rod[] {
  const length = handLength(hand);
  const radius = (step: number): number =>
    length * (RADII.knuckle + ((RADII.tip - RADII.knuckle) * step) / 3);
  const rods: Rod[] = [];
  const add = (from: Keypoint | undefined, to: Keypoint | undefined, a: number, b: number): void => {
    if (from && to) rods.push({ from, to, fromRadius: a, toRadius: b });
  };
  for (const [finger, knuckle] of KNUCKLES.entries()) {
    for (const step of [0, 1, 2])
      add(hand[knuckle + step], hand[knuckle + step + 1], radius(step), radius(step + 1));
    const [a, b] = [hand[knuckle], hand[KNUCKLES[finger + 1] ?? -1]];
    if (!a || !b) continue;
    for (let k = 0; k <= PALM_STROKES; k += 1)
      add(hand[0], between(a, b, k / PALM_STROKES), length * RADII.palm, radius(0));
  }
  return rods;
}

function between(a: Keypoint, b: Keypoint, share: number): Keypoint {
  const mix = (p: number, q: number): number => p + share * (q - p);
  return { x: mix(a.x, b.x), y: mix(a.y, b.y), depth: mix(a.depth, b.depth) };
}

/** Depth of the nearest surface at each pixel, infinite where there is none. */
function solid(rods: readonly Rod[], { width, height }: Grid): Float64Array {
  const nearest = new Float64Array(width * height).fill(Infinity);
  for (const { from, to, fromRadius, toRadius } of rods) {
    const reach = Math.max(fromRadius, toRadius);
    const [left, right] = bounds(Math.min(from.x, to.x), Math.max(from.x, to.x), reach, width);
    const [top, bottom] = bounds(Math.min(from.y, to.y), Math.max(from.y, to.y), reach, height);
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const squared = dx * dx + dy * dy;
    for (let i = top; i < bottom; i += 1) {
      for (let j = left; j < right; j += 1) {
        const [px, py] = [j + 0.5 - from.x, i + 0.5 - from.y];
        const t = squared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
        const radius = fromRadius + t * (toRadius - fromRadius);
        const deep = radius ** 2 - (px - t * dx) ** 2 - (py - t * dy) ** 2;
        if (deep < 0) continue;
        const surface = from.depth + t * (to.depth - from.depth) - Math.sqrt(deep);
        const at = i * width + j;
        nearest[at] = Math.min(nearest[at] ?? Infinity, surface);
      }
    }
  }
  return nearest;
}

/** Lays a hand over the picture. */
function shade(grey: Float64Array, nearest: Float64Array): void {
  let [low, high] = [Infinity, -Infinity];
  for (const value of nearest) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const extent = Math.max(high - low, Number.EPSILON);
  nearest.forEach((value, at) => {
    if (Number.isFinite(value)) grey[at] = NEAREST - ((NEAREST - FARTHEST) * (value - low)) / extent;
  });
}
