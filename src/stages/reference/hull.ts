export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Corners of the convex hull, anticlockwise on paper (Andrew's monotone chain). */
export function convexHull(spots: readonly Spot[]): Spot[] {
  const sorted = [...spots].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (line: readonly Spot[]): Spot[] => {
    const chain: Spot[] = [];
    for (const spot of line) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), spot) <= 0) chain.pop();
      chain.push(spot);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Positive where a, b, c turn left with y upwards. */
function turn(a: Spot | undefined, b: Spot | undefined, c: Spot): number {
  if (!a || !b) return 0;
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/** Pixels of a `size` x `size` picture whose centres lie within the convex hull: 1; others 0. */
export function insideHull(spots: readonly Spot[], size: number): Uint8Array {
  const inside = new Uint8Array(size * size);
  const hull = convexHull(spots);
  if (hull.length < 3) return inside;
  const ys = hull.map(({ y }) => y);
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  const bottom = Math.min(size, Math.ceil(Math.max(...ys)));
  for (let row = top; row < bottom; row++) {
    const [left, right] = span(hull, row + 0.5);
    const [from, to] = [Math.max(0, Math.ceil(left - 0.5)), Math.min(size - 1, Math.floor(right - 0.5))];
    if (to >= from) inside.fill(1, row * size + from, row * size + to + 1);
  }
  return inside;
}

/** Where a row crosses a convex polygon: from, to; from > to where it does not. */
function span(hull: readonly Spot[], y: number): [number, number] {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  hull.forEach((a, k) => {
    const b = hull[(k + 1) % hull.length] ?? a;
    if (Math.min(a.y, b.y) > y || Math.max(a.y, b.y) < y || a.y === b.y) return;
    const x = a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x);
    left = Math.min(left, x);
    right = Math.max(right, x);
  });
  return [left, right];
}
