/*
 * Masks are `Float32Array` [height, width], 0 outside and 1 inside; values between are kept (soft edges).
 */

/**
 * Dilates `iterations` times with the full 3x3 kernel (all eight neighbours; the paper does not name its kernel).
 * Outside the picture there is no mask. Equals one maximum over a square of side `2 iterations + 1`.
 */
export function dilate(mask: Float32Array, width: number, height: number, iterations: number): Float32Array {
  if (iterations <= 0) return mask.slice();
  const longest = Math.max(width, height) + 2 * iterations;
  const blocks = { ahead: new Float32Array(longest), back: new Float32Array(longest), radius: iterations };
  const rows = new Float32Array(mask.length);
  for (let y = 0; y < height; y++) spread(mask, rows, y * width, 1, width, blocks);
  const result = new Float32Array(mask.length);
  for (let x = 0; x < width; x++) spread(rows, result, x, width, height, blocks);
  return result;
}

/**
 * Maximum over `radius` values to each side, along one line of `count` values that lie `stride` apart. Maxima within blocks as long as
 * the window, from the left and from the right, give each window's in one comparison (van Herk 1992).
 */
function spread(
  from: Float32Array,
  to: Float32Array,
  start: number,
  stride: number,
  count: number,
  { ahead, back, radius }: { ahead: Float32Array; back: Float32Array; radius: number },
): void {
  const window = 2 * radius + 1;
  const padded = count + 2 * radius;
  const value = (i: number): number =>
    i < radius || i >= count + radius ? 0 : (from[start + (i - radius) * stride] ?? 0);
  for (let i = 0; i < padded; i++) {
    ahead[i] = i % window === 0 ? value(i) : Math.max(ahead[i - 1] ?? 0, value(i));
  }
  for (let i = padded - 1; i >= 0; i--) {
    const last = i === padded - 1 || i % window === window - 1;
    back[i] = last ? value(i) : Math.max(back[i + 1] ?? 0, value(i));
  }
  for (let i = 0; i < count; i++) {
    to[start + i * stride] = Math.max(back[i] ?? 0, ahead[i + window - 1] ?? 0);
  }
}

/** `mask inside + (1 - mask) outside`, the mask [height, width] applied to every channel of [channels, height, width]. */
export function blend(inside: Float32Array, outside: Float32Array, mask: Float32Array): Float32Array {
  const mixed = new Float32Array(outside.length);
  for (let start = 0; start < mixed.length; start += mask.length) {
    for (let cell = 0; cell < mask.length; cell++) {
      const share = mask[cell] ?? 0;
      const i = start + cell;
      mixed[i] = share * (inside[i] ?? 0) + (1 - share) * (outside[i] ?? 0);
    }
  }
  return mixed;
}
