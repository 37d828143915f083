import { type Area, wholeArea } from './area.js';
import {
  CanvasBench,
  type CanvasPlanes,
  type CoveredPart,
  type HandBlock,
  type Region,
} from './canvas-bench.js';
import { cropBlock } from './crop.js';
import type { DrawnHand } from './hand.js';

/** The hands of stage 1 at their places in the picture of stage 2. */
export interface Canvas extends CanvasPlanes {
  /** Side of the whole picture; planes and masks have the size of `area` within it. */
  readonly size: number;
  readonly area: Area;
  /** The box round each crop's part of the precise mask, in pixels of the area. */
  readonly boxes: readonly Region[];
  /** Round each crop, in pixels of the area: no hand covers anything elsewhere. */
  readonly blocks: readonly Region[];
}

/**
 * Removes the crops' backgrounds by their predicted masks and places what remains on a canvas of `size` x `size`
 * with the uniform `colour` (RGB 0..255) by the inverse of the crop transform (paper, III-C). It lies on the `bench`, until the next frame
 * takes that.
 */
export function placeHands(
  hands: readonly DrawnHand[],
  size: number,
  colour: readonly number[],
  area: Area = wholeArea(size),
  bench = new CanvasBench(),
): Canvas {
  const planes = bench.clear(area, colour, hands[0]?.picture.width ?? 0);
  const blocks = hands.map((hand) => cropBlock(hand.crop, area, hand.picture.width));
  const boxes = hands.flatMap((hand, k) => {
    const part = blocks[k] && coveredPart(hand, blocks[k]);
    return (part && bench.lay(hand, part)) ?? [];
  });
  const regions = blocks.map(({ left, top, width, height }) => ({
    left,
    top,
    right: left + width,
    bottom: top + height,
  }));
  return { size, area, ...planes, boxes, blocks: regions };
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

/**
 * The box in a hand's picture that its mask covers, and what of its block in the area that reaches, with the place of that in the box: most of a
 * crop is empty. Undefined where nothing is covered.
 */
function coveredPart({ mask, picture }: DrawnHand, block: HandBlock): CoveredPart | undefined {
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
