import { Matrix, solve } from 'ml-matrix';
import type { Picture } from '../../picture.js';

/** Where a point of a frame was in the frame before: x' = a x + b y + c, y' = d x + e y + f, pixels. */
export type Movement = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/**
 * The affine movement that takes points of a frame back to the frame before, by least squares. `now`, `before`: the same points, x, y,
 * confidence each; undefined where fewer than four are in both, or where they lie on a line.
 */
export function movementBack(now: ArrayLike<number>, before: ArrayLike<number>): Movement | undefined {
  const rows: number[][] = [];
  const targets: number[][] = [];
  for (let at = 0; at < now.length; at += 3) {
    if (!((now[at + 2] ?? 0) > 0) || !((before[at + 2] ?? 0) > 0)) continue;
    rows.push([now[at] ?? 0, now[at + 1] ?? 0, 1]);
    targets.push([before[at] ?? 0, before[at + 1] ?? 0]);
  }
  if (rows.length < 4) return undefined;
  const solution = solve(new Matrix(rows), new Matrix(targets), true);
  const [a, b, c] = [0, 1, 2].map((row) => solution.get(row, 0));
  const [d, e, f] = [0, 1, 2].map((row) => solution.get(row, 1));
  const numbers = [a, b, c, d, e, f];
  const [p = Number.NaN, q = 0, r = 0, s = 0, t = 0, u = 0] = numbers;
  return numbers.every(Number.isFinite) ? [p, q, r, s, t, u] : undefined;
}

/**
 * Warped error (Lai et al. 2018, "Learning blind video temporal consistency", with the keypoints' movement in place of optical flow):
 * mean absolute difference, levels 0..255, between a frame in a region and the frame before, moved. Undefined for an empty region.
 */
export function warpedChange(
  before: Picture,
  now: Picture,
  region: Uint8Array,
  [a, b, c, d, e, f]: Movement,
): number | undefined {
  let sum = 0;
  let count = 0;
  region.forEach((inside, at) => {
    if (!inside) return;
    const [x, y] = [(at % now.width) + 0.5, Math.floor(at / now.width) + 0.5];
    const from = colourAt(before, a * x + b * y + c, d * x + e * y + f);
    if (!from) return;
    count += 3;
    from.forEach((level, channel) => {
      sum += Math.abs((now.data[at * now.channels + channel] ?? 0) - level);
    });
  });
  return count > 0 ? sum / count : undefined;
}

/** Colour at a place between pixels, bilinear; undefined outside the picture. */
function colourAt(
  { width, height, channels, data }: Picture,
  x: number,
  y: number,
): readonly [number, number, number] | undefined {
  const [column, row] = [x - 0.5, y - 0.5];
  const [left, top] = [Math.floor(column), Math.floor(row)];
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return undefined;
  const [u, v] = [column - left, row - top];
  const level = (channel: number): number => {
    const at = (dx: number, dy: number): number =>
      data[((top + dy) * width + left + dx) * channels + channel] ?? 0;
    return (at(0, 0) * (1 - u) + at(1, 0) * u) * (1 - v) + (at(0, 1) * (1 - u) + at(1, 1) * u) * v;
  };
  return [level(0), level(1), level(2)];
}
