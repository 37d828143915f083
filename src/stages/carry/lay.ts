import type { Affine } from '../../pose/least-squares.js';
import type { Area } from '../area.js';
import type { Block, Kernels } from '../kernels/kernels.js';
import { type FacePoints, fillFaceShifts, pixelsOf, type Window } from './face.js';
import { type Limb, STATIONS } from './limbs.js';
import type { Part } from './pieces.js';

/*
 * Parts are laid over the picture, bilinear: the training code's `conditions/lay.py`. What is done once a part is here, what is done once a pixel in
 * `kernels/assembly/lay.ts` and `limb.ts`.
 */

/** How far beyond a limb what lies under it is darkened, in half widths. */
const SHADE_REACH = 0.4;
/** How far from its first end a limb that has turned still bends, as a share of its length. */
const BEND = 0.75;

/** What parts are laid on. */
export interface Sheet {
  readonly kernels: Kernels;
  /** The part of the picture that the sheet is. */
  readonly area: Area;
  /** [height, width, 4] of the area: red, green, blue 0..255, and where a part was laid, 0..1. */
  readonly pixels: Block;
  /** Shifts across and down, as long as `shiftBytes` says. */
  readonly shifts: readonly [Block, Block];
  /** How much of their light pixels keep, as long as the shifts. */
  readonly light: Block;
  /** How much of them teeth cover, as long as the shifts. */
  readonly teeth: Block;
  /** A limb's outline, of OUTLINE_BYTES. */
  readonly outline: Block;
}

export const OUTLINE_BYTES = 16 * STATIONS;

/** A part in the kernels' memory. */
export interface LaidPart extends Omit<Part, 'pixels'> {
  readonly pixels: Block;
}

/** Bytes of the shifts of a whole area's pixels, in one direction. */
export function shiftBytes({ width, height }: Area): number {
  return 8 * width * height;
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

/** Lays the head: by the affine map `back` for skull and hair, and within the face by shifts that follow its points. */
export function layHead(
  sheet: Sheet,
  part: LaidPart,
  back: Affine,
  goal: FacePoints,
  source: Float64Array,
): void {
  const window = goalWindow(back, part.box, sheet.area);
  const { top, bottom, left, right } = window;
  const { a, b, c, d, e, f } = back;
  const [first, second] = sheet.shifts;
  const count = pixelsOf(window);
  const pixels = (block: Block): Float64Array => sheet.kernels.doubles(block).subarray(0, count);
  const shifts = {
    across: pixels(first),
    down: pixels(second),
    light: pixels(sheet.light),
    teeth: pixels(sheet.teeth),
  };
  fillFaceShifts(shifts, window, back, goal, source);
  begin(sheet, part).layShifted(
    ...[left, top, right, bottom],
    ...[a, b, c, d, e, f],
    first.at,
    second.at,
    sheet.light.at,
    sheet.teeth.at,
  );
}

/** A limb as it is laid. */
export interface LaidLimb extends Limb {
  /** Reference pixels an output pixel, across the bone, at its first end and its second. */
  readonly scales: readonly [number, number];
  /** Within which share of its half width each of its round ends fades out; 1: it does not. */
  readonly fades: readonly [number, number];
  /** How much darker what lies under it is, close to it. */
  readonly shade: number;
  /** How it leaves its first end beside the way that it takes, radians from the picture's right to its bottom; it bends into that. */
  readonly turn: number;
}

/**
 * Lays a limb along its bone, from `goal` to `goalEnd`: stretched along it, and across it within its outline. Beyond its second end its last
 * colours go on.
 */
export function layBone(
  sheet: Sheet,
  part: LaidPart,
  [goal, goalEnd]: readonly [Place, Place],
  { ends, outline, scales, fades, shade, turn }: LaidLimb,
): void {
  const { area, kernels, outline: block } = sheet;
  const [x0, y0] = goal;
  const [x1, y1] = goalEnd;
  const bent = turn === 0 ? 0 : BEND * Math.hypot(x1 - x0, y1 - y0);
  const reach = Math.max(((1 + SHADE_REACH) * Math.max(...outline)) / Math.min(...scales), bent) + 2;
  const [top, bottom] = within(Math.min(y0, y1) - reach, Math.max(y0, y1) + reach, area.top, area.height);
  const [left, right] = within(Math.min(x0, x1) - reach, Math.max(x0, x1) + reach, area.left, area.width);
  kernels.doubles(block).set(outline);
  begin(sheet, part).layBone(
    ...[left, top, right, bottom],
    ...[...goal, ...goalEnd, ...ends, ...scales, ...fades],
    ...[shade, SHADE_REACH, turn, BEND, block.at, part.height],
  );
}
