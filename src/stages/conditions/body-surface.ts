import { kernelFloats } from '../kernels/kernels.js';
import { drawHandSurface, HAND_SURFACE_CHANNELS } from './hand-surface.js';
import { type Keypoints, middle, span } from './points.js';
import { type Channel, drawCapsule, drawPolygon, type Point } from './raster.js';

/**
 * Channels of the body surface, in order: trunk, neck, head, left upper arm, left forearm, right upper arm, right forearm, legs,
 * hands' coverage, hands' relief, face contour, brows, eyes, mouth (lips 0.5, opening 1), nose.
 */
export const BODY_SURFACE_CHANNELS = 15;

const FACE = 23;
const LIMBS: ReadonlyArray<readonly [number, number]> = [
  [5, 7],
  [7, 9],
  [6, 8],
  [8, 10],
  [5, 6],
  [11, 12],
  [5, 11],
  [6, 12],
  [11, 13],
  [12, 14],
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 4],
];

/** Width in pixels that scales limbs: the shoulders', or 0.7 x the trunk's length where that is more; 0 without shoulders. */
function shoulderWidth(points: Keypoints): number {
  const shoulders = middle(points[5], points[6]);
  const hips = middle(points[11], points[12]);
  const trunk = shoulders && hips ? Math.hypot(shoulders.x - hips.x, shoulders.y - hips.y) : 0;
  return Math.max(span(points[5], points[6]), 0.7 * trunk);
}

function drawTrunk(channel: Channel | undefined, points: Keypoints, width: number): void {
  const [left, right] = [points[5], points[6]];
  if (!channel || !left || !right) return;
  const below = (shoulder: Point): Point => ({ x: shoulder.x, y: shoulder.y + 1.35 * width });
  drawPolygon(channel, [left, right, points[12] ?? below(right), points[11] ?? below(left)], 0.1 * width);
}

function drawNeckAndHead(
  neck: Channel | undefined,
  head: Channel | undefined,
  points: Keypoints,
  width: number,
): void {
  const shoulders = middle(points[5], points[6]);
  const centre = middle(points[3], points[4]) ?? points[0];
  if (!neck || !head || !shoulders || !centre) return;
  const length = Math.max(1e-6, Math.sqrt((centre.x - shoulders.x) ** 2 + (centre.y - shoulders.y) ** 2));
  const up = { x: (centre.x - shoulders.x) / length, y: (centre.y - shoulders.y) / length };
  const along = (by: number): Point => ({ x: centre.x + by * width * up.x, y: centre.y + by * width * up.y });
  drawCapsule(neck, { from: shoulders, to: centre, fromRadius: 0.17 * width, toRadius: 0.14 * width });
  drawCapsule(head, {
    from: along(-0.12),
    to: along(0.14),
    fromRadius: 0.18 * width,
    toRadius: 0.22 * width,
  });
}

/** A stroke between two points, where both are there. */
function drawLimb(
  channel: Channel | undefined,
  points: Keypoints,
  [a, b]: readonly [number, number],
  radii: readonly [number, number],
): void {
  const [from, to] = [points[a], points[b]];
  if (channel && from && to) drawCapsule(channel, { from, to, fromRadius: radii[0], toRadius: radii[1] });
}

function drawStroke(
  channel: Channel | undefined,
  points: Keypoints,
  first: number,
  last: number,
  radius: number,
): void {
  for (let k = FACE + first; k < FACE + last; k += 1) drawLimb(channel, points, [k, k + 1], [radius, radius]);
}

/** Fills the polygon of face points first..last (0..67), leaving out those that are missing. */
function drawFacePart(
  channel: Channel | undefined,
  points: Keypoints,
  [first, last]: readonly [number, number],
  grow: number,
  value = 1,
): void {
  const outline = points.slice(FACE + first, FACE + last + 1).filter((p) => p !== undefined);
  if (channel && outline.length > 2) drawPolygon(channel, outline, grow, value);
}

/** `channels`: contour, brows, eyes, mouth, nose. Nothing without both ends of the jaw. */
function drawFace(channels: readonly Channel[], points: Keypoints): void {
  const width = span(points[FACE], points[FACE + 16]);
  if (!points[FACE] || !points[FACE + 16]) return;
  const [contour, brows, eyes, mouth, nose] = channels;
  const line = Math.max(0.6, 0.025 * width);
  drawFacePart(contour, points, [0, 16], 0);
  drawStroke(brows, points, 17, 21, line);
  drawStroke(brows, points, 22, 26, line);
  drawFacePart(eyes, points, [36, 41], 0.2);
  drawFacePart(eyes, points, [42, 47], 0.2);
  drawFacePart(mouth, points, [48, 59], 0.2, 0.5);
  drawFacePart(mouth, points, [60, 67], 0);
  drawStroke(nose, points, 27, 30, line);
  drawStroke(nose, points, 31, 35, line);
}

/**
 * The points without those of a leg whose knee lies beyond the edge of the whole picture: what clothes the stump at its
 * edge cannot be known, and a stage that is shown it draws a mean of trousers and top there.
 */
function legsInside(all: Keypoints, { x, y, size }: Channel['whole']): Keypoints {
  const within = (value: number): boolean => value >= 0 && value < size;
  const hidden = [13, 14].filter((k) => {
    const knee = all[k];
    return knee !== undefined && !(within(knee.x - x) && within(knee.y - y));
  });
  const gone = new Set(hidden.flatMap((knee) => [knee, knee + 2]));
  return gone.size === 0 ? all : all.map((point, k) => (gone.has(k) ? undefined : point));
}

/** Body and face as filled shapes, one channel each; see `BODY_SURFACE_CHANNELS`. */
export function drawBodySurface(channels: readonly Channel[], all: Keypoints): void {
  const [first] = channels;
  if (!first) return;
  const points = legsInside(all, first.whole);
  const width = shoulderWidth(points);
  if (width > 0) {
    drawTrunk(channels[0], points, width);
    drawNeckAndHead(channels[1], channels[2], points, width);
    for (const side of [0, 1] as const) {
      drawLimb(channels[3 + 2 * side], points, [5 + side, 7 + side], [0.13 * width, 0.11 * width]);
      drawLimb(channels[4 + 2 * side], points, [7 + side, 9 + side], [0.1 * width, 0.075 * width]);
      drawLimb(channels[7], points, [11 + side, 13 + side], [0.17 * width, 0.13 * width]);
    }
  }
  const [coverage, relief] = [channels[8], channels[9]];
  if (coverage && relief) copyHands(coverage, relief, points);
  drawFace(channels.slice(10), points);
}

/** Kept between frames, since to make megabytes anew for each kept the garbage collector busy. */
let handData: Float32Array = new Float32Array(0);

function copyHands(coverage: Channel, relief: Channel, points: Keypoints): void {
  const area = coverage.width * coverage.height;
  const length = HAND_SURFACE_CHANNELS * area;
  if (handData.length === length) handData.fill(0);
  else handData = kernelFloats(length);
  const hands = Array.from({ length: HAND_SURFACE_CHANNELS }, (_, k) => ({
    ...coverage,
    data: handData,
    offset: k * area,
  }));
  drawHandSurface(hands, points);
  coverage.data.set(handData.subarray(0, area), coverage.offset);
  relief.data.set(handData.subarray(3 * area, 4 * area), relief.offset);
}

/** The body's limbs, 1.5 pixels wide. */
export function drawSkeletonLines(channel: Channel, all: Keypoints): void {
  const points = legsInside(all, channel.whole);
  for (const limb of LIMBS) drawLimb(channel, points, limb, [0.75, 0.75]);
}
