import { describe, expect, it } from 'vitest';
import { settleDepth } from '../../src/pose/depth.js';

/** Raw depths with the points that are given. */
function raw(points: Record<number, number>): Float32Array {
  const depth = new Float32Array(133).fill(Number.NaN);
  for (const [index, value] of Object.entries(points)) depth[Number(index)] = value;
  return depth;
}

describe('settling depth', () => {
  it('counts the body from the hips, hands from their wrist', () => {
    const depth = settleDepth(raw({ 5: -40, 9: -70, 11: 2, 12: 4, 91: -1, 95: -6 }));
    expect([depth[5], depth[9], depth[91], depth[95]]).toEqual([-43, -73, 0, -5]);
  });

  it("knows no depth of a body's wrist that was taken from the hand", () => {
    const depth = settleDepth(raw({ 7: -50, 9: -1, 10: -60, 11: 0, 12: 0, 91: -1, 112: -2 }));
    expect(depth[9]).toBeNaN();
    expect([depth[7], depth[10], depth[91]]).toEqual([-50, -60, 0]);
  });
});
