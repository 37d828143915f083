import type { Picture } from '../../picture.js';
import type { PoseFrame } from '../../pose/pose-frame.js';
import { fillDisc, type Rgb, strokeLine } from '../../pose/raster.js';

/** Limbs between COCO's 17 points: face, arms, sides, legs. */
const LIMBS: readonly (readonly [from: number, to: number])[] = [
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 4],
  [3, 5],
  [4, 6],
  [5, 7],
  [6, 8],
  [7, 9],
  [8, 10],
  [5, 11],
  [6, 12],
  [11, 13],
  [12, 14],
  [13, 15],
  [14, 16],
];
const COLOURS: readonly Rgb[] = LIMBS.map((_, limb) => hue(0.01 + limb / LIMBS.length));
/** Points with less confidence are not drawn. */
const LEAST_CONFIDENCE = 0.05;
/** On a picture of 512 pixels. */
const WIDTH = 10;
const RADIUS = 5;

/**
 * COCO's 17 body points on black, each limb a line in a hue of its own with a disc at both ends. It has no hands. Models trained on
 * LAION-Human know it (Ju et al. 2023).
 */
export function drawCocoSkeleton({ keypoints }: PoseFrame, size: number): Picture {
  const picture: Picture = { width: size, height: size, channels: 3, data: new Uint8Array(3 * size * size) };
  const scale = size / 512;
  LIMBS.forEach(([from, to], limb) => {
    const [a, b, colour] = [pixelOf(keypoints, from), pixelOf(keypoints, to), COLOURS[limb]];
    if (!a || !b || !colour) return;
    strokeLine(picture, a, b, WIDTH * scale, colour);
    for (const { x, y } of [a, b]) fillDisc(picture, x, y, RADIUS * scale, colour);
  });
  return picture;
}

/** Middle of the pixel that holds a point. */
function pixelOf(keypoints: Float32Array, index: number): { x: number; y: number } | undefined {
  if ((keypoints[index * 3 + 2] ?? 0) <= LEAST_CONFIDENCE) return undefined;
  const middle = (at: number): number => Math.floor(keypoints[at] ?? 0) + 0.5;
  return { x: middle(index * 3), y: middle(index * 3 + 1) };
}

/** HLS(hue, 0.6, 0.65) in 0..255, rounded down: seaborn's palette "hls". */
function hue(turn: number): Rgb {
  const [lightness, saturation] = [0.6, 0.65];
  const high = lightness + saturation - lightness * saturation;
  const low = 2 * lightness - high;
  const channel = (shift: number): number => {
    const place = (((turn + shift) % 1) + 1) % 1;
    const share = Math.min(1, Math.max(0, 2 - Math.abs(6 * place - 2)));
    return Math.floor(255 * (low + (high - low) * share));
  };
  return [channel(1 / 3), channel(0), channel(-1 / 3)];
}
