import type { DrawnHand } from '../../stages/index.js';
import type { KnownMasks } from '../source/known-masks.js';
import { maskIou } from './metrics/index.js';

/**
 * Intersection over union of each crop's predicted mask (covered for the greater part) with the known hands, over the part of the crop that lies in the picture (as
 * models/training, judge/held_out.py, without its close-ups). Crops that show none of a known hand are left out. `size`: side of
 * the picture that masks and crops are in.
 */
export function cropMaskIous(hands: readonly DrawnHand[], known: KnownMasks, size: number): number[] {
  return hands.flatMap(({ crop, mask, picture }) => {
    const wanted = crop.hands.map((side) => (side === 'left' ? known.leftHand : known.rightHand));
    const side = picture.width;
    const truth = new Uint8Array(side * side);
    const inside = new Uint8Array(side * side);
    for (let at = 0; at < side * side; at += 1) {
      const x = Math.floor(crop.x + ((at % side) + 0.5) * (crop.side / side));
      const y = Math.floor(crop.y + (Math.floor(at / side) + 0.5) * (crop.side / side));
      if (x < 0 || y < 0 || x >= size || y >= size) continue;
      inside[at] = 1;
      if (wanted.some((one) => one?.[y * size + x])) truth[at] = 1;
    }
    if (wanted.includes(undefined) || !truth.includes(1)) return [];
    const found = Uint8Array.from(mask, (cover) => (cover >= 0.5 ? 1 : 0));
    return [maskIou(truth, found, inside)];
  });
}
