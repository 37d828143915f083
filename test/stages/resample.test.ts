import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlanes } from '../../src/stages/planes.js';
import { resample, resampleMask } from '../../src/stages/resample.js';

/** The 8x8 picture of the expected numbers: (7 x + 5 y) mod 11. */
const picture = makePlanes(
  1,
  8,
  8,
  Float32Array.from({ length: 64 }, (_, i) => ((i % 8) * 7 + Math.floor(i / 8) * 5) % 11),
);

describe('resample', () => {
  it('shrinks as PyTorch 2.15 does with interpolate(bilinear, antialias=True)', () => {
    const expected = [4.6018, 5.014411, 5.600416, 4.973685, 5.208617, 4.817669, 5.261773, 4.907895, 4.637812];
    expectClose(resample(picture, 3, 3).data, expected);
  });

  it('enlarges as PyTorch 2.15 does', () => {
    const rows = [
      [0, 3.5, 6.333333, 3.666666, 6.5, 9.333332, 6.666666, 4, 3.166669, 7.833334, 7, 5],
      [2.5, 3.25, 4.25, 5.25, 6.25, 6.333333, 3.666666, 3.75, 4.75, 5.75, 6.75, 7.5],
    ];
    expectClose(resample(picture, 12, 12).data.slice(0, 24), rows.flat());
  });

  it('takes windows off the grid as Pillow 13 does with resize(BILINEAR, box=...)', () => {
    const shrunk = resample(picture, 3, 2, { x: 1.25, y: 0.5, width: 5.75, height: 6.25 });
    expectClose(shrunk.data, [4.713358, 5.184137, 4.917672, 4.652608, 5.38884, 4.582605]);
    const enlarged = resample(picture, 9, 4, { x: 2.5, y: 3, width: 2.5, height: 1.5 });
    const first = [5.359375, 5.203125, 5.046875, 4.890625, 5.765625, 6.755208, 7.744792, 8.104167, 6.993055];
    expectClose(enlarged.data.slice(0, 9), first);
  });

  it('keeps what a cut-out covers, wherever the window lies around it', () => {
    const ones = makePlanes(1, 16, 16, new Float32Array(256).fill(1));
    const offset = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(offset, offset, fc.double({ min: 0.3, max: 5, noNaN: true }), (dx, dy, scale) => {
        const count = Math.ceil(16 / scale) + 4;
        const window = {
          x: -(2 - dx) * scale,
          y: -(2 - dy) * scale,
          width: count * scale,
          height: count * scale,
        };
        const covered = resample(ones, count, count, window, 'zero').data.reduce((sum, v) => sum + v, 0);
        // Coverage times the area of an output pixel is the area of the source, to the filter's ripple.
        expect(Math.abs(covered * scale * scale - 256) / 256).toBeLessThan(0.12);
      }),
    );
  });

  it('is empty where a window lies outside and the edge is zero', () => {
    const far = resample(picture, 4, 4, { x: 40, y: -50, width: 4, height: 4 }, 'zero');
    expect(far.data.every((v) => v === 0)).toBe(true);
  });

  it('returns a mask that fits already as it is', () => {
    const mask = new Float32Array(16);
    expect(resampleMask(mask, { width: 4, height: 4 }, { width: 4, height: 4 })).toBe(mask);
  });
});

function expectClose(actual: Float32Array, expected: number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 4);
  });
}
