import type { Affine } from '../../pose/least-squares.js';
import { addFeature, FEATURES, ON_CURVES } from './face-features.js';

/*
 * Where in the reference's head a frame's head is read: an affine map for skull and hair, and inside the face a shift that follows its points,
 * as `conditions/face.py` of the training code has it. What the affine map leaves at the points is spread smoothly. Lids and lips, which are
 * few pixels apart and close on each other, are curves between the corners of eyes and mouth instead: across them the reference is stretched
 * from curve to curve.
 */

/** Spread of what the head's affine map leaves at the face points: in face widths, on a grid of GRID pixels. */
const SPREAD = 0.07;
const HOLD = 0.25;
const GRID = 4;
/** The points of a face, x, y, x, y ..., of which `ids` are there: [2 * 68]. */
export interface FacePoints {
  readonly places: Float64Array;
  readonly ids: readonly number[];
}

export interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** What to add to the map `back` at each pixel of the window, across and down, and how much of its light it keeps: [height, width] each. `source` has the points that `goal` has. */
export function faceShifts(window: Window, back: Affine, goal: FacePoints, source: Float64Array) {
  const { top, left } = window;
  const [height, width] = [Math.max(0, window.bottom - top), Math.max(0, window.right - left)];
  const nodes = coarseShifts({ top, left, height, width }, back, goal, source);
  const across = enlarged(nodes.across, nodes.columns, height, width);
  const down = enlarged(nodes.down, nodes.columns, height, width);
  const light = new Float64Array(height * width).fill(1);
  if (goal.ids.length * 2 === goal.places.length) {
    for (const feature of FEATURES)
      addFeature({ top, left, height, width, across, down, light }, goal.places, source, feature);
  }
  return { across, down, light };
}

interface Place {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** At the nodes of a grid: what the map leaves at the points that are on no curve, spread by Gaussians. */
function coarseShifts(
  { top, left, height, width }: Place,
  { a, b, c, d, e, f }: Affine,
  { places, ids }: FacePoints,
  source: Float64Array,
) {
  const rows = Math.floor(height / GRID) + 2;
  const columns = Math.floor(width / GRID) + 2;
  const total = new Float64Array(rows * columns);
  const across = new Float64Array(rows * columns);
  const down = new Float64Array(rows * columns);
  const spread = SPREAD * extent(places, ids);
  const squared = spread * spread;
  for (const k of ids) {
    if (ON_CURVES.has(k)) continue;
    const [gx, gy] = [places[2 * k] ?? 0, places[2 * k + 1] ?? 0];
    const restX = (source[2 * k] ?? 0) - (a * gx + b * gy + c);
    const restY = (source[2 * k + 1] ?? 0) - (d * gx + e * gy + f);
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

/** Extent in x of the points `ids`. */
function extent(places: Float64Array, ids: readonly number[]): number {
  const xs = ids.map((k) => places[2 * k] ?? 0);
  return Math.max(...xs) - Math.min(...xs);
}

/** Nodes of the grid within `reach` of a place: first, and one past the last. */
function nodesNear(place: number, reach: number, count: number): [number, number] {
  return [
    Math.max(0, Math.min(count, Math.floor((place - reach) / GRID))),
    Math.max(0, Math.min(count, Math.ceil((place + reach) / GRID) + 1)),
  ];
}

/** Values of pixels [height, width], bilinear between the grid's nodes. */
function enlarged(nodes: Float64Array, columns: number, height: number, width: number): Float64Array {
  const pixels = new Float64Array(height * width);
  for (let i = 0; i < height; i++) {
    const v = (i + 0.5) / GRID;
    const r = Math.trunc(v);
    const fv = v - r;
    for (let j = 0; j < width; j++) {
      const u = (j + 0.5) / GRID;
      const c = Math.trunc(u);
      const fu = u - c;
      const at = r * columns + c;
      const upper = (nodes[at] ?? 0) * (1 - fu) + (nodes[at + 1] ?? 0) * fu;
      const lower = (nodes[at + columns] ?? 0) * (1 - fu) + (nodes[at + columns + 1] ?? 0) * fu;
      pixels[i * width + j] = upper * (1 - fv) + lower * fv;
    }
  }
  return pixels;
}
