import type { Picture } from '../picture.js';

/** What a decoder with `maps` gives for a picture, and the pictures that it saw. */
export interface CarriedMaps {
  /** [5, height / 2, width / 2]: own red, green, blue, gate, person. */
  readonly half: Float32Array;
  /** [2, height / 4, width / 4]: across and down. */
  readonly flow: Float32Array;
  /** [3, height, width], -1..1. */
  readonly carried: Float32Array;
  readonly plate: Float32Array;
  readonly width: number;
  readonly height: number;
}

export interface Mixed {
  /** RGB, [height, width] pixels. */
  readonly picture: Picture;
  /** Where the person is: [height, width], 0..1. */
  readonly personMask: Float32Array;
}

/** Maps at half of the picture's size: three colours, gate, person. */
const HALF = 5;

/**
 * The carried picture moved by a small flow, and where that is wrong the network's own colours, or the plate: the end of
 * `CarriedDecoder` of the training code (`networks/autoencoder.py`), whose arithmetic this is. Here it goes once over the picture, where
 * the runtime's grid sampling and enlarging alone take as long as the whole denoiser. `reach`: longest flow, pixels.
 */
export function mixCarried(
  { half: maps, flow: given, carried, plate, width, height }: CarriedMaps,
  reach: number,
): Mixed {
  const area = width * height;
  const bytes = new Uint8Array(3 * area);
  const personMask = new Float32Array(area);
  const flow = smoothFlow(given, width / 4, height / 4, reach);
  const half = new Float32Array((HALF * width) / 2);
  const row: Row = {
    own: [new Float32Array(width), new Float32Array(width), new Float32Array(width)],
    gate: new Float32Array(width),
    person: new Float32Array(width),
    across: new Float32Array(width),
    down: new Float32Array(width),
  };
  const quarter = new Float32Array(width / 4);
  for (let y = 0; y < height; y++) {
    halfRow(half, maps, y, width, height);
    [...row.own, row.gate, row.person].forEach((to, c) => {
      // tanh(x) = 2 s(2x) - 1, s the logistic function.
      twice(to, half.subarray((c * width) / 2, ((c + 1) * width) / 2), c < 3 ? 2 : 1);
    });
    flowRow(quarter, flow, y, width / 4, height / 4, 0);
    fourTimes(row.across, quarter);
    flowRow(quarter, flow, y, width / 4, height / 4, area / 16);
    fourTimes(row.down, quarter);
    personMask.set(row.person, y * width);
    mixRow(bytes, row, { carried, plate, width, height }, y);
  }
  return { picture: { width, height, channels: 3, data: bytes }, personMask };
}

/** The maps at a row of the picture, [width] each: logistic functions of the network's outputs, and the flow in pixels. */
interface Row {
  readonly own: readonly [Float32Array, Float32Array, Float32Array];
  readonly gate: Float32Array;
  readonly person: Float32Array;
  readonly across: Float32Array;
  readonly down: Float32Array;
}

function mixRow(
  bytes: Uint8Array,
  { own, gate, person, across, down }: Row,
  { carried, plate, width, height }: Omit<CarriedMaps, 'half' | 'flow'>,
  y: number,
): void {
  const [ownRed, ownGreen, ownBlue] = own;
  const area = width * height;
  const [lastX, lastY] = [width - 1, height - 1];
  for (let x = 0, at = y * width, to = 3 * y * width; x < width; x++, at++, to += 3) {
    const sx = within(x + (across[x] ?? 0), lastX);
    const sy = within(y + (down[x] ?? 0), lastY);
    const left = sx | 0;
    const top = sy | 0;
    const fx = sx - left;
    const fy = sy - top;
    const p = top * width + left;
    const right = left < lastX ? 1 : 0;
    const q = top < lastY ? p + width : p;
    const w00 = (1 - fx) * (1 - fy);
    const w01 = fx * (1 - fy);
    const w10 = (1 - fx) * fy;
    const w11 = fx * fy;
    const open = gate[x] ?? 0;
    const stays = 1 - open;
    const drawn = open * (person[x] ?? 0) * COLOURS;
    const behind = open * (1 - (person[x] ?? 0));
    for (let c = 0, from = 0; c < 3; c++, from += area) {
      const i = from + p;
      const j = from + q;
      const moved =
        (carried[i] ?? 0) * w00 +
        (carried[i + right] ?? 0) * w01 +
        (carried[j] ?? 0) * w10 +
        (carried[j + right] ?? 0) * w11;
      const colour = c === 0 ? ownRed[x] : c === 1 ? ownGreen[x] : ownBlue[x];
      const value = stays * moved + drawn * (2 * (colour ?? 0) - 1) + behind * (plate[from + at] ?? 0);
      const level = (value + 1) * 127.5 + 0.5;
      bytes[to + c] = level <= 0 ? 0 : level >= 255 ? 255 : level;
    }
  }
}

/** The network's own colours reach a little beyond what a picture holds, so that its ends are reached. */
const COLOURS = 1.05;

/** Bilinear enlarging by two, across, and then the logistic function of `steep` times the value. */
function twice(to: Float32Array, from: Float32Array, steep: number): void {
  const last = from.length - 1;
  for (let k = 0, at = 0; k <= last; k++) {
    const here = 0.75 * (from[k] ?? 0);
    to[at++] = sigmoid(steep * (here + 0.25 * (from[k > 0 ? k - 1 : 0] ?? 0)));
    to[at++] = sigmoid(steep * (here + 0.25 * (from[k < last ? k + 1 : last] ?? 0)));
  }
}

/** Bilinear enlarging by four, across. */
function fourTimes(to: Float32Array, from: Float32Array): void {
  const last = from.length - 1;
  for (let k = 0, at = 0; k <= last; k++) {
    const here = from[k] ?? 0;
    const before = (from[k > 0 ? k - 1 : 0] ?? 0) - here;
    const after = (from[k < last ? k + 1 : last] ?? 0) - here;
    to[at++] = here + 0.375 * before;
    to[at++] = here + 0.125 * before;
    to[at++] = here + 0.125 * after;
    to[at++] = here + 0.375 * after;
  }
}

/** Bilinear enlarging by two, downwards: the five maps at row `y` of the picture. */
function halfRow(half: Float32Array, maps: Float32Array, y: number, width: number, height: number): void {
  const rows = height / 2;
  const near = y >> 1;
  const far = (y & 1) === 0 ? (near > 0 ? near - 1 : 0) : near + 1 < rows ? near + 1 : near;
  const columns = width / 2;
  for (let c = 0, to = 0; c < HALF; c++) {
    const [a, b] = [(c * rows + near) * columns, (c * rows + far) * columns];
    for (let x = 0; x < columns; x++) half[to++] = 0.75 * (maps[a + x] ?? 0) + 0.25 * (maps[b + x] ?? 0);
  }
}

/** Bilinear enlarging by four, downwards: one of the flow's two parts at row `y` of the picture. */
function flowRow(
  to: Float32Array,
  flow: Float32Array,
  y: number,
  columns: number,
  rows: number,
  start: number,
): void {
  const off = ((y & 3) + 0.5) / 4 - 0.5;
  const near = y >> 2;
  const far = off < 0 ? (near > 0 ? near - 1 : 0) : near + 1 < rows ? near + 1 : near;
  const share = off < 0 ? -off : off;
  const [a, b] = [start + near * columns, start + far * columns];
  for (let x = 0; x < columns; x++) to[x] = (flow[a + x] ?? 0) * (1 - share) + (flow[b + x] ?? 0) * share;
}

/** The flow in pixels, [2, rows, columns]: each place the mean of itself and the eight round it, zeros beyond the edge. */
function smoothFlow(maps: Float32Array, columns: number, rows: number, reach: number): Float32Array {
  const area = columns * rows;
  const flow = new Float32Array(2 * area);
  for (let c = 0; c < 2; c++) {
    const from = c * area;
    for (let i = 0; i < area; i++) {
      const value = (reach * (2 * sigmoid(maps[from + i] ?? 0) - 1)) / 9;
      const [y, x] = [(i / columns) | 0, i % columns];
      const [top, bottom] = [y > 0 ? y - 1 : 0, y + 1 < rows ? y + 1 : y];
      const [left, right] = [x > 0 ? x - 1 : 0, x + 1 < columns ? x + 1 : x];
      for (let j = top; j <= bottom; j++) {
        for (let k = left; k <= right; k++) {
          const at = c * area + j * columns + k;
          flow[at] = (flow[at] ?? 0) + value;
        }
      }
    }
  }
  return flow;
}

function within(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value;
}

/** From a table, since the logistic function of a million values a picture would take longer than all else here. Off by at most 6e-5. */
const REACH = 16;
const STEPS = 2048;
const TABLE = Float32Array.from(
  { length: 2 * REACH * STEPS + 1 },
  (_, i) => 1 / (1 + Math.exp(REACH - i / STEPS)),
);

function sigmoid(value: number): number {
  const place = (value + REACH) * STEPS + 0.5;
  return TABLE[place <= 0 ? 0 : place >= TABLE.length ? TABLE.length - 1 : place | 0] ?? 0;
}
