import type { Area } from '../area.js';
import type { Block, Kernels } from '../kernels/kernels.js';
import type { Part } from './cut.js';
import type { Affine } from './geometry.js';

/*
 * Parts are laid over the picture, bilinear: the training code's `conditions/lay.py`. What is done once a part is here, what is done once a pixel in
 * `kernels/assembly/lay.ts`.
 */

/** Spread of what the head's affine map leaves at the face points: in face widths, on a grid of GRID pixels. */
const SPREAD = 0.07;
const HOLD = 0.25;
const GRID = 4;

/** What parts are laid on. */
export interface Sheet {
  readonly kernels: Kernels;
  /** The part of the picture that the sheet is. */
  readonly area: Area;
  /** [height, width, 4] of the area: red, green, blue 0..255, and where a part was laid, 0..1. */
  readonly pixels: Block;
  /** Two grids of shifts, as long as `shiftBytes` says. */
  readonly shifts: readonly [Block, Block];
}

/** A part in the kernels' memory. */
export interface LaidPart extends Omit<Part, 'pixels'> {
  readonly pixels: Block;
}

/** Bytes of a grid of shifts over a whole area. */
export function shiftBytes({ width, height }: Area): number {
  return 8 * (Math.floor(width / GRID) + 2) * (Math.floor(height / GRID) + 2);
}

export type Place = readonly [x: number, y: number];

/** Makes the kernels lay `part` on `sheet`. */
function begin({ kernels, area, pixels }: Sheet, part: LaidPart): Kernels['call'] {
  const { call } = kernels;
  const { left, top, width, height } = part.place;
  call.onSheet(pixels.at, area.width, area.left, area.top);
  // Below the reference its last row goes on.
  call.takePart(part.pixels.at, width, height, left, top, part.height - 1.001);
  return call;
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
export function layAffine(sheet: Sheet, part: LaidPart, back: Affine): void {
  const { top, bottom, left, right } = goalWindow(back, part.box, sheet.area);
  const { a, b, c, d, e, f } = back;
  begin(sheet, part).layAffine(left, top, right, bottom, a, b, c, d, e, f);
}

/**
 * Lays the head: the affine map `back` for skull and hair, and within the face what that map leaves at the points, spread smoothly.
 * `goal` and `source` hold the same face points in output and reference.
 */
export function layHead(
  sheet: Sheet,
  part: LaidPart,
  back: Affine,
  goal: Float64Array,
  source: Float64Array,
): void {
  const window = goalWindow(back, part.box, sheet.area);
  const { top, bottom, left, right } = window;
  const { a, b, c, d, e, f } = back;
  const { across, down, columns } = faceShifts(window, back, goal, source);
  const [first, second] = sheet.shifts;
  sheet.kernels.doubles(first).set(across);
  sheet.kernels.doubles(second).set(down);
  begin(sheet, part).layShifted(
    ...[left, top, right, bottom],
    ...[a, b, c, d, e, f],
    ...[first.at, second.at, columns],
  );
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
  part: LaidPart,
  [goal, goalEnd]: readonly [Place, Place],
  [source, sourceEnd]: readonly [Place, Place],
  radius: number,
  scale: number,
): void {
  const { area } = sheet;
  const [x0, y0] = goal;
  const [x1, y1] = goalEnd;
  const reach = radius + 2;
  const [top, bottom] = within(Math.min(y0, y1) - reach, Math.max(y0, y1) + reach, area.top, area.height);
  const [left, right] = within(Math.min(x0, x1) - reach, Math.max(x0, x1) + reach, area.left, area.width);
  begin(sheet, part).layBone(
    ...[left, top, right, bottom],
    ...[...goal, ...goalEnd, ...source, ...sourceEnd],
    ...[radius, scale, part.height],
  );
}
