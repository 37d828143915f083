import { type Area, wholeArea } from './area.js';
import { cropBlock } from './crop.js';
import type { DrawnHand } from './hand.js';
import { makePlanes, type Planes } from './planes.js';
import { resample } from './resample.js';
import type { KeptTensors } from './scene.js';

/** Whole pixels of the picture: from `left` and `top` up to but without `right` and `bottom`. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The hands of stage 1 at their places in the picture of stage 2. */
export interface Canvas {
  /** Side of the whole picture; planes and masks have the size of `area` within it. */
  readonly size: number;
  readonly area: Area;
  /** Hands on the uniform background: [3, height, width], -1..1. */
  readonly picture: Planes;
  /** Hands alone, colour times alpha: [3, height, width]. */
  readonly hands: Planes;
  /** Share of each pixel that hands cover, for compositing: [height, width], 0..1. */
  readonly alpha: Float32Array;
  /** The precise mask: pixels that hands cover for the greater part: [height, width], 0 or 1. */
  readonly mask: Float32Array;
  /** The box round each crop's part of the precise mask, in pixels of the area. */
  readonly boxes: readonly Region[];
  /** Round each crop, in pixels of the area: no hand covers anything elsewhere. */
  readonly blocks: readonly Region[];
}

/**
 * Removes the crops' backgrounds by their predicted masks and places what remains on a canvas of `size` x `size`
 * with the uniform `colour` (RGB 0..255) by the inverse of the crop transform (paper, III-C). It lies in the memory that is `kept`, until
 * the next frame takes that.
 */
export function placeHands(
  hands: readonly DrawnHand[],
  size: number,
  colour: readonly number[],
  area: Area = wholeArea(size),
  kept: KeptTensors = new Map(),
): Canvas {
  const { width, height } = area;
  const pixels = width * height;
  const background = colour.map((level) => level / 127.5 - 1);
  const values = (name: string, channels: number): Float32Array => {
    const before = kept.get(name);
    const data = before?.length === channels * pixels ? before.fill(0) : new Float32Array(channels * pixels);
    kept.set(name, data);
    return data;
  };
  const uniform = values('canvas: picture', 3);
  background.forEach((value, c) => {
    uniform.fill(value, c * pixels, (c + 1) * pixels);
  });
  const canvas = {
    size,
    area,
    picture: makePlanes(3, width, height, uniform),
    hands: makePlanes(3, width, height, values('canvas: hands', 3)),
    alpha: values('canvas: alpha', 1),
    mask: values('canvas: mask', 1),
  };
  const boxes = hands.flatMap((hand) => placeHand(hand, canvas, background) ?? []);
  const blocks = hands.map(({ crop, picture }) => {
    const { left, top, ...block } = cropBlock(crop, area, picture.width);
    return { left, top, right: left + block.width, bottom: top + block.height };
  });
  return { ...canvas, boxes, blocks };
}

function precise(alpha: number): number {
  return alpha >= 0.5 ? 1 : 0;
}

/** Lays one hand over what the canvas holds already. Gives the box round its precise mask, where there is any. */
function placeHand(
  hand: DrawnHand,
  canvas: Omit<Canvas, 'boxes' | 'blocks'>,
  background: readonly number[],
): Region | undefined {
  const { area, picture, hands, alpha, mask } = canvas;
  const part = coveredPart(hand, cropBlock(hand.crop, area, hand.picture.width));
  if (!part) return undefined;
  const { left, top, width, height, window } = part.block;
  const block = resample(cutOut(hand, part.covered), width, height, window, 'zero');
  const blockArea = width * height;
  const pixels = area.width * area.height;
  const box = { left: area.width, top: area.height, right: 0, bottom: 0 };
  const { data } = block;
  const covers = data.subarray(3 * blockArea);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * area.width + left;
    for (let column = 0; column < width; column++) {
      const from = row * width + column;
      const cover = covers[from] ?? 0;
      if (cover <= 0) continue;
      const to = start + column;
      const under = 1 - cover;
      const both = cover + under * (alpha[to] ?? 0);
      alpha[to] = both;
      mask[to] = precise(both);
      for (let c = 0, at = to, source = from; c < 3; c++, at += pixels, source += blockArea) {
        const colour = (data[source] ?? 0) + under * (hands.data[at] ?? 0);
        hands.data[at] = colour;
        picture.data[at] = colour + (1 - both) * (background[c] ?? 0);
      }
      if (precise(cover)) extend(box, left + column, top + row);
    }
  }
  return box.right > box.left ? box : undefined;
}

function extend(
  box: { left: number; top: number; right: number; bottom: number },
  x: number,
  y: number,
): void {
  box.left = Math.min(box.left, x);
  box.top = Math.min(box.top, y);
  box.right = Math.max(box.right, x + 1);
  box.bottom = Math.max(box.bottom, y + 1);
}

type Block = ReturnType<typeof cropBlock>;

/**
 * The box in a hand's picture that its mask covers, and what of its block in the area that reaches, with the place of that in the box: most of a
 * crop is empty. Undefined where nothing is covered.
 */
function coveredPart(
  { mask, picture }: DrawnHand,
  block: Block,
): { readonly covered: Region; readonly block: Block } | undefined {
  const { width, height } = picture;
  const covered = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if ((mask[y * width + x] ?? 0) > 0) extend(covered, x, y);
  if (covered.right <= covered.left || block.width === 0 || block.height === 0) return undefined;
  const { window } = block;
  const [scaleX, scaleY] = [window.width / block.width, window.height / block.height];
  const first = (edge: number, start: number, scale: number): number =>
    Math.max(0, Math.floor((edge - Math.max(1, scale) - start) / scale));
  const end = (edge: number, start: number, scale: number, most: number): number =>
    Math.min(most, Math.ceil((edge + Math.max(1, scale) - start) / scale));
  const [x, y] = [first(covered.left, window.x, scaleX), first(covered.top, window.y, scaleY)];
  const across = end(covered.right, window.x, scaleX, block.width) - x;
  const down = end(covered.bottom, window.y, scaleY, block.height) - y;
  if (across <= 0 || down <= 0) return undefined;
  const place = {
    x: window.x + x * scaleX - covered.left,
    y: window.y + y * scaleY - covered.top,
    width: across * scaleX,
    height: down * scaleY,
  };
  return {
    covered,
    block: { left: block.left + x, top: block.top + y, width: across, height: down, window: place },
  };
}

/** Colour times mask, and the mask, within a box of the hand's picture: [4, height, width]. */
function cutOut({ picture, mask }: DrawnHand, { left, top, right, bottom }: Region): Planes {
  const area = mask.length;
  const planes = makePlanes(4, right - left, bottom - top);
  const { data } = planes;
  const pixels = data.length / 4;
  for (let y = top, to = 0; y < bottom; y++) {
    for (let x = left, from = y * picture.width + left; x < right; x++, from++, to++) {
      const share = mask[from] ?? 0;
      data[3 * pixels + to] = share;
      for (let c = 0; c < 3; c++) data[c * pixels + to] = (picture.data[c * area + from] ?? 0) * share;
    }
  }
  return planes;
}
