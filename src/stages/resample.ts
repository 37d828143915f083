import { makePlanes, type Planes } from './planes.js';

/** A rectangle of the source, continuous coordinates (left and upper edge of the first pixel = 0). May reach outside. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What lies beyond the source's edge: `clamp` spreads the kernel over the pixels that exist (as Pillow and
 * PyTorch do), `zero` is emptiness, so that a cut-out does not smear over its edge.
 */
export type Edge = 'clamp' | 'zero';

/** For each output place the first source place that counts, how many do, and their weights, `most` places for each. */
export interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  readonly most: number;
}

/**
 * Resamples `window` of `source` to `width` x `height`: bilinear where it enlarges, and a triangle as wide as two
 * output pixels where it shrinks, so nothing aliases. Equal to Pillow's `resize(BILINEAR, box=...)` and PyTorch's
 * `interpolate(mode='bilinear', antialias=True)`.
 */
export function resample(
  source: Planes,
  width: number,
  height: number,
  window: Window = { x: 0, y: 0, width: source.width, height: source.height },
  edge: Edge = 'clamp',
): Planes {
  const across = axisTaps(source.width, window.x, window.width, width, edge);
  const down = axisTaps(source.height, window.y, window.height, height, edge);
  const filled = filledLines(source);
  const rows = resampleRows(source, filled, across, width);
  return resampleColumns(rows, filled, down, height);
}

/** How `count` places come out of those of a line of `length`, in the window from `start` on. */
export function axisTaps(length: number, start: number, extent: number, count: number, edge: Edge): Taps {
  const scale = extent / count;
  const support = Math.max(1, scale);
  const most = Math.ceil(2 * support) + 1;
  const taps = {
    first: new Int32Array(count),
    count: new Int32Array(count),
    weights: new Float32Array(count * most),
    most,
  };
  for (let i = 0; i < count; i++) {
    const centre = start + (i + 0.5) * scale;
    const low = Math.floor(centre - support + 0.5);
    const high = Math.floor(centre + support + 0.5);
    const kernel = (at: number): number => Math.max(0, 1 - Math.abs((at + 0.5 - centre) / support));
    const first = Math.min(Math.max(0, low), length);
    const inside = Math.max(0, Math.min(length, high) - first);
    const weights = taps.weights.subarray(i * most, i * most + inside);
    let total = 0;
    for (let k = 0; k < inside; k++) total += weights[k] = kernel(first + k);
    if (edge === 'zero') {
      total = 0;
      for (let at = low; at < high; at++) total += kernel(at);
    }
    if (total > 0) for (let k = 0; k < inside; k++) weights[k] = (weights[k] ?? 0) / total;
    taps.first[i] = first;
    taps.count[i] = inside;
  }
  return taps;
}

/** 1 for each line of the planes that holds anything: masks and cut-outs are nothing for the greater part, and nothing it stays. */
function filledLines({ data, width, height, channels }: Planes): Uint8Array {
  const filled = new Uint8Array(channels * height);
  for (let line = 0; line < filled.length; line++) {
    const end = (line + 1) * width;
    let at = line * width;
    while (at < end && data[at] === 0) at++;
    if (at < end) filled[line] = 1;
  }
  return filled;
}

function resampleRows(source: Planes, filled: Uint8Array, taps: Taps, width: number): Planes {
  const target = makePlanes(source.channels, width, source.height);
  const { data } = source;
  const { data: out } = target;
  const { first, count, weights, most } = taps;
  const lines = source.channels * source.height;
  for (let line = 0; line < lines; line++) {
    if (!filled[line]) continue;
    const start = line * source.width;
    for (let x = 0; x < width; x++) {
      const from = start + (first[x] ?? 0);
      const at = x * most;
      let sum = 0;
      for (let k = 0, n = count[x] ?? 0; k < n; k++) sum += (weights[at + k] ?? 0) * (data[from + k] ?? 0);
      out[line * width + x] = sum;
    }
  }
  return target;
}

function resampleColumns(source: Planes, filled: Uint8Array, taps: Taps, height: number): Planes {
  const { width, channels, data } = source;
  const target = makePlanes(channels, width, height);
  const { data: out } = target;
  const { first, count, weights, most } = taps;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const to = (c * height + y) * width;
      for (let k = 0, n = count[y] ?? 0; k < n; k++) {
        const weight = weights[y * most + k] ?? 0;
        const line = c * source.height + (first[y] ?? 0) + k;
        if (!filled[line]) continue;
        const from = line * width;
        for (let x = 0; x < width; x++) out[to + x] = (out[to + x] ?? 0) + weight * (data[from + x] ?? 0);
      }
    }
  }
  return target;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A mask [height, width] resampled to another size; unchanged (the same array) where the size fits already. */
export function resampleMask(mask: Float32Array, from: Size, to: Size): Float32Array {
  if (from.width === to.width && from.height === to.height) return mask;
  return resample(makePlanes(1, from.width, from.height, mask), to.width, to.height).data;
}

/** A mask at another size, each cell with the value of its upper left pixel: PyTorch's `interpolate(mode='nearest')`. */
export function nearestMask(mask: Float32Array, from: Size, to: Size): Float32Array {
  const column = (cell: number): number => Math.floor((cell * from.width) / to.width);
  const row = (cell: number): number => Math.floor((cell * from.height) / to.height);
  return Float32Array.from(
    { length: to.width * to.height },
    (_, i) => mask[row(Math.floor(i / to.width)) * from.width + column(i % to.width)] ?? 0,
  );
}

/** Planes at another size as means of whole cells, as in training; the same object where the size fits already. */
export function cellMeans(planes: Planes, { width, height }: Size): Planes {
  const { channels, width: whole, data } = planes;
  if (whole === width && planes.height === height) return planes;
  const cell = whole / width;
  if (!Number.isInteger(cell)) return resized(planes, { width, height });
  const means = new Float32Array(channels * width * height);
  const share = 1 / (cell * cell);
  for (let row = 0; row < channels * planes.height; row += 1) {
    const to = Math.floor(row / cell) * width;
    for (let x = 0, from = row * whole; x < width; x += 1) {
      let sum = 0;
      for (const end = from + cell; from < end; from += 1) sum += data[from] ?? 0;
      means[to + x] = (means[to + x] ?? 0) + sum * share;
    }
  }
  return makePlanes(channels, width, height, means);
}

/** Planes at another size; the same object where the size fits already. */
export function resized(planes: Planes, { width, height }: Size): Planes {
  return planes.width === width && planes.height === height ? planes : resample(planes, width, height);
}
