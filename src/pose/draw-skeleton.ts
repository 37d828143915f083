import type { Picture } from '../picture.js';
import { confidenceOf, middle } from './person.js';
import { handPoint, PARTS, type PoseFrame } from './pose-frame.js';
import { fillDisc, fillLimb, type Rgb, strokeLine } from './raster.js';

/** What to draw, and how thick. */
export interface SkeletonOptions {
  readonly hands: boolean;
  readonly face: boolean;
  /** Widths and radii are OpenPose's (half-width 4, radius 4 on a 512 picture) times this; as given by the picture's longer side / 512. */
  readonly scale?: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** OpenPose's 18 points among the 133; the neck is the middle of the shoulders. */
const OPENPOSE_18: readonly (number | 'neck')[] = [
  0,
  'neck',
  6,
  8,
  10,
  5,
  7,
  9,
  12,
  14,
  16,
  11,
  13,
  15,
  2,
  1,
  4,
  3,
];

/** Limbs between the 18 points, counted from 1, in OpenPose's order (method page: skeleton drawing). */
const LIMBS: readonly (readonly [number, number])[] = [
  [2, 3],
  [2, 6],
  [3, 4],
  [4, 5],
  [6, 7],
  [7, 8],
  [2, 9],
  [9, 10],
  [10, 11],
  [2, 12],
  [12, 13],
  [13, 14],
  [2, 1],
  [1, 15],
  [15, 17],
  [1, 16],
  [16, 18],
];

/** Colours of points and limbs 1..18. */
const COLOURS: readonly Rgb[] = [
  [255, 0, 0],
  [255, 85, 0],
  [255, 170, 0],
  [255, 255, 0],
  [170, 255, 0],
  [85, 255, 0],
  [0, 255, 0],
  [0, 255, 85],
  [0, 255, 170],
  [0, 255, 255],
  [0, 170, 255],
  [0, 85, 255],
  [0, 0, 255],
  [85, 0, 255],
  [170, 0, 255],
  [255, 0, 255],
  [255, 0, 170],
  [255, 0, 85],
];
const LIMB_DIMNESS = 0.6;
const WHITE: Rgb = [255, 255, 255];
const BLUE: Rgb = [0, 0, 255];

/** Edges of a hand, wrist outward, finger by finger. */
export const HAND_EDGES: readonly (readonly [number, number])[] = [0, 1, 2, 3, 4].flatMap((finger) =>
  [0, 1, 2, 3].map((joint): readonly [number, number] => [
    joint === 0 ? 0 : finger * 4 + joint,
    finger * 4 + joint + 1,
  ]),
);
const HAND_COLOURS: readonly Rgb[] = HAND_EDGES.map((_, index) => hue(index, HAND_EDGES.length));

/** Full colour of the hue `index / count` (HSV with saturation and value 1), rounded down; whole numbers keep the rounding exact. */
function hue(index: number, count: number): Rgb {
  const channel = (shift: number) => {
    const place = (shift * count + index * 6) % (6 * count);
    return Math.floor((255 * (count - Math.max(0, Math.min(place, 4 * count - place, count)))) / count);
  };
  return [channel(5), channel(3), channel(1)];
}

/**
 * Draws a frame as the OpenPose ControlNet checkpoints expect it: RGB on black, limbs as ellipses at 0.6 of their colour, then joints,
 * hands, face (method page: skeleton drawing). Points with confidence 0 and everything that hangs on them are left out;
 * `width` and `height` are pixels, the frame's coordinates are those of this picture.
 */
export function drawSkeleton(
  frame: PoseFrame,
  width: number,
  height: number,
  options: SkeletonOptions,
): Picture {
  const picture: Picture = { width, height, channels: 3, data: new Uint8Array(width * height * 3) };
  const scale = options.scale ?? Math.max(width, height) / 512;
  drawBody(picture, frame.keypoints, scale);
  if (options.hands) {
    drawHand(picture, frame.keypoints, 'left', scale);
    drawHand(picture, frame.keypoints, 'right', scale);
  }
  if (options.face) {
    for (let index = PARTS.face.start; index < PARTS.face.start + PARTS.face.length; index += 1) {
      const point = pointAt(frame.keypoints, index);
      if (point) fillDisc(picture, point.x, point.y, 3 * scale, WHITE);
    }
  }
  return picture;
}

function pointAt(keypoints: Float32Array, index: number): Point | undefined {
  if (confidenceOf(keypoints, index) <= 0) return undefined;
  return { x: keypoints[index * 3] ?? 0, y: keypoints[index * 3 + 1] ?? 0 };
}

function neckOf(keypoints: Float32Array): Point | undefined {
  const both = confidenceOf(keypoints, 5) > 0 && confidenceOf(keypoints, 6) > 0;
  return both ? middle(keypoints, [5, 6]) : undefined;
}

function drawBody(picture: Picture, keypoints: Float32Array, scale: number): void {
  const points = OPENPOSE_18.map((index) =>
    index === 'neck' ? neckOf(keypoints) : pointAt(keypoints, index),
  );
  LIMBS.forEach(([from, to], index) => {
    const [a, b, colour] = [points[from - 1], points[to - 1], COLOURS[index]];
    if (!a || !b || !colour) return;
    const dim: Rgb = [dimmed(colour[0]), dimmed(colour[1]), dimmed(colour[2])];
    // OpenCV also fills pixels whose middle lies just outside the edge: half a pixel more.
    fillLimb(picture, a, b, 4 * scale + 0.5, dim);
  });
  points.forEach((point, index) => {
    const colour = COLOURS[index];
    if (point && colour) fillDisc(picture, point.x, point.y, 4 * scale, colour);
  });
}

function dimmed(value: number): number {
  return Math.floor(value * LIMB_DIMNESS);
}

function drawHand(picture: Picture, keypoints: Float32Array, side: 'left' | 'right', scale: number): void {
  HAND_EDGES.forEach(([from, to], index) => {
    const a = pointAt(keypoints, handPoint(side, from));
    const b = pointAt(keypoints, handPoint(side, to));
    const colour = HAND_COLOURS[index];
    if (a && b && colour) strokeLine(picture, a, b, 2 * scale, colour);
  });
  for (let index = 0; index < PARTS.leftHand.length; index += 1) {
    const point = pointAt(keypoints, handPoint(side, index));
    if (point) fillDisc(picture, point.x, point.y, 4 * scale, BLUE);
  }
}
