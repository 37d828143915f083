import { describe, expect, it } from 'vitest';
import { medianStanding, standingOf } from '../../src/pose/standing.js';

/** Keypoints [133 * 3] with these points seen. */
function points(places: Readonly<Record<number, readonly [number, number]>>): Float32Array {
  const keypoints = new Float32Array(399);
  for (const [index, [x, y]] of Object.entries(places)) keypoints.set([x, y, 1], 3 * Number(index));
  return keypoints;
}

const SHOULDERS = { 5: [60, 40], 6: [40, 40] } as const;

describe('where a signer stands', () => {
  it('is measured by shoulders, both hips and the head', () => {
    const face = Object.fromEntries(
      Array.from({ length: 31 }, (_, k) => [40 + k, [50, 25] as [number, number]]),
    );
    const standing = standingOf(points({ ...SHOULDERS, 11: [56, 70], 12: [44, 70], ...face }));
    expect(standing).toEqual({ x: 50, y: 40, width: 20, trunk: 30, hips: 12, head: 0, neck: 15 });
  });

  it('has no trunk by one hip alone, which lies beside its middle line', () => {
    expect(standingOf(points({ ...SHOULDERS, 11: [58, 70] }))).toEqual({ x: 50, y: 40, width: 20 });
  });

  it('is unknown without both shoulders, and where they are one point', () => {
    expect(standingOf(points({ 5: [60, 40] }))).toBeUndefined();
    expect(standingOf(points({ 5: [60, 40], 6: [60, 40] }))).toBeUndefined();
  });

  it('is the median of what each frame knows', () => {
    const frames = [
      { x: 1, y: 4, width: 10, trunk: 20 },
      { x: 2, y: 6, width: 12 },
      { x: 9, y: 5, width: 11, trunk: 20 },
    ];
    expect(medianStanding(frames)).toEqual({ x: 2, y: 5, width: 11, trunk: 20 });
    expect(medianStanding([])).toBeUndefined();
  });
});
