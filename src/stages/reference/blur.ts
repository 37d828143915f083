/** Gaussian blur of [height, width] values, mirrored at the edges (as OpenCV's `GaussianBlur` of float pictures does by default). */
export function gaussianBlur(values: Float32Array, width: number, sigma: number): Float32Array {
  const radius = Math.round(sigma * 8 + 1) >> 1;
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let k = 0; k < weights.length; k++) weights[k] = (weights[k] ?? 0) / total;
  const height = values.length / width;
  const rows = along(values, weights, { lines: height, line: width, length: width, step: 1 });
  return along(rows, weights, { lines: width, line: 1, length: height, step: width });
}

/** How lines lie in the values: how many, from one to the next, how long, and from value to value. */
interface Lines {
  readonly lines: number;
  readonly line: number;
  readonly length: number;
  readonly step: number;
}

function along(
  values: Float32Array,
  weights: Float64Array,
  { lines, line, length, step }: Lines,
): Float32Array {
  const radius = weights.length >> 1;
  const result = new Float32Array(values.length);
  for (let at = 0; at < lines; at++) {
    const start = at * line;
    for (let i = 0; i < length; i++) {
      const inner = i >= radius && i + radius < length;
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        const from = inner ? i + k : mirrored(i + k, length);
        sum += (weights[k + radius] ?? 0) * (values[start + from * step] ?? 0);
      }
      result[start + i * step] = sum;
    }
  }
  return result;
}

function mirrored(at: number, length: number): number {
  const near = Math.abs(at);
  return near < length ? near : 2 * length - 2 - near;
}
