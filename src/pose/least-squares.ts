/** x' = a x + b y + c, y' = d x + e y + f. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export type Spot = readonly [x: number, y: number];

/**
 * The affine map that brings `from` nearest to `to` by least squares, its linear part pulled towards the identity by `pull` (square pixels).
 * Undefined where the points lie on one line and nothing pulls.
 */
export function affineMap(from: readonly Spot[], to: readonly Spot[], pull = 0): Affine | undefined {
  const mean = (spots: readonly Spot[], axis: 0 | 1): number =>
    spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length;
  const [sx, sy, gx, gy] = [mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1)];
  let [xx, xy, yy] = [pull, 0, pull];
  let [ux, uy, vx, vy] = [pull, 0, 0, pull];
  from.forEach(([px, py], i) => {
    const [qx, qy] = to[i] ?? [gx, gy];
    const [x, y, u, v] = [px - sx, py - sy, qx - gx, qy - gy];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    ux += u * x;
    uy += u * y;
    vx += v * x;
    vy += v * y;
  });
  const det = xx * yy - xy * xy;
  if (!(det > 1e-12)) return undefined;
  const [a, b] = [(ux * yy - uy * xy) / det, (uy * xx - ux * xy) / det];
  const [d, e] = [(vx * yy - vy * xy) / det, (vy * xx - vx * xy) / det];
  return { a, b, c: gx - a * sx - b * sy, d, e, f: gy - d * sx - e * sy };
}
