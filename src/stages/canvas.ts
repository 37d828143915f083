import { cropBlock } from './crop.js';
import type { DrawnHand } from './hand.js';
import { makePlanes, type Planes } from './planes.js';
import { resample } from './resample.js';
import { uniformPlanes } from './scene.js';

/** Whole pixels of the picture: from `left` and `top` up to but without `right` and `bottom`. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The hands of stage 1 at their places in the picture of stage 2. */
export interface Canvas {
  readonly size: number;
  /** Hands on the uniform background: [3, size, size], -1..1. */
  readonly picture: Planes;
  /** Hands alone, colour times alpha: [3, size, size]. */
  readonly hands: Planes;
  /** Share of each pixel that hands cover, for compositing: [size, size], 0..1. */
  readonly alpha: Float32Array;
  /** The precise mask: pixels that hands cover for the greater part: [size, size], 0 or 1. */
  readonly mask: Float32Array;
  /** The box round each crop's part of the precise mask. */
  readonly boxes: readonly Region[];
}

/**
 * Removes the crops' backgrounds by their predicted masks and places what remains on a canvas of `size` x `size`
 * with the uniform `colour` (RGB 0..255) by the inverse of the crop transform (paper, III-C).
 */
export function placeHands(hands: readonly DrawnHand[], size: number, colour: readonly number[]): Canvas {
  const area = size * size;
  const background = colour.map((level) => level / 127.5 - 1);
  const canvas = {
    size,
    picture: uniformPlanes(background, size),
    hands: makePlanes(3, size, size),
    alpha: new Float32Array(area),
    mask: new Float32Array(area),
  };
  const boxes = hands.flatMap((hand) => placeHand(hand, canvas, background) ?? []);
  return { ...canvas, boxes };
}

function precise(alpha: number): number {
  return alpha >= 0.5 ? 1 : 0;
}

/** Lays one hand over what the canvas holds already. Gives the box round its precise mask, where there is any. */
function placeHand(
  hand: DrawnHand,
  canvas: Omit<Canvas, 'boxes'>,
  background: readonly number[],
): Region | undefined {
  const { size, picture, hands, alpha, mask } = canvas;
  const { left, top, width, height, window } = cropBlock(hand.crop, size, hand.picture.width);
  if (width === 0 || height === 0) return undefined;
  const block = resample(cutOut(hand), width, height, window, 'zero');
  const blockArea = width * height;
  const box = { left: size, top: size, right: 0, bottom: 0 };
  for (let from = 0; from < blockArea; from++) {
    const cover = block.data[3 * blockArea + from] ?? 0;
    if (cover <= 0) continue;
    const x = left + (from % width);
    const y = top + Math.floor(from / width);
    const to = y * size + x;
    const under = 1 - cover;
    const both = cover + under * (alpha[to] ?? 0);
    alpha[to] = both;
    mask[to] = precise(both);
    for (let c = 0; c < 3; c++) {
      const at = c * size * size + to;
      const colour = (block.data[c * blockArea + from] ?? 0) + under * (hands.data[at] ?? 0);
      hands.data[at] = colour;
      picture.data[at] = colour + (1 - both) * (background[c] ?? 0);
    }
    if (precise(cover)) extend(box, x, y);
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
