/*
 * IEEE 754 half precision as ONNX Runtime hands it over in Node 20: 16-bit patterns in a `Uint16Array`.
 */

const pattern = new Uint32Array(1);
const single = new Float32Array(pattern.buffer);

/** Rounds to the nearest half, ties to even; values past 65504 become infinite. */
export function toHalf(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    single[0] = values[i] ?? 0;
    halves[i] = halfPattern(pattern[0] ?? 0);
  }
  return halves;
}

/** Exact: every half is a float32. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < values.length; i++) {
    const half = halves[i] ?? 0;
    const exponent = (half >>> 10) & 0x1f;
    const mantissa = half & 0x3ff;
    const sign = half & 0x8000 ? -1 : 1;
    if (exponent === 0) values[i] = sign * mantissa * 2 ** -24;
    else if (exponent === 0x1f) values[i] = mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else {
      pattern[0] = ((half & 0x8000) << 16) | ((exponent + 112) << 23) | (mantissa << 13);
      values[i] = single[0] ?? 0;
    }
  }
  return values;
}

/** Half pattern of a float32 pattern. */
function halfPattern(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | subnormal(magnitude);
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** Halves below 2^-14 count in steps of 2^-24. */
function subnormal(magnitude: number): number {
  pattern[0] = magnitude;
  const steps = (single[0] ?? 0) * 2 ** 24;
  const floor = Math.floor(steps);
  const rest = steps - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
