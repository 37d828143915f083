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
/**
 * How often what spreading still leaves at the points is spread again: else brows move 0.83 of their way, and corners of the mouth 0.7.
 * What lies at the sides of the face is left as it is: it moves most as a head turns, and would fold. `SIDES`: how many points of the jaw,
 * and the outer ends of brows and eyes.
 */
const REPEATS = 2;
const SIDES = { jaw: 17, others: new Set([17, 26, 36, 45]) };
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

/** Values of the window's pixels, [height, width] each. */
export interface FaceShifts {
  /** What is added to the map, across and down. */
  readonly across: Float64Array;
  readonly down: Float64Array;
  /** How much of its light a pixel keeps, 0..1. */
  readonly light: Float64Array;
  /** How much of it teeth cover, 0..1. */
  readonly teeth: Float64Array;
}

/** Pixels of a window. */
export function pixelsOf(window: Window): number {
  return Math.max(0, window.bottom - window.top) * Math.max(0, window.right - window.left);
}

/** Fills `shifts` with what to add to the map `back` within the window. `source` has the points that `goal` has. */
export function fillFaceShifts(
  shifts: FaceShifts,
  window: Window,
  back: Affine,
  goal: FacePoints,
  source: Float64Array,
): void {
  const { top, left } = window;
  const place = {
    top,
    left,
    height: Math.max(0, window.bottom - top),
    width: Math.max(0, window.right - left),
  };
  const nodes = coarseShifts(place, back, goal, source);
  enlarge(nodes.across, nodes.columns, place, shifts.across);
  enlarge(nodes.down, nodes.columns, place, shifts.down);
  shifts.light.fill(1);
  shifts.teeth.fill(0);
  if (goal.ids.length * 2 !== goal.places.length) return;
  for (const feature of FEATURES) addFeature({ ...place, ...shifts }, goal.places, source, feature);
}

interface Place {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** What is to be spread from a point of the face, in pixels. */
interface Rest {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  across: number;
  down: number;
}

/** Gaussian weight of a point at a squared distance, none past four times the spread; `squared` is the spread's square. */
function weightAt(distance: number, squared: number): number {
  return distance > 16 * squared ? 0 : Math.exp(-distance / (2 * squared));
}

/** What the map leaves at the points that are on no curve, such that spread it reaches them. */
function rests(
  { a, b, c, d, e, f }: Affine,
  { places, ids }: FacePoints,
  source: Float64Array,
  squared: number,
): Rest[] {
  const left = ids
    .filter((k) => !ON_CURVES.has(k))
    .map((k): Rest => {
      const [x, y] = [places[2 * k] ?? 0, places[2 * k + 1] ?? 0];
      const across = (source[2 * k] ?? 0) - (a * x + b * y + c);
      return { id: k, x, y, across, down: (source[2 * k + 1] ?? 0) - (d * x + e * y + f) };
    });
  const wanted = left.map(({ across, down }) => ({ across, down }));
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const reached = left.map(({ x, y }) => {
      let [total, across, down] = [HOLD, 0, 0];
      for (const other of left) {
        const weight = weightAt((other.x - x) ** 2 + (other.y - y) ** 2, squared);
        total += weight;
        across += weight * other.across;
        down += weight * other.down;
      }
      return { across: across / total, down: down / total };
    });
    left.forEach((rest, n) => {
      if (rest.id < SIDES.jaw || SIDES.others.has(rest.id)) return;
      rest.across += (wanted[n]?.across ?? 0) - (reached[n]?.across ?? 0);
      rest.down += (wanted[n]?.down ?? 0) - (reached[n]?.down ?? 0);
    });
  }
  return left;
}

/** At the nodes of a grid: what the map leaves at the points that are on no curve, spread by Gaussians. */
function coarseShifts(
  { top, left, height, width }: Place,
  back: Affine,
  goal: FacePoints,
  source: Float64Array,
) {
  const rows = Math.floor(height / GRID) + 2;
  const columns = Math.floor(width / GRID) + 2;
  const total = new Float64Array(rows * columns);
  const across = new Float64Array(rows * columns);
  const down = new Float64Array(rows * columns);
  const spread = SPREAD * extent(goal.places, goal.ids);
  for (const rest of rests(back, goal, source, spread * spread)) {
    const [first, last] = nodesNear(rest.x - left, 4 * spread, columns);
    const [upper, lower] = nodesNear(rest.y - top, 4 * spread, rows);
    for (let row = upper; row < lower; row++) {
      for (let column = first; column < last; column++) {
        const distance = (left + GRID * column - rest.x) ** 2 + (top + GRID * row - rest.y) ** 2;
        const weight = weightAt(distance, spread * spread);
        const node = row * columns + column;
        total[node] = (total[node] ?? 0) + weight;
        across[node] = (across[node] ?? 0) + weight * rest.across;
        down[node] = (down[node] ?? 0) + weight * rest.down;
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

/** Fills `pixels` [height, width], bilinear between the grid's nodes. */
function enlarge(nodes: Float64Array, columns: number, { height, width }: Place, pixels: Float64Array): void {
  const line = new Float64Array(columns);
  for (let i = 0; i < height; i++) {
    const v = (i + 0.5) / GRID;
    const r = Math.trunc(v);
    const fv = v - r;
    for (let c = 0, at = r * columns; c < columns; c++, at++)
      line[c] = (nodes[at] ?? 0) * (1 - fv) + (nodes[at + columns] ?? 0) * fv;
    for (let j = 0; j < width; j++) {
      const u = (j + 0.5) / GRID;
      const c = Math.trunc(u);
      pixels[i * width + j] = (line[c] ?? 0) * (1 - u + c) + (line[c + 1] ?? 0) * (u - c);
    }
  }
}
