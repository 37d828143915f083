import type { Affine } from '../../pose/least-squares.js';
import { clamp } from './geometry.js';

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
/** The least distance of two curves, in distances of the corners. */
const APART = 0.01;
/**
 * Between lips that are farther apart than the reference's by GAPE, in mouth widths, the picture keeps 1 - DARK of its light; towards the lips
 * it brightens within SOFT.
 */
const GAPE = 0.12;
const DARK = 0.75;
const SOFT = 0.05;

/** Two corners of eye or mouth, and the curves between them from top to bottom, of the 68 points. */
interface Feature {
  readonly corners: readonly [number, number];
  readonly curves: readonly (readonly number[])[];
  /** Which space between curves is dark once it opens, from above, counted with the one above the first curve. */
  readonly inner?: number;
  /** How far above and below its corners it is stretched, in distances of the two. */
  readonly reach: number;
}

const FEATURES: readonly Feature[] = [
  {
    corners: [36, 39],
    curves: [
      [37, 38],
      [41, 40],
    ],
    reach: 0.6,
  },
  {
    corners: [42, 45],
    curves: [
      [43, 44],
      [47, 46],
    ],
    reach: 0.6,
  },
  {
    corners: [48, 54],
    curves: [
      [49, 50, 51, 52, 53],
      [60, 61, 62, 63, 64],
      [60, 67, 66, 65, 64],
      [59, 58, 57, 56, 55],
    ],
    inner: 2,
    reach: 0.5,
  },
];
const ON_CURVES = new Set(FEATURES.flatMap(({ curves }) => curves.flat()));

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

/** A feature's first corner, the direction to its second, and the distance of the two. */
interface Frame {
  readonly x: number;
  readonly y: number;
  readonly acrossX: number;
  readonly acrossY: number;
  readonly length: number;
}

function frameOf(places: Float64Array, [first, second]: Feature['corners']): Frame {
  const [x, y] = [places[2 * first] ?? 0, places[2 * first + 1] ?? 0];
  const [dx, dy] = [(places[2 * second] ?? 0) - x, (places[2 * second + 1] ?? 0) - y];
  const length = Math.sqrt(dx * dx + dy * dy) + 1e-6;
  return { x, y, acrossX: dx / length, acrossY: dy / length, length };
}

/** A place in a feature's frame: along from corner to corner, 0..1, and below, in distances of the corners. */
function within({ x, y, acrossX, acrossY, length }: Frame, px: number, py: number): [number, number] {
  const [dx, dy] = [px - x, py - y];
  return [(dx * acrossX + dy * acrossY) / length, (dy * acrossX - dx * acrossY) / length];
}

/** A feature's curves in its frame: along and below of each point, corners included. */
function curvesOf(places: Float64Array, { curves }: Feature, frame: Frame): [number, number][][] {
  return curves.map((curve) => [
    [0, 0],
    ...curve.map((k) => within(frame, places[2 * k] ?? 0, places[2 * k + 1] ?? 0)),
    [1, 0],
  ]);
}

/** Fills `levels` with where the curves lie at `along`, in rising order within the reach; its first and last are the reach itself. */
function fillLevels(curves: [number, number][][], reach: number, along: number, levels: number[]): void {
  levels[0] = -reach;
  curves.forEach((curve, n) => {
    let value = 0;
    let [at, height] = [0, 0];
    for (const [to, level] of curve) {
      if (to > at && at <= along && along <= to)
        value = height + ((along - at) / (to - at)) * (level - height);
      [at, height] = [to, level];
    }
    const lowest = (levels[n] ?? 0) + APART;
    levels[n + 1] = Math.min(Math.max(value, lowest), reach - APART * (curves.length - n));
  });
  levels[curves.length + 1] = reach;
}

/** Adds the stretching across a feature to the shifts of pixels, and darkens an opened mouth. */
function addFeature(
  {
    top,
    left,
    height,
    width,
    across,
    down,
    light,
  }: Place & Record<'across' | 'down' | 'light', Float64Array>,
  goal: Float64Array,
  source: Float64Array,
  feature: Feature,
): void {
  const [f, g] = [frameOf(goal, feature.corners), frameOf(source, feature.corners)];
  const [wantedCurves, givenCurves] = [curvesOf(goal, feature, f), curvesOf(source, feature, g)];
  const [wanted, given]: [number[], number[]] = [[], []];
  const { reach } = feature;
  const far = (1 + reach) * f.length;
  const [middleX, middleY] = [f.x + 0.5 * f.acrossX * f.length, f.y + 0.5 * f.acrossY * f.length];
  const [first, last] = [Math.trunc(middleY - far) - top, Math.trunc(middleY + far) + 1 - top];
  const [start, end] = [Math.trunc(middleX - far) - left, Math.trunc(middleX + far) + 1 - left];
  for (let i = Math.max(0, first); i < Math.min(height, last); i++) {
    for (let j = Math.max(0, start); j < Math.min(width, end); j++) {
      const [along, below] = within(f, left + j + 0.5, top + i + 0.5);
      if (!(along > 0 && along < 1) || Math.abs(below) >= reach) continue;
      fillLevels(wantedCurves, reach, along, wanted);
      fillLevels(givenCurves, reach, along, given);
      let k = 0;
      while (k < feature.curves.length && below > (wanted[k + 1] ?? 0)) k += 1;
      const [from, to] = [wanted[k] ?? 0, wanted[k + 1] ?? 0];
      const [low, high] = [given[k] ?? 0, given[k + 1] ?? 0];
      const share = (below - from) / (to - from);
      const more = (low + share * (high - low) - below) * g.length;
      const at = i * width + j;
      across[at] = (across[at] ?? 0) - more * g.acrossY;
      down[at] = (down[at] ?? 0) + more * g.acrossX;
      if (k !== feature.inner) continue;
      const opened = clamp((to - from - (high - low)) / GAPE);
      light[at] = 1 - DARK * opened * clamp((Math.min(share, 1 - share) * (to - from)) / SOFT);
    }
  }
}
