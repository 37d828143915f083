import { clamp } from './geometry.js';

/*
 * Eyes and mouth of the carried face: curves between their corners, across which the reference is stretched. `add_feature` of the training
 * code's `conditions/face.py`.
 */

/** The least distance of two curves, in distances of the corners. */
const APART = 0.01;
/**
 * Between lips that are farther apart than the reference's by GAPE, in mouth widths, the picture keeps 1 - DARK of its light; towards the lips
 * it brightens within SOFT.
 */
const GAPE = 0.12;
const DARK = 0.75;
const SOFT = 0.05;
/**
 * Upper teeth show below the upper lip as far down as TEETH, in mouth widths, and fade towards the corners of the mouth within SIDES of its
 * width.
 */
const TEETH = 0.12;
const SIDES = 0.3;

/** Two corners of eye or mouth, and the curves between them from top to bottom, of the 68 points. */
interface Feature {
  readonly corners: readonly [number, number];
  readonly curves: readonly (readonly number[])[];
  /** Which space between curves is dark once it opens, from above, counted with the one above the first curve. */
  readonly inner?: number;
  /** How far above and below its corners it is stretched, in distances of the two. */
  readonly reach: number;
  /**
   * How much farther out than its points an eye of the reference is taken to open, in distances of the corners: else the white below the
   * points of a lower lid stays when the lids close.
   */
  readonly margin?: number;
}

/** Of an eye. */
const MARGIN = 0.08;

export const FEATURES: readonly Feature[] = [
  {
    corners: [36, 39],
    curves: [
      [37, 38],
      [41, 40],
    ],
    reach: 0.6,
    margin: MARGIN,
  },
  {
    corners: [42, 45],
    curves: [
      [43, 44],
      [47, 46],
    ],
    reach: 0.6,
    margin: MARGIN,
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
/** The points of the 68 that lie on a curve. */
export const ON_CURVES = new Set(FEATURES.flatMap(({ curves }) => curves.flat()));

/** The window of the picture, and what is added to each of its pixels: [height, width]. */
export interface Shifts {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** Pixels to add to the place that is read. */
  readonly across: Float64Array;
  readonly down: Float64Array;
  /** How much of its light a pixel keeps, 0..1. */
  readonly light: Float64Array;
  /** How much of it is covered by teeth, 0..1. */
  readonly teeth: Float64Array;
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

/** A feature's curves in its frame: along, below, along, below ... of each point, corners included. Flat, since every pixel asks for them. */
function curvesOf(places: Float64Array, { curves }: Feature, frame: Frame): Float64Array[] {
  return curves.map((curve) => {
    const between = curve.flatMap((k) => within(frame, places[2 * k] ?? 0, places[2 * k + 1] ?? 0));
    return Float64Array.of(0, 0, ...between, 1, 0);
  });
}

/**
 * Fills `levels` with where the curves lie at `along`, in rising order within the reach; its first and last are the reach itself. The two
 * curves of an eye lie `margin` farther out in its middle.
 */
function fillLevels(
  curves: readonly Float64Array[],
  { reach, margin, along }: { reach: number; margin: number; along: number },
  levels: Float64Array,
): void {
  levels[0] = -reach;
  const out = 4 * along * (1 - along) * margin;
  for (let n = 0; n < curves.length; n++) {
    const lowest = (levels[n] ?? 0) + APART;
    const height = heightAt(curves[n], along) + (n === 0 ? -out : out);
    levels[n + 1] = Math.min(Math.max(height, lowest), reach - APART * (curves.length - n));
  }
  levels[curves.length + 1] = reach;
}

/** How far an eye's lids are apart in the middle, in distances of its corners. */
function opening(curves: readonly Float64Array[]): number {
  return heightAt(curves[1], 0.5) - heightAt(curves[0], 0.5);
}

/** How far below its corners a curve lies at `along`; 0 where no part of it does. */
function heightAt(curve: Float64Array | undefined, along: number): number {
  let value = 0;
  let at = 0;
  let height = 0;
  for (let k = 0; curve && k < curve.length; k += 2) {
    const to = curve[k] ?? 0;
    const level = curve[k + 1] ?? 0;
    if (to > at && at <= along && along <= to) value = height + ((along - at) / (to - at)) * (level - height);
    at = to;
    height = level;
  }
  return value;
}

/** Adds the stretching across a feature to the shifts of pixels, and darkens an opened mouth below its teeth. */
export function addFeature(
  { top, left, height, width, across, down, light, teeth }: Shifts,
  goal: Float64Array,
  source: Float64Array,
  feature: Feature,
): void {
  const [f, g] = [frameOf(goal, feature.corners), frameOf(source, feature.corners)];
  const [wantedCurves, givenCurves] = [curvesOf(goal, feature, f), curvesOf(source, feature, g)];
  const [wanted, given] = [f, g].map(() => new Float64Array(feature.curves.length + 2));
  if (!wanted || !given) return;
  const { reach, margin = 0 } = feature;
  // Lids that close take the margin with them.
  const kept = margin * clamp(opening(wantedCurves) / Math.max(opening(givenCurves), APART));
  const far = (1 + reach) * f.length;
  const [middleX, middleY] = [f.x + 0.5 * f.acrossX * f.length, f.y + 0.5 * f.acrossY * f.length];
  const [first, last] = [Math.trunc(middleY - far) - top, Math.trunc(middleY + far) + 1 - top];
  const [start, end] = [Math.trunc(middleX - far) - left, Math.trunc(middleX + far) + 1 - left];
  for (let i = Math.max(0, first); i < Math.min(height, last); i++) {
    for (let j = Math.max(0, start); j < Math.min(width, end); j++) {
      const [along, below] = within(f, left + j + 0.5, top + i + 0.5);
      if (!(along > 0 && along < 1) || Math.abs(below) >= reach) continue;
      fillLevels(wantedCurves, { reach, margin: kept, along }, wanted);
      fillLevels(givenCurves, { reach, margin, along }, given);
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
      const [under, over] = [share * (to - from), (1 - share) * (to - from)];
      light[at] = 1 - DARK * opened * clamp(Math.min(under, over) / SOFT);
      const side = clamp(Math.min(along, 1 - along) / SIDES);
      teeth[at] = opened * side * clamp(under / SOFT) * clamp((TEETH - under) / SOFT) * clamp(over / SOFT);
    }
  }
}
