import { describe, expect, it } from 'vitest';
import { limbsOf } from '../../../src/stages/carry/limbs.js';

const SIZE = 200;
/** Somebody who fills the picture, so that limbs end nowhere and have their usual widths. */
const person = { data: new Float32Array(SIZE * SIZE).fill(1), width: SIZE, height: SIZE };

/** Shoulders 60 pixels apart, arms that hang; without the points `missing`. */
function points(...missing: number[]): Float64Array {
  const all = new Float64Array(133 * 3);
  const places = [130, 50, 70, 50, 150, 100, 50, 100, 150, 150, 50, 150];
  for (let k = 5; k <= 10; k++)
    if (!missing.includes(k)) all.set([places[2 * k - 10] ?? 0, places[2 * k - 9] ?? 0, 1], 3 * k);
  return all;
}

describe('the limbs of a reference', () => {
  it('are those that it shows', () => {
    expect(limbsOf(person, points()).map((limb) => limb?.ends)).toEqual([
      [130, 50, 150, 100],
      [150, 100, 150, 150],
      [70, 50, 50, 100],
      [50, 100, 50, 150],
    ]);
  });

  it('come from the other arm where one is not shown', () => {
    const [leftUpper, leftForearm, rightUpper, rightForearm] = limbsOf(person, points(8, 10));
    expect(rightUpper).toBe(leftUpper);
    expect(rightForearm).toBe(leftForearm);
  });

  it('are the last 45 hundredths of an upper arm, four fifths as wide, where no forearm is shown', () => {
    const [, leftForearm, , rightForearm] = limbsOf(person, points(9, 10));
    const close = (ends: readonly number[] | undefined, wanted: number[]): void =>
      wanted.forEach((value, k) => {
        expect(ends?.[k]).toBeCloseTo(value, 9);
      });
    close(leftForearm?.ends, [141, 77.5, 150, 100]);
    close(rightForearm?.ends, [59, 77.5, 50, 100]);
    // 0.15 widths of the shoulders, ending 0.08 of that within.
    for (const width of leftForearm?.outline ?? [0]) expect(width).toBeCloseTo(0.8 * 0.92 * 9, 9);
  });

  it('are nowhere without arms', () => {
    expect(limbsOf(person, points(7, 8, 9, 10))).toEqual([undefined, undefined, undefined, undefined]);
  });
});
