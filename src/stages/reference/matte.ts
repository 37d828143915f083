/*
 * A mask that follows the picture's edges: guided filter (He, Sun and Tang 2010) with the picture's grey as the guide.
 */

/** How far the mask may follow, pixels, and the variance (of greys 0..1) below which there is no edge to follow. */
const RADIUS = 6;
const FLAT = 2e-4;

/** `mask` and `grey` [size, size], 0..1. */
export function followEdges(mask: Float32Array, grey: Float32Array, size: number): Float32Array {
  const mean = (values: Float32Array): Float32Array => boxMean(values, size);
  const product = (a: Float32Array, b: Float32Array): Float32Array =>
    a.map((value, i) => value * (b[i] ?? 0));
  const [meanGuide, meanMask] = [mean(grey), mean(mask)];
  const [squares, both] = [mean(product(grey, grey)), mean(product(grey, mask))];
  const slope = both.map((value, i) => {
    const guide = meanGuide[i] ?? 0;
    return (value - guide * (meanMask[i] ?? 0)) / ((squares[i] ?? 0) - guide * guide + FLAT);
  });
  const offset = meanMask.map((value, i) => value - (slope[i] ?? 0) * (meanGuide[i] ?? 0));
  const [a, b] = [mean(slope), mean(offset)];
  return grey.map((value, i) => Math.min(1, Math.max(0, (a[i] ?? 0) * value + (b[i] ?? 0))));
}

/** Mean over squares of 2 RADIUS + 1 pixels; beyond the edge its last value goes on. */
function boxMean(values: Float32Array, size: number): Float32Array {
  return lineMeans(lineMeans(values, size, 1, size), size, size, 1);
}

function lineMeans(values: Float32Array, size: number, step: number, line: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < size; row++) {
    const at = (i: number): number => values[row * line + Math.min(size - 1, Math.max(0, i)) * step] ?? 0;
    let sum = 0;
    for (let i = -RADIUS; i <= RADIUS; i++) sum += at(i);
    for (let i = 0; i < size; i++) {
      result[row * line + i * step] = sum / (2 * RADIUS + 1);
      sum += at(i + RADIUS + 1) - at(i - RADIUS);
    }
  }
  return result;
}
