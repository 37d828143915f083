import type { Area } from '../area.js';

/*
 * Pieces of a reference that do not belong to their part, and rows that a part lacks: `conditions/pieces.py` of the training code; a change here
 * is a change there.
 */

/** A part of the reference, and the box of what it covers: x0, y0, x1, y1, far beyond the lower edge where that cuts it off. */
export interface Part {
  /** `Float32Array` [rows, columns, 4]: RGB (0..255) times cover, and cover (0..1); with a pixel of nothing round it within the reference. */
  readonly pixels: Float32Array;
  /** Where `pixels` lie in the reference. */
  readonly place: Area;
  /** Of the reference. */
  readonly height: number;
  readonly box: readonly [number, number, number, number];
}

/** Fainter than this the head's cover does not make a piece of its own. */
const ISLAND = 0.1;
/** Pixels round what is thick enough that stay with it. */
const SPARED = 2;
/** Rows that a trunk goes on below its picture, as a part of the picture's width, and over how many pixels to each side a row is smoothed. */
const BELOW = 8;
const SMOOTH = 2;

/**
 * Takes from the head's cover [height, size] what does not hang together with its largest piece: tips of a collar, hair on a shoulder.
 * `person` [height, size], 0..1.
 */
export function dropIslands(head: Float32Array, person: Float32Array, size: number): void {
  const labels = new Uint16Array(head.length);
  const shown = (at: number): boolean => (head[at] ?? 0) * (person[at] ?? 0) > ISLAND;
  let largest = { label: 0, pixels: 0 };
  for (let start = 0, label = 0; start < head.length; start++) {
    if (labels[start] || !shown(start)) continue;
    label += 1;
    labels[start] = label;
    const open = [start];
    let pixels = 0;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      pixels += 1;
      const column = at % size;
      const beside = [column > 0 ? at - 1 : -1, column < size - 1 ? at + 1 : -1, at - size, at + size];
      for (const next of beside) {
        if (next < 0 || next >= head.length || labels[next] || !shown(next)) continue;
        labels[next] = label;
        open.push(next);
      }
    }
    if (pixels > largest.pixels) largest = { label, pixels };
  }
  for (let at = 0; at < head.length; at++) if (labels[at] && labels[at] !== largest.label) head[at] = 0;
}

/** Takes from a part's cover [height, size] its pieces that are thinner than twice `least` pixels. `person` [height, size], 0..1. */
export function dropSlivers(part: Float32Array, person: Float32Array, size: number, least: number): void {
  const reach = Math.max(1, Math.floor(least + 0.5));
  const shown = new Uint8Array(part.length);
  for (let at = 0; at < part.length; at++) if ((part[at] ?? 0) * (person[at] ?? 0) > 0.5) shown[at] = 1;
  const thick = extremes(shown, size, reach, 0);
  const kept = extremes(thick, size, reach + SPARED, 1);
  for (let at = 0; at < part.length; at++) if (!kept[at]) part[at] = 0;
}

/** Each pixel is `wanted` where any pixel of the picture within `reach` of it, across and down, is. */
function extremes(mask: Uint8Array, size: number, reach: number, wanted: 0 | 1): Uint8Array {
  const height = mask.length / size;
  const across = along(mask, { lines: height, length: size, line: size, step: 1 }, reach, wanted);
  return along(across, { lines: size, length: height, line: 1, step: size }, reach, wanted);
}

/** How lines lie in a picture: `length` pixels each, `step` apart, and `line` from one line to the next. */
interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly line: number;
  readonly step: number;
}

function along(
  mask: Uint8Array,
  { lines, length, line, step }: Lines,
  reach: number,
  wanted: 0 | 1,
): Uint8Array {
  const out = new Uint8Array(mask.length).fill(1 - wanted);
  for (let k = 0; k < lines; k++) {
    const start = k * line;
    let filled = 0;
    for (let at = 0; at < length; at++) {
      if (mask[start + at * step] !== wanted) continue;
      const end = Math.min(length, at + reach + 1);
      for (filled = Math.max(filled, at - reach); filled < end; filled++) out[start + filled * step] = wanted;
    }
  }
  return out;
}

/**
 * The part, where its picture of `size` columns cuts it off below, with rows more: the colours of the last row, smoother from row to row. A
 * row that merely went on would be a stripe of each of its pixels.
 */
export function goingOn(part: Part, size: number): Part {
  const { place, height } = part;
  if (place.width === 0 || place.top + place.height < height) return part;
  const more = Math.floor(size / BELOW);
  const row = 4 * place.width;
  const pixels = new Float32Array(part.pixels.length + more * row);
  pixels.set(part.pixels);
  const last = part.pixels.subarray(part.pixels.length - row);
  for (let to = part.pixels.length; to < pixels.length; to += row) smoothRow(pixels, to - row, to, last);
  const [x0, y0, x1] = part.box;
  return {
    pixels,
    place: { ...place, height: place.height + more },
    height: height + more,
    box: [x0, y0, x1, 4 * (height + more)],
  };
}

/** Fills the row at `to` with the smoothed colours of the one at `from`, and the cover of `last`. */
function smoothRow(pixels: Float32Array, from: number, to: number, last: Float32Array): void {
  const width = last.length / 4;
  for (let x = 0; x < width; x++) {
    const cover = last[4 * x + 3] ?? 0;
    const sums = [0, 0, 0, 0];
    for (let k = Math.max(0, x - SMOOTH); k <= Math.min(width - 1, x + SMOOTH); k++)
      for (let c = 0; c < 4; c++) sums[c] = (sums[c] ?? 0) + (pixels[from + 4 * k + c] ?? 0);
    const [red = 0, green = 0, blue = 0, covered = 0] = sums;
    const share = cover / Math.max(covered, 1e-6);
    pixels.set([red * share, green * share, blue * share, cover], to + 4 * x);
  }
}
