import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { microseconds, toRational } from '../../src/video/rational.js';

describe('toRational', () => {
  test.each([
    [25, 25, 1],
    [29.97, 30000, 1001],
    [29.97002997, 30000, 1001],
    [Math.fround(29.97003), 30000, 1001],
    [23.976, 24000, 1001],
    [23.98, 24000, 1001],
    [59.94, 60000, 1001],
    [12.5, 25, 2],
    [0.5, 1, 2],
    [14.985, 2997, 200],
    [240, 240, 1],
  ])('%d is %d/%d', (fps, num, den) => {
    expect(toRational(fps)).toEqual({ num, den });
  });

  test('reduces a given fraction', () => {
    expect(toRational({ num: 60000, den: 2002 })).toEqual({ num: 30000, den: 1001 });
  });

  test('any rate is met as closely as its continued fraction can, or is one of the slowed ones', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 240, noNaN: true }), (fps) => {
        const { num, den } = toRational(fps);
        const error = Math.abs(num / den - fps);
        expect(Number.isInteger(num) && Number.isInteger(den) && den > 0 && den <= 1001).toBe(true);
        // Hardy and Wright, theorem 164: a convergent misses by less than 1 / (its denominator times the next one).
        expect(error).toBeLessThan(den === 1001 ? 0.005 : 1 / (den * 1001) + 1e-9);
      }),
    );
  });

  test.each([0, -25, Number.NaN, Number.POSITIVE_INFINITY, 241, 1e-9])('%d is refused', (fps) => {
    expect(() => toRational(fps)).toThrow(UsageError);
  });
});

test('times are rounded from the beginning, so that they do not drift', () => {
  const fps = { num: 30000, den: 1001 };
  expect(microseconds(1, fps)).toBe(33367);
  expect(microseconds(30000, fps)).toBe(1001_000_000);
});
