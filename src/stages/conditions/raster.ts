import { kernelsOf } from '../kernels/kernels.js';

/*
 * Anti-aliased shapes on small float pictures, by distance: coverage = clamp(0.5 + signed distance, 0, 1).
 * Pixel (row i, column j) has its centre at (j + 0.5, i + 0.5). The training code's `conditions/raster.py` computes
 * the same values in double precision; a change here is a change there.
 */

/** Values in rows. */
export interface Grid {
  readonly width: number;
  readonly height: number;
}

/** One channel: [height, width] values at `offset` of `data`, which lies in the kernels' memory. */
export interface Channel extends Grid {
  readonly data: Float32Array;
  readonly offset: number;
  /** The square picture that the channel is a part of: its side, and where its upper left corner lies in the channel's coordinates. */
  readonly whole: { readonly x: number; readonly y: number; readonly size: number };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A tapered stroke: a segment with a radius in pixels at each end. */
export interface Capsule {
  readonly from: Point;
  readonly to: Point;
  readonly fromRadius: number;
  readonly toRadius: number;
}

/** Pixels whose centres can lie within `reach` of [low, high]: first, and one past the last. */
export function bounds(low: number, high: number, reach: number, size: number): readonly [number, number] {
  const first = Math.floor(low - reach - 0.5);
  const last = Math.ceil(high + reach + 0.5);
  return [Math.max(0, Math.min(size, first)), Math.max(0, Math.min(size, last))];
}

/** Paints a tapered stroke of `value` (coverage times value), keeping the larger. */
export function drawCapsule(channel: Channel, capsule: Capsule, value = 1): void {
  const { from, to, fromRadius, toRadius } = capsule;
  const { width, height } = channel;
  const { call, at } = placeOf(channel);
  call.stroke(at, width, height, from.x, from.y, to.x, to.y, fromRadius, toRadius, value);
}

/** exp(-d^2 / (2 sigma^2)) of the distance to a segment, keeping the larger; cut at 4 sigma. */
export function drawGaussian(channel: Channel, from: Point, to: Point, sigma: number): void {
  const { width, height } = channel;
  const { call, at } = placeOf(channel);
  call.gaussian(at, width, height, from.x, from.y, to.x, to.y, sigma);
}

/** The kernels on the channel's memory, and where it begins there. */
export function placeOf({ data, offset }: Channel) {
  const { call, at } = kernelsOf(data);
  return { call, at: at + 4 * offset };
}

/** Distance from (x, y) to the edge of a closed polygon; positive inside (even-odd rule). */
export function signedDistance(points: readonly Point[], x: number, y: number): number {
  let nearest = 1e18;
  let inside = false;
  let a = points[points.length - 1];
  for (const b of points) {
    if (a === undefined) break;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const squared = dx * dx + dy * dy;
    const t = squared > 0 ? Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / squared)) : 0;
    const ex = x - a.x - t * dx;
    const ey = y - a.y - t * dy;
    nearest = Math.min(nearest, ex * ex + ey * ey);
    if (a.y > y !== b.y > y && x < (dx * (y - a.y)) / dy + a.x) inside = !inside;
    a = b;
  }
  const distance = Math.sqrt(nearest);
  return inside ? distance : -distance;
}

/** The edges of a polygon that are within reach of one row, as plain numbers: a frame asks for thousands of rows. */
class RowEdges {
  /** Where the row crosses the polygon. */
  readonly crossings: number[] = [];
  /** Beyond these columns no edge is near. */
  left = Infinity;
  right = -Infinity;
  private count = 0;
  private readonly edges: Edge[] = [];
  private readonly first: number[] = [];
  private readonly last: number[] = [];

  constructor(
    private readonly points: readonly Point[],
    private readonly reach: number,
  ) {}

  /** Finds them for the row at `y`. */
  find(y: number): void {
    const { points, reach, crossings } = this;
    this.count = 0;
    this.left = Infinity;
    this.right = -Infinity;
    crossings.length = 0;
    let a = points[points.length - 1];
    for (const b of points) {
      if (a === undefined) break;
      if (y + reach > Math.min(a.y, b.y) && y - reach < Math.max(a.y, b.y)) this.add(a, b, y);
      a = b;
    }
  }

  /** The square of the distance from (x, y) to the nearest of them; infinite where none is near. */
  nearestSquared(x: number, y: number): number {
    const { count, edges, first, last } = this;
    let nearest = Infinity;
    for (let k = 0; k < count; k += 1) {
      const edge = edges[k];
      if (!edge || x < (first[k] ?? 0) || x > (last[k] ?? 0)) continue;
      const { ax, ay, dx, dy, squared } = edge;
      const t = squared > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared)) : 0;
      const ex = x - ax - t * dx;
      const ey = y - ay - t * dy;
      nearest = Math.min(nearest, ex * ex + ey * ey);
    }
    return nearest;
  }

  private add(a: Point, b: Point, y: number): void {
    const { reach, count, first, last } = this;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const edge = this.edges[count] ?? { ax: 0, ay: 0, dx: 0, dy: 0, squared: 0 };
    this.edges[count] = edge;
    edge.ax = a.x;
    edge.ay = a.y;
    edge.dx = dx;
    edge.dy = dy;
    edge.squared = dx * dx + dy * dy;
    // The columns between which the edge is within reach of the row, and a pixel more for what rounding does.
    const at = (level: number): number => a.x + dx * Math.min(1, Math.max(0, (level - a.y) / dy));
    const [one, other] = dy === 0 ? [a.x, b.x] : [at(y - reach), at(y + reach)];
    first[count] = Math.min(one, other) - reach - 1;
    last[count] = Math.max(one, other) + reach + 1;
    this.left = Math.min(this.left, first[count] ?? 0);
    this.right = Math.max(this.right, last[count] ?? 0);
    this.count += 1;
    if (a.y > y !== b.y > y) this.crossings.push((dx * (y - a.y)) / dy + a.x);
  }
}

/** From a to a + d. */
interface Edge {
  ax: number;
  ay: number;
  dx: number;
  dy: number;
  squared: number;
}

/**
 * Visits pixels that a polygon grown by `grow` pixels covers, with their coverage 0..1. What `signedDistance` says of each pixel decides; a row is
 * asked once where it crosses the polygon, and for distances only the edges near a pixel are looked at.
 */
export function insidePolygon(
  { width, height }: Grid,
  points: readonly Point[],
  grow: number,
  visit: (at: number, cover: number) => void,
): void {
  const ys = points.map((p) => p.y);
  const [top, bottom] = bounds(Math.min(...ys), Math.max(...ys), grow + 1, height);
  const near = new RowEdges(points, grow + 1);
  const { crossings } = near;
  for (let i = top; i < bottom; i += 1) {
    const y = i + 0.5;
    near.find(y);
    const [left, right] = bounds(near.left, near.right, 0, width);
    for (let j = left; j < right; j += 1) {
      const x = j + 0.5;
      let inside = false;
      for (let k = 0; k < crossings.length; k += 1) if (x < (crossings[k] ?? x)) inside = !inside;
      // Every place inside is covered whole where the edge lies half a pixel farther out.
      const distance = inside && grow >= 0.5 ? Infinity : Math.sqrt(near.nearestSquared(x, y));
      const cover = 0.5 + grow + (inside ? distance : -distance);
      if (cover > 0) visit(i * width + j, Math.min(1, cover));
    }
  }
}

/** Paints a closed polygon, enlarged by `grow` pixels with round corners, keeping the larger value. */
export function drawPolygon(channel: Channel, points: readonly Point[], grow: number, value = 1): void {
  const { data, offset } = channel;
  insidePolygon(channel, points, grow, (at, cover) => {
    data[offset + at] = Math.max(data[offset + at] ?? 0, value * cover);
  });
}
