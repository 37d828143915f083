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
  const { left, top, width, height, window } = cropBlock(hand.crop, area, hand.picture.width);
  if (width === 0 || height === 0) return undefined;
  const block = resample(cutOut(hand), width, height, window, 'zero');
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

/** Colour times mask, and the mask: [4, size, size]. */
function cutOut({ picture, mask }: DrawnHand): Planes {
  const area = mask.length;
  const planes = makePlanes(4, picture.width, picture.height);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < area; i++) {
      planes.data[c * area + i] = (picture.data[c * area + i] ?? 0) * (mask[i] ?? 0);
    }
  }
  planes.data.set(mask, 3 * area);
  return planes;
}
