import { describe, expect, it } from 'vitest';
import { cropMaskIous } from '../../src/evaluate/judge/hand-masks.js';
import { makePlanes } from '../../src/stages/planes.js';

describe('masks of hand crops', () => {
  it('count where they cover the greater part of a pixel', () => {
    // A crop of 4 pixels a side at (2, 2) of a picture of 8: its left half is the hand's.
    const leftHand = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === 2 || i % 8 === 3 ? 1 : 0));
    const crop = { x: 2, y: 2, side: 4, hands: ['left' as const] };
    const soft = Float32Array.from({ length: 16 }, (_, i) => [0.97, 0.5, 0.49, 0.02][i % 4] ?? 0);
    const drawn = { crop, picture: makePlanes(3, 4, 4), mask: soft };
    expect(cropMaskIous([drawn], { leftHand }, 8)).toEqual([1]);
    const wide = { ...drawn, mask: soft.map((cover) => cover + 0.02) };
    // A third column is counted too: 8 of 12 pixels are in both.
    expect(cropMaskIous([wide], { leftHand }, 8)).toEqual([8 / 12]);
    expect(cropMaskIous([drawn], {}, 8)).toEqual([]);
  });
});
