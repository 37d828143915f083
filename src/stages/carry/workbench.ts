import type { Area } from '../area.js';
import type { Grid } from '../conditions/raster.js';
import { type Block, KernelLayout, type Kernels } from '../kernels/kernels.js';
import { makePlanes, type Planes } from '../planes.js';
import { cellMeans } from '../resample.js';
import type { Carried, CarriedMaps, Mixed } from './carried.js';
import { type LaidPart, OUTLINE_BYTES, type Sheet, shiftBytes } from './lay.js';
import type { Part } from './pieces.js';

/** An upright ellipse, in pixels of the picture. */
export interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly down: number;
}

/** A gate's logit where nothing but the carried picture shows, and over which share of its radius an ellipse fades out. */
const SHUT = -4;
const FADE = 0.4;

const PARTS = ['person', 'trunk', 'neck', 'head'] as const;
type PartName = (typeof PARTS)[number];

/**
 * The memory in which a clip's frames are carried and mixed, with the reference's parts and plate. It is made once a clip; what a frame leaves
 * in it is there until the next one.
 */
export class CarryBench {
  readonly sheet: Sheet;
  readonly carried: Carried;
  /** Where the carried picture is kept: the frame's mouth and brows, which it follows more exactly than the network's own colours do. */
  kept: readonly Ellipse[] = [];
  private readonly kernels: Kernels;
  private readonly blocks: Blocks;
  private readonly planes: Planes;
  private readonly parts: Readonly<Record<PartName, LaidPart>>;

  /** `plate`: [height, width, 4] of the area, 0..255 and nothing laid. */
  constructor(
    readonly area: Area,
    plate: Float32Array,
    parts: Readonly<Record<PartName, Part>>,
  ) {
    const layout = new KernelLayout();
    this.blocks = layOut(layout, area);
    const taken = (name: PartName): LaidPart => ({
      ...parts[name],
      pixels: layout.floats(parts[name].pixels.length),
    });
    this.parts = { person: taken('person'), trunk: taken('trunk'), neck: taken('neck'), head: taken('head') };
    this.kernels = layout.open();
    for (const name of PARTS) this.kernels.floats(this.parts[name].pixels).set(parts[name].pixels);
    this.kernels.floats(this.blocks.plate).set(plate);
    const { kernels } = this;
    const { sheet: pixels, across, down, light, teeth, outline } = this.blocks;
    this.sheet = { kernels, area, pixels, shifts: [across, down], light, teeth, outline };
    const { width, height } = area;
    const data = kernels.floats(this.blocks.planes);
    this.planes = makePlanes(4, width, height, data);
    this.carried = {
      picture: makePlanes(3, width, height, data.subarray(0, 3 * width * height)),
      coverage: makePlanes(1, width, height, data.subarray(3 * width * height)),
      means: (size) => this.means(size),
    };
  }

  part(name: PartName): LaidPart {
    return this.parts[name];
  }

  /** Begins a frame: the plate, and nothing laid. */
  layPlate(): void {
    this.kept = [];
    this.layWhole(this.kernels.floats(this.blocks.plate));
  }

  /** [height, width, 4] of the area as it is. */
  layWhole(pixels: Float32Array): void {
    this.kernels.floats(this.blocks.sheet).set(pixels);
  }

  /** What lies on the sheet, as planes. */
  spread(): Carried {
    const { width, height } = this.area;
    this.kernels.call.spread(this.blocks.sheet.at, width * height, this.blocks.planes.at);
    return this.carried;
  }

  mix({ half, flow, reach, light, slopes }: CarriedMaps): Mixed {
    const { kernels, blocks } = this;
    const { width, height } = this.area;
    const maps = kernels.floats(blocks.half);
    const moves = kernels.floats(blocks.flow);
    maps.set(half);
    // A decoder without light gives two maps.
    moves.fill(0, flow.length).set(flow);
    for (const kept of this.kept) {
      pullTo(SHUT, maps.subarray((3 * width * height) / 4, width * height), 2, this.area, kept);
      for (const axis of [0, 1]) pullTo(0, moves.subarray((axis * width * height) / 16), 4, this.area, kept);
    }
    kernels.call.mix(
      ...[blocks.half.at, blocks.flow.at, blocks.sheet.at, blocks.plate.at],
      ...[width, height, reach, light, slopes.gate, slopes.person],
      ...[blocks.scratch.at, blocks.bytes.at, blocks.person.at],
    );
    const data = kernels.bytes(blocks.bytes).slice(0, 3 * width * height);
    return { picture: { width, height, channels: 3, data }, personMask: kernels.floats(blocks.person) };
  }

  private means(size: Grid): Planes {
    const { width, height } = this.area;
    const halves = width === 2 * size.width && height === 2 * size.height && width % 4 === 0;
    if (!halves) return cellMeans(this.planes, size);
    const { planes, means } = this.blocks;
    this.kernels.call.halve(planes.at, width, 4 * height, means.at);
    return makePlanes(4, size.width, size.height, this.kernels.floats(means));
  }
}

/** Pulls a map of an area, whose places stand for `cell` pixels each way, to a value inside of an ellipse. */
function pullTo(
  value: number,
  map: Float32Array,
  cell: number,
  { left, top, width, height }: Area,
  { x, y, across, down }: Ellipse,
): void {
  const [columns, rows] = [width / cell, height / cell];
  const reach = 1 + FADE;
  const first = (middle: number, radius: number) => Math.max(0, Math.floor((middle - reach * radius) / cell));
  const last = (middle: number, radius: number, most: number) =>
    Math.min(most, Math.ceil((middle + reach * radius) / cell));
  for (let i = first(y - top, down); i < last(y - top, down, rows); i++) {
    for (let j = first(x - left, across); j < last(x - left, across, columns); j++) {
      const [dx, dy] = [(j + 0.5) * cell + left - x, (i + 0.5) * cell + top - y];
      const share = Math.min(1, Math.max(0, (reach - Math.hypot(dx / across, dy / down)) / FADE));
      const at = i * columns + j;
      map[at] = (map[at] ?? 0) + share * (value - (map[at] ?? 0));
    }
  }
}

type Blocks = ReturnType<typeof layOut>;

function layOut(layout: KernelLayout, area: Area) {
  const { width, height } = area;
  const pixels = width * height;
  return {
    sheet: layout.floats(4 * pixels),
    plate: layout.floats(4 * pixels),
    planes: layout.floats(4 * pixels),
    means: layout.floats(pixels),
    across: layout.block(shiftBytes(area)),
    down: layout.block(shiftBytes(area)),
    light: layout.block(shiftBytes(area)),
    teeth: layout.block(shiftBytes(area)),
    outline: layout.block(OUTLINE_BYTES),
    half: layout.floats(Math.floor((5 * pixels) / 4)),
    flow: layout.floats(Math.floor((3 * pixels) / 16)),
    scratch: layout.block(mixScratch(area)),
    // The last pixels are written four at a time.
    bytes: layout.block(3 * pixels + 4),
    person: layout.floats(pixels),
  } satisfies Record<string, Block>;
}

/** Bytes that `mix` lays its rows out in: smoothed flow and light, a row of each enlarged map, and narrower ones. */
function mixScratch({ width, height }: Area): number {
  const row = (length: number): number => 16 * Math.ceil(length / 4) + 32;
  const flows = 3 * (Math.floor(height / 4) + 2) * row(width / 4);
  return flows + row(width / 4) + 2 * row(width / 2) + 8 * row(width);
}
