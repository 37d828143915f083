import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blend, dilate, guide } from '../../src/diffusion/index.js';

/** A mask from a drawing: `#` is 1, `+` 0.5, `.` 0. */
function drawn(...lines: string[]): Float32Array {
  return Float32Array.from(lines.join(''), (sign) => (sign === '#' ? 1 : sign === '+' ? 0.5 : 0));
}

describe('dilate', () => {
  it('grows by one cell to all eight sides, and not past the edge', () => {
    const mask = drawn('#....', '.....', '...+.', '.....');
    expect(dilate(mask, 5, 4, 1)).toEqual(drawn('##...', '##+++', '..+++', '..+++'));
  });

  it('by n equals n times by one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0, 0, 0.5, 1), { minLength: 63, maxLength: 63 }),
        fc.integer({ min: 0, max: 5 }),
        (cells, times) => {
          const mask = Float32Array.from(cells);
          let expected: Float32Array = mask;
          for (let i = 0; i < times; i++) expected = dilate(expected, 9, 7, 1);
          expect(dilate(mask, 9, 7, times)).toEqual(expected);
        },
      ),
    );
  });

  it('leaves its argument alone', () => {
    const mask = drawn('...', '.#.', '...');
    dilate(mask, 3, 3, 0).fill(7);
    dilate(mask, 3, 3, 1);
    expect(mask).toEqual(drawn('...', '.#.', '...'));
  });
});

describe('blend', () => {
  it('takes the inside by the mask, in every channel', () => {
    const inside = Float32Array.of(1, 2, 3, 4);
    const outside = Float32Array.of(-1, -2, -3, -4);
    expect(blend(inside, outside, Float32Array.of(1, 0.5))).toEqual(Float32Array.of(1, 0, 3, 0));
  });
});

describe('guide', () => {
  it('goes from the unconditional prediction past the conditional one', () => {
    const conditional = Float32Array.of(2, 0);
    const unconditional = Float32Array.of(1, 4);
    expect(guide(conditional, unconditional, 1)).toEqual(conditional);
    expect(guide(conditional, unconditional, 7.5)).toEqual(Float32Array.of(8.5, -26));
  });
});
