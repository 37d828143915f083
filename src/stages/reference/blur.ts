/** Gaussian blur of [size, size] values, mirrored at the edges (as OpenCV's `GaussianBlur` of float pictures does by default). */
export function gaussianBlur(values: Float32Array, size: number, sigma: number): Float32Array {
  const radius = Math.round(sigma * 8 + 1) >> 1;
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let k = 0; k < weights.length; k++) weights[k] = (weights[k] ?? 0) / total;
  return along(along(values, size, weights, 1, size), size, weights, size, 1);
}

function along(
  values: Float32Array,
  size: number,
  weights: Float64Array,
  step: number,
  line: number,
): Float32Array {
  const radius = weights.length >> 1;
  const result = new Float32Array(values.length);
  for (let row = 0; row < size; row++) {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        const at = Math.abs(i + k);
        const mirrored = at < size ? at : 2 * size - 2 - at;
        sum += (weights[k + radius] ?? 0) * (values[row * line + mirrored * step] ?? 0);
      }
      result[row * line + i * step] = sum;
    }
  }
  return result;
}
