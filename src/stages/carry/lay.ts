import type { Area } from '../area.js';
import type { Part } from './cut.js';
import { type Affine, clamp, distanceTo } from './geometry.js';

/*
 * Parts are laid over the picture, bilinear: the training code's `conditions/lay.py`.
 */

/** Spread of what the head's affine map leaves at the face points: in face widths, on a grid of GRID pixels. */
const SPREAD = 0.07;
const HOLD = 0.25;
const GRID = 4;

/** What parts are laid on. */
export interface Sheet {
  readonly size: number;
  /** Nothing is laid outside of it. */
  readonly area: Area;
  /** [size, size, 3], 0..255. */
  readonly colours: Float32Array;
  /** [size, size], 0..1: where a part was laid. */
  readonly cover: Float32Array;
}

export type Place = readonly [x: number, y: number];

/** Lays the part's value at (x, y), times `share`, over the pixel number `at`. Below the reference its last row goes on. */
function lay(
  sheet: Sheet,
  { pixels: part, height }: Part,
  x: number,
  y: number,
  at: number,
  share: number,
): void {
  const { size, colours, cover } = sheet;
  const u = x - 0.5;
  const v = Math.min(y - 0.5, height - 1.001);
  const j = Math.floor(u);
  const i = Math.floor(v);
  if (!(j >= 0 && i >= 0 && j < size - 1 && i < height - 1)) return;
  const p = 4 * (i * size + j);
  const q = p + 4 * size;
  const fu = u - j;
  const fv = v - i;
  const w00 = (1 - fu) * (1 - fv);
  const w01 = fu * (1 - fv);
  const w10 = (1 - fu) * fv;
  const w11 = fu * fv;
  const a =
    ((part[p + 3] ?? 0) * w00 +
      (part[p + 7] ?? 0) * w01 +
      (part[q + 3] ?? 0) * w10 +
      (part[q + 7] ?? 0) * w11) *
    share;
  if (a <= 0) return;
  const to = 3 * at;
  const keep = 1 - a;
  const red =
    (part[p] ?? 0) * w00 + (part[p + 4] ?? 0) * w01 + (part[q] ?? 0) * w10 + (part[q + 4] ?? 0) * w11;
  const green =
    (part[p + 1] ?? 0) * w00 + (part[p + 5] ?? 0) * w01 + (part[q + 1] ?? 0) * w10 + (part[q + 5] ?? 0) * w11;
  const blue =
    (part[p + 2] ?? 0) * w00 + (part[p + 6] ?? 0) * w01 + (part[q + 2] ?? 0) * w10 + (part[q + 6] ?? 0) * w11;
  colours[to] = (colours[to] ?? 0) * keep + red * share;
  colours[to + 1] = (colours[to + 1] ?? 0) * keep + green * share;
  colours[to + 2] = (colours[to + 2] ?? 0) * keep + blue * share;
  const before = cover[at] ?? 0;
  cover[at] = before + a * (1 - before);
}

type Window = Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>;

/** Pixels whose centres lie within [low, high], of those from `start` on: first, and one past the last. */
function within(low: number, high: number, start: number, length: number): [number, number] {
  const inside = (value: number): number => Math.max(start, Math.min(start + length, value));
  return [inside(Math.floor(low)), inside(Math.ceil(high) + 1)];
}

/** The output's pixels that the map `back` (output to reference) takes into `box`. */
function goalWindow({ a, b, c, d, e, f }: Affine, box: Part['box'], area: Area): Window {
  const det = a * e - b * d;
  const [x0, y0, x1, y1] = box;
  const corners = [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ] as const;
  const xs = corners.map(([x, y]) => ((x - c) * e - (y - f) * b) / det);
  const ys = corners.map(([x, y]) => ((y - f) * a - (x - c) * d) / det);
  const [top, bottom] = within(Math.min(...ys), Math.max(...ys), area.top, area.height);
  const [left, right] = within(Math.min(...xs), Math.max(...xs), area.left, area.width);
  return { top, bottom, left, right };
}

/** Lays a part by the affine map `back`, from output to reference. */
export function layAffine(sheet: Sheet, part: Part, back: Affine): void {
  const { size, area } = sheet;
  const { top, bottom, left, right } = goalWindow(back, part.box, area);
  const { a, b, c, d, e, f } = back;
  for (let i = top; i < bottom; i++) {
    const y = i + 0.5;
    for (let j = left; j < right; j++) {
      const x = j + 0.5;
      lay(sheet, part, a * x + b * y + c, d * x + e * y + f, i * size + j, 1);
    }
  }
}

/**
 * Lays the head: the affine map `back` for skull and hair, and within the face what that map leaves at the points, spread smoothly.
 * `goal` and `source` hold the same face points in output and reference.
 */
export function layHead(
  sheet: Sheet,
  part: Part,
  back: Affine,
  goal: Float64Array,
  source: Float64Array,
): void {
  const { size, area } = sheet;
  const { a, b, c, d, e, f } = back;
  const window = goalWindow(back, part.box, area);
  const { top, bottom, left, right } = window;
  const { across, down, columns } = faceShifts(window, back, goal, source);
  for (let i = top; i < bottom; i++) {
    const y = i + 0.5;
    const v = (y - top) / GRID;
    const row = Math.floor(v);
    const fv = v - row;
    for (let j = left; j < right; j++) {
      const x = j + 0.5;
      const u = (x - left) / GRID;
      const column = Math.floor(u);
      const fu = u - column;
      const p = row * columns + column;
      const sx = between(across, p, p + columns, fu, fv);
      const sy = between(down, p, p + columns, fu, fv);
      lay(sheet, part, a * x + b * y + c + sx, d * x + e * y + f + sy, i * size + j, 1);
    }
  }
}

/** Bilinear between the four nodes from `p` (upper row) and `q` (lower row) on. */
function between(values: Float64Array, p: number, q: number, fu: number, fv: number): number {
  const upper = (values[p] ?? 0) * (1 - fu) + (values[p + 1] ?? 0) * fu;
  const lower = (values[q] ?? 0) * (1 - fu) + (values[q + 1] ?? 0) * fu;
  return upper * (1 - fv) + lower * fv;
}

/** What to add to the head's map at the nodes of a grid, across and down: [rows, columns]. */
function faceShifts(
  { top, bottom, left, right }: Window,
  { a, b, c, d, e, f }: Affine,
  goal: Float64Array,
  source: Float64Array,
) {
  const rows = Math.floor(Math.max(0, bottom - top) / GRID) + 2;
  const columns = Math.floor(Math.max(0, right - left) / GRID) + 2;
  const total = new Float64Array(rows * columns);
  const across = new Float64Array(rows * columns);
  const down = new Float64Array(rows * columns);
  const spread = SPREAD * width(goal);
  const squared = spread * spread;
  for (let k = 0; k < goal.length; k += 2) {
    const [gx, gy] = [goal[k] ?? 0, goal[k + 1] ?? 0];
    const restX = (source[k] ?? 0) - (a * gx + b * gy + c);
    const restY = (source[k + 1] ?? 0) - (d * gx + e * gy + f);
    const [first, last] = nodesNear(gx - left, 4 * spread, columns);
    const [upper, lower] = nodesNear(gy - top, 4 * spread, rows);
    for (let row = upper; row < lower; row++) {
      for (let column = first; column < last; column++) {
        const distance = (left + GRID * column - gx) ** 2 + (top + GRID * row - gy) ** 2;
        if (distance > 16 * squared) continue;
        const weight = Math.exp(-distance / (2 * squared));
        const node = row * columns + column;
        total[node] = (total[node] ?? 0) + weight;
        across[node] = (across[node] ?? 0) + weight * restX;
        down[node] = (down[node] ?? 0) + weight * restY;
      }
    }
  }
  for (let node = 0; node < total.length; node++) {
    const sum = (total[node] ?? 0) + HOLD;
    across[node] = (across[node] ?? 0) / sum;
    down[node] = (down[node] ?? 0) / sum;
  }
  return { across, down, columns };
}

/** Extent in x of points x, y, x, y ... */
function width(points: Float64Array): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < points.length; k += 2) {
    low = Math.min(low, points[k] ?? 0);
    high = Math.max(high, points[k] ?? 0);
  }
  return high - low;
}

/** Nodes of the grid within `reach` of a place: first, and one past the last. */
function nodesNear(place: number, reach: number, count: number): [number, number] {
  return [
    Math.max(0, Math.min(count, Math.floor((place - reach) / GRID))),
    Math.max(0, Math.min(count, Math.ceil((place + reach) / GRID) + 1)),
  ];
}

/**
 * Lays a limb along its bone, `goal` and `source` its two ends: stretched along the bone, scaled by `scale` (reference pixels an
 * output pixel) across it, within `radius` output pixels of it.
 */
export function layBone(
  sheet: Sheet,
  part: Part,
  [goal, goalEnd]: readonly [Place, Place],
  [source, sourceEnd]: readonly [Place, Place],
  radius: number,
  scale: number,
): void {
  const { size, area } = sheet;
  const [x0, y0] = goal;
  const [x1, y1] = goalEnd;
  const longGoal = Math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2) + 1e-3;
  const longSource = Math.sqrt((sourceEnd[0] - source[0]) ** 2 + (sourceEnd[1] - source[1]) ** 2) + 1e-3;
  const [gx, gy] = [(x1 - x0) / longGoal, (y1 - y0) / longGoal];
  const [sx, sy] = [(sourceEnd[0] - source[0]) / longSource, (sourceEnd[1] - source[1]) / longSource];
  const reach = radius + 2;
  const [top, bottom] = within(Math.min(y0, y1) - reach, Math.max(y0, y1) + reach, area.top, area.height);
  const [left, right] = within(Math.min(x0, x1) - reach, Math.max(x0, x1) + reach, area.left, area.width);
  const soft = Math.max(1, 0.06 * radius);
  for (let i = top; i < bottom; i++) {
    const y = i + 0.5;
    for (let j = left; j < right; j++) {
      const x = j + 0.5;
      const share = clamp((radius - distanceTo(x, y, x0, y0, x1, y1)) / soft + 0.5);
      if (share <= 0) continue;
      let along = (x - x0) * gx + (y - y0) * gy;
      const across = ((y - y0) * gx - (x - x0) * gy) * scale;
      if (along < 0) along *= scale;
      else if (along > longGoal) along = longSource + (along - longGoal) * scale;
      else along *= longSource / longGoal;
      const down = source[1] + sy * along + sx * across;
      if (down >= part.height) continue;
      lay(sheet, part, source[0] + sx * along - sy * across, down, i * size + j, share);
    }
  }
}
