import type { Picture } from '../picture.js';
import { inPicture, type Region } from './region.js';

export interface CropOptions {
  /** Side of the square crop in pixels. */
  readonly size: number;
  /** Values of black and white. */
  readonly range: readonly [number, number];
  /** What lies beyond the picture: its last pixels, or black. */
  readonly border: 'edge' | 'black';
}

/** Steps a pixel is divided into, as in OpenCV's warps. */
const STEPS = 32;

/**
 * What a region of the picture shows: `Float32Array` [size, size, 3], RGB. Bilinear at 1/32 pixel, rounded to 8 bits, without
 * averaging where the region is larger than the crop: exactly what MediaPipe's ImageToTensorCalculator does with OpenCV, since
 * the models were trained on such crops.
 */
export function cropPicture(
  picture: Picture,
  region: Region,
  { size, range, border }: CropOptions,
): Float32Array {
  const crop = new Float32Array(size * size * 3);
  const origin = inPicture(region, 0, 0);
  const right = inPicture(region, 1 / size, 0);
  const down = inPicture(region, 0, 1 / size);
  const scale = (range[1] - range[0]) / 255;
  for (let row = 0, at = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1, at += 3) {
      const x = origin.x + column * (right.x - origin.x) + row * (down.x - origin.x);
      const y = origin.y + column * (right.y - origin.y) + row * (down.y - origin.y);
      sample(picture, Math.round(x * STEPS), Math.round(y * STEPS), border === 'edge', crop, at);
      for (let channel = 0; channel < 3; channel += 1)
        crop[at + channel] = (crop[at + channel] ?? 0) * scale + range[0];
    }
  }
  return crop;
}

/** Puts the colour (0..255) at x, y (1/32 pixels) into `target` from `at`. */
function sample(
  { width, height, channels, data }: Picture,
  x: number,
  y: number,
  edge: boolean,
  target: Float32Array,
  at: number,
): void {
  const left = Math.floor(x / STEPS);
  const top = Math.floor(y / STEPS);
  const [fromLeft, fromTop] = [x - left * STEPS, y - top * STEPS];
  const weights = [
    (STEPS - fromLeft) * (STEPS - fromTop),
    fromLeft * (STEPS - fromTop),
    (STEPS - fromLeft) * fromTop,
    fromLeft * fromTop,
  ];
  let [red, green, blue] = [0, 0, 0];
  for (let corner = 0; corner < 4; corner += 1) {
    const weight = weights[corner] ?? 0;
    let column = left + (corner & 1);
    let row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) {
      if (!edge) continue;
      column = Math.min(Math.max(column, 0), width - 1);
      row = Math.min(Math.max(row, 0), height - 1);
    }
    const from = (row * width + column) * channels;
    red += weight * (data[from] ?? 0);
    green += weight * (data[from + 1] ?? 0);
    blue += weight * (data[from + 2] ?? 0);
  }
  const half = (STEPS * STEPS) / 2;
  target[at] = Math.floor((red + half) / (STEPS * STEPS));
  target[at + 1] = Math.floor((green + half) / (STEPS * STEPS));
  target[at + 2] = Math.floor((blue + half) / (STEPS * STEPS));
}
