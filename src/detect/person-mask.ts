import { sigmoid } from './models.js';
import type { Region } from './region.js';

/**
 * The person's mask over the picture, `Float32Array` [height * width], 0..1: the network's logits [size, size] over the region, bilinear,
 * 0 outside it (MediaPipe: TensorsToSegmentation, WarpAffine).
 */
export function personMask(
  logits: Float32Array,
  size: number,
  region: Region,
  { width, height }: { width: number; height: number },
): Float32Array {
  const chances = logits.map(sigmoid);
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= size || row >= size ? 0 : (chances[row * size + column] ?? 0);
  const mask = new Float32Array(width * height);
  const [cos, sin] = [Math.cos(-region.rotation), Math.sin(-region.rotation)];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [across, down] = [x - region.x, y - region.y];
      const u = ((across * cos - down * sin) / region.width + 0.5) * size;
      const v = ((across * sin + down * cos) / region.height + 0.5) * size;
      if (u <= -1 || v <= -1 || u >= size || v >= size) continue;
      const [left, top] = [Math.floor(u), Math.floor(v)];
      const [right, below] = [u - left, v - top];
      mask[y * width + x] =
        (at(left, top) * (1 - right) + at(left + 1, top) * right) * (1 - below) +
        (at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right) * below;
    }
  }
  return mask;
}
