import type { Area } from './area.js';
import type { cropBlock } from './crop.js';
import type { DrawnHand } from './hand.js';
import { type Block, KernelLayout, type Kernels } from './kernels/kernels.js';
import { makePlanes, type Planes } from './planes.js';
import { axisTaps, type Taps } from './resample.js';

/** Whole pixels of the picture: from `left` and `top` up to but without `right` and `bottom`. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Planes and masks of an area of the picture. */
export interface CanvasPlanes {
  /** Hands on the uniform background: [3, height, width], -1..1. */
  readonly picture: Planes;
  /** Hands alone, colour times alpha: [3, height, width]. */
  readonly hands: Planes;
  /** Share of each pixel that hands cover, for compositing: [height, width], 0..1. */
  readonly alpha: Float32Array;
  /** The precise mask: pixels that hands cover for the greater part: [height, width], 0 or 1. */
  readonly mask: Float32Array;
}

/** Where in the area a crop lies, and its place in the crop. */
export type HandBlock = ReturnType<typeof cropBlock>;

/** A part of a hand's picture, and where in the area it lies; the block's window is in pixels of the part. */
export interface CoveredPart {
  readonly covered: Region;
  readonly block: HandBlock;
}

/** The memory of a canvas: for an area, a colour, and hands of so many pixels a side. */
interface Opened {
  readonly area: Area;
  readonly colour: readonly number[];
  readonly handSize: number;
  readonly kernels: Kernels;
  readonly blocks: ReturnType<typeof layOut>;
  readonly planes: CanvasPlanes;
}

/** Memory in which a clip's canvases are made, one after the other: a frame's is there until the next one. */
export class CanvasBench {
  private opened?: Opened;
  /** Blocks that hands were laid on, and that the next frame clears. */
  private used: Region[] = [];

  /** The canvas without hands, on `colour` (RGB 0..255). */
  clear(area: Area, colour: readonly number[], handSize: number): CanvasPlanes {
    const before = this.opened;
    const fits =
      before?.area.width === area.width &&
      before.area.height === area.height &&
      before.handSize >= handSize &&
      colour.every((level, c) => level === before.colour[c]);
    if (!fits) {
      this.opened = open(area, colour, Math.max(handSize, before?.handSize ?? 0));
      this.used = [{ left: 0, top: 0, right: area.width, bottom: area.height }];
    }
    const opened = this.bench;
    const { kernels, blocks, planes } = opened;
    const background = levels(opened);
    const plane = 4 * area.width * area.height;
    for (const { left, top, right, bottom } of this.used)
      kernels.call.clearHands(left, top, right, bottom, area.width, blocks.canvas.at, plane, ...background);
    this.used = [];
    return planes;
  }

  /** Lays a hand over what the canvas holds already. Gives the box round its precise mask, where there is any. */
  lay({ picture, mask }: DrawnHand, { covered, block }: CoveredPart): Region | undefined {
    const opened = this.bench;
    const { kernels, blocks, area } = opened;
    const { call } = kernels;
    const { left, top, width, height, window } = block;
    this.used.push({ left, top, right: left + width, bottom: top + height });
    const [wide, high] = [covered.right - covered.left, covered.bottom - covered.top];
    kernels.floats(blocks.picture).set(picture.data);
    kernels.floats(blocks.mask).set(mask);
    const side = picture.width;
    call.cutOut(
      ...[blocks.picture.at, 4 * side * side, blocks.mask.at, side],
      ...[covered.left, covered.top, covered.right, covered.bottom, blocks.cut.at],
    );
    const across = axisTaps(wide, window.x, window.width, width, 'zero');
    const down = axisTaps(high, window.y, window.height, height, 'zero');
    const taps = (taken: Taps, count: number) =>
      [put(kernels, blocks.taps, taken), count, taken.most] as const;
    const [cut, rows, shown] = [blocks.cut.at, blocks.rows.at, blocks.block.at];
    call.resampleLines(cut, high, 16, 16 * wide, ...taps(across, width), rows, 16, 16 * width);
    call.resampleLines(rows, width, 16 * width, 16, ...taps(down, height), shown, 16 * width, 16);
    const plane = 4 * area.width * area.height;
    call.layHand(
      ...[shown, left, top, width, height, area.width, blocks.canvas.at, plane],
      ...[...levels(opened), blocks.box.at],
    );
    const [boxLeft = 0, boxTop = 0, right = 0, bottom = 0] = kernels.integers(blocks.box);
    return right > boxLeft ? { left: boxLeft, top: boxTop, right, bottom } : undefined;
  }

  private get bench(): Opened {
    if (!this.opened) throw new Error('a canvas is cleared before hands are laid on it');
    return this.opened;
  }
}

function levels({ colour }: Opened): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = colour.map((level) => level / 127.5 - 1);
  return [red, green, blue];
}

function open(area: Area, colour: readonly number[], handSize: number): Opened {
  const layout = new KernelLayout();
  const blocks = layOut(layout, area, handSize);
  const kernels = layout.open();
  const { width, height } = area;
  const pixels = width * height;
  const data = kernels.floats(blocks.canvas);
  const planes = {
    picture: makePlanes(3, width, height, data.subarray(0, 3 * pixels)),
    hands: makePlanes(3, width, height, data.subarray(3 * pixels, 6 * pixels)),
    alpha: data.subarray(6 * pixels, 7 * pixels),
    mask: data.subarray(7 * pixels, 8 * pixels),
  };
  return { area, colour, handSize, kernels, blocks, planes };
}

function layOut(layout: KernelLayout, { width, height }: Area, handSize: number) {
  const longest = Math.max(width, height);
  return {
    canvas: layout.floats(8 * width * height),
    picture: layout.floats(3 * handSize * handSize),
    mask: layout.floats(handSize * handSize),
    cut: layout.floats(4 * handSize * handSize),
    rows: layout.floats(4 * handSize * width),
    block: layout.floats(4 * width * height),
    // Each of a line's pixels has two numbers and its weights: three where a hand is enlarged, else as many as its size takes up, twice.
    taps: layout.floats(6 * handSize + 5 * longest + 64),
    box: layout.block(16),
  } satisfies Record<string, Block>;
}

/** Puts taps into the kernels' memory as they read them, and says where. */
function put(kernels: Kernels, block: Block, { first, count, weights }: Taps): number {
  const places = kernels.integers(block);
  places.set(first);
  places.set(count, first.length);
  kernels.floats(block).set(weights, 2 * first.length);
  return block.at;
}
