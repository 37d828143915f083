/*
 * Masks: `Uint8Array` [height * width], 0 = outside.
 */

/** Intersection over union of two masks, where `known` is not 0; 1 where both are empty. */
export function maskIou(asked: Uint8Array, found: Uint8Array, known?: Uint8Array): number {
  let both = 0;
  let either = 0;
  asked.forEach((inside, at) => {
    if (known && !known[at]) return;
    if (inside && found[at]) both += 1;
    if (inside || found[at]) either += 1;
  });
  return either === 0 ? 1 : both / either;
}

/** The mask without its rim of `pixels` (square neighbourhood; what is beyond the picture is outside). */
export function shrunkMask(mask: Uint8Array, width: number, height: number, pixels: number): Uint8Array {
  let current = mask;
  for (let step = 0; step < pixels; step += 1) {
    const before = current;
    const inside = (x: number, y: number): boolean =>
      x >= 0 && y >= 0 && x < width && y < height && before[y * width + x] !== 0;
    current = before.map((_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let dy = -1; dy <= 1; dy += 1)
        for (let dx = -1; dx <= 1; dx += 1) if (!inside(x + dx, y + dy)) return 0;
      return 1;
    });
  }
  return current;
}
