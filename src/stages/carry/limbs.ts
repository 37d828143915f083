import { ARMS, has, shoulderSpan, xOf, yOf } from './geometry.js';

/*
 * The outlines of a reference's arms, measured once a clip on the person's mask: `conditions/limbs.py` of the training code.
 */

/** Usual and largest half width of an upper arm and a forearm, in shoulder widths; how much wider one side is than the other at most. */
const UPPER_RADIUS = 0.15;
const FOREARM_RADIUS = 0.12;
const WIDEST = 0.26;
const ASIDE = 1.2;
/** How far within its measured edge a limb ends, so that its outline is smooth: in usual half widths. */
const INSET = 0.08;
/** A limb of which a reference shows less than this share is taken from another. */
const LEAST_SEEN = 0.3;
/** A forearm of which none is shown is the upper arm from here on, so much narrower. */
const BORROWED_FROM = 0.55;
const NARROWER = 0.8;
/** Places along a limb at which its width is measured. */
export const STATIONS = 24;

/** Where a person is: [height, width], 0..1. */
export interface Mask {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A limb as far as the reference's picture shows it. */
export interface Limb {
  /** First end x, y and second end x, y. */
  readonly ends: readonly [number, number, number, number];
  /** [STATIONS, 2] pixels from the bone to either side. */
  readonly outline: Float64Array;
}

/** Half the width of a limb at its second end, reference pixels. */
export function endWidth({ outline }: Limb): number {
  return ((outline.at(-1) ?? 0) + (outline.at(-2) ?? 0)) / 2;
}

/** The limbs of ARMS; one whose keypoints are missing, or of which the picture shows too little, is another one, or undefined. */
export function limbsOf(person: Mask, points: Float64Array): (Limb | undefined)[] {
  const shown = shownLimbs(person, points);
  return shown.map((limb, k) => limb ?? borrowed(shown, k));
}

/**
 * The same limb of the other arm, else for a forearm the end of an upper arm, its own first. Portraits end above the hands, and what is not
 * carried is a haze.
 */
function borrowed(shown: readonly (Limb | undefined)[], k: number): Limb | undefined {
  const other = (k + 2) % 4;
  if (shown[other] || k % 2 === 0) return shown[other];
  const upper = shown[k - 1] ?? shown[other - 1];
  if (!upper) return undefined;
  const [ax, ay, bx, by] = upper.ends;
  const ends = [ax + BORROWED_FROM * (bx - ax), ay + BORROWED_FROM * (by - ay), bx, by] as const;
  const outline = Float64Array.from({ length: 2 * STATIONS }, (_, at) => {
    const along = BORROWED_FROM + ((1 - BORROWED_FROM) * ((at >> 1) + 0.5)) / STATIONS;
    return NARROWER * widthAt(upper.outline, along, 2 * (at & 1) - 1);
  });
  return { ends, outline };
}

function shownLimbs(person: Mask, points: Float64Array): (Limb | undefined)[] {
  const span = shoulderSpan(points);
  return ARMS.map(([a, b], k) => {
    if (!has(points, a) || !has(points, b)) return undefined;
    const [ax, ay, bx, by] = [xOf(points, a), yOf(points, a), xOf(points, b), yOf(points, b)];
    const usual = (k % 2 === 0 ? UPPER_RADIUS : FOREARM_RADIUS) * span;
    // Where a limb leaves the picture the whole of its width is to be seen.
    const share = shareWithin([ax, ay], [bx, by], [person.width, person.height], 0.5 * usual);
    if (share < LEAST_SEEN) return undefined;
    const ends = [ax, ay, ax + share * (bx - ax), ay + share * (by - ay)] as const;
    return { ends, outline: outlineOf(person, ends, usual, WIDEST * span) };
  });
}

/** Share of the way from a to b that lies within a picture of `size`, `margin` pixels from its edges, 0..1. */
function shareWithin(a: readonly number[], b: readonly number[], size: readonly number[], margin: number) {
  let share = 1;
  for (const [axis, length] of size.entries()) {
    const [from = 0, to = 0] = [a[axis], b[axis]];
    if (!(from > margin && from < length - margin)) return 0;
    if (to !== from) share = Math.min(share, ((to > from ? length - margin : margin) - from) / (to - from));
  }
  return share;
}

/**
 * Where the person does not end within `most`, the limb lies on the body: that side is about as wide as the other one, or `usual`.
 */
function outlineOf(person: Mask, [ax, ay, bx, by]: Limb['ends'], usual: number, most: number): Float64Array {
  const [x, y] = [bx - ax, by - ay];
  const length = Math.sqrt(x * x + y * y) + 1e-6;
  const rough = new Float64Array(2 * STATIONS);
  for (let k = 0; k < STATIONS; k++) {
    const t = (k + 0.5) / STATIONS;
    const ends = [0, 1].map((side) => {
      const [nx, ny] = [((1 - 2 * side) * y) / length, ((2 * side - 1) * x) / length];
      let d = 0;
      while (d < most && sampled(person, ax + t * x + d * nx, ay + t * y + d * ny) >= 0.5) d += 0.5;
      return d;
    });
    const [first = 0, second = 0] = ends;
    rough[2 * k] = bounded(first, second, usual, most);
    // The second side is compared with the first as it was measured.
    rough[2 * k + 1] = bounded(second, first, usual, most);
  }
  const outline = new Float64Array(2 * STATIONS);
  for (let k = 0; k < STATIONS; k++) {
    const [low, high] = [Math.max(0, k - 2), Math.min(STATIONS, k + 3)];
    for (const side of [0, 1]) {
      let sum = 0;
      for (let at = low; at < high; at++) sum += rough[2 * at + side] ?? 0;
      outline[2 * k + side] = sum / (high - low) - INSET * usual;
    }
  }
  return outline;
}

function bounded(measured: number, other: number, usual: number, most: number): number {
  const mine = measured < most ? measured : other < most ? ASIDE * other : usual;
  return Math.max(0.5 * usual, Math.min(mine, ASIDE * Math.max(other, 0.5 * usual)));
}

/** The mask at a place, bilinear; 0 outside the picture. */
function sampled({ data, width, height }: Mask, x: number, y: number): number {
  const [u, v] = [x - 0.5, y - 0.5];
  const [j, i] = [Math.floor(u), Math.floor(v)];
  if (j < 0 || i < 0 || j >= width - 1 || i >= height - 1) return 0;
  const [fu, fv] = [u - j, v - i];
  const at = i * width + j;
  const upper = (data[at] ?? 0) * (1 - fu) + (data[at + 1] ?? 0) * fu;
  const lower = (data[at + width] ?? 0) * (1 - fu) + (data[at + width + 1] ?? 0) * fu;
  return upper * (1 - fv) + lower * fv;
}

/** Half the width of a limb at the share `along` of its bone, on the side where `across` is, between the stations of its outline. */
export function widthAt(outline: Float64Array, along: number, across: number): number {
  const side = across < 0 ? 0 : 1;
  const place = Math.min(STATIONS - 1.001, Math.max(0, along * STATIONS - 0.5));
  const k = Math.trunc(place);
  const here = outline[2 * k + side] ?? 0;
  return here + (place - k) * ((outline[2 * k + 2 + side] ?? 0) - here);
}
