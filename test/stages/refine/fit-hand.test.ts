import { describe, expect, it } from 'vitest';
import { handJoints } from '../../../src/phrase/hand.js';
import { handPoint, KEYPOINT_COUNT, type PoseFrame } from '../../../src/pose/pose-frame.js';
import { drawConditions } from '../../../src/stages/conditions/index.js';
import { BONE_LENGTHS, fitHands } from '../../../src/stages/refine/fit-hand.js';

const SCALE = 500;
/** Fingers bent at their second joint, in hand axes: forward, towards the index finger, out of the palm. */
const BENT = [20, 30, 0, 10, 10, ...[1, 2, 3, 4].flatMap(() => [0, 10, 50, 30])];

/** The joints seen from the palm's side by a far camera, pixels; z as the detector might scale it. */
function seen(): { pose: PoseFrame; depths: number[] } {
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  const depth = new Float32Array(KEYPOINT_COUNT).fill(Number.NaN);
  const depths = handJoints(BENT).map(([forward, across, out], point) => {
    const index = handPoint('right', point);
    keypoints.set([64 + SCALE * across, 110 - SCALE * forward, 1], index * 3);
    depth[index] = -0.3 * SCALE * out;
    return -SCALE * out;
  });
  return { pose: { index: 0, time: 0, keypoints, depth }, depths };
}

describe('our hand, fitted to points', () => {
  it('has the bones of the hand that phrases are signed with', () => {
    const joints = handJoints(new Array<number>(21).fill(0));
    const lengths = BONE_LENGTHS.map((_, k) => {
      const [from = [0, 0, 0], to = [0, 0, 0]] = [joints[k % 4 === 0 ? 0 : k], joints[k + 1]];
      return Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
    });
    lengths.forEach((length, k) => {
      expect(BONE_LENGTHS[k]).toBeCloseTo(length, 5);
    });
  });

  it('leans as the hand does that was seen', () => {
    const { pose, depths } = seen();
    const fitted = fitHands(pose);
    // The palm is a little tilted, so its scale is a little short: a few pixels of 60.
    for (const [point, depth] of depths.entries())
      expect(
        Math.abs((fitted.depth?.[handPoint('right', point)] ?? Number.NaN) - depth),
        `${point}`,
      ).toBeLessThan(4);
    expect(Math.max(...depths) - Math.min(...depths)).toBeGreaterThan(20);
  });

  it('is drawn white where it is nearest, and not where a point is missing', () => {
    const { pose } = seen();
    const drawn = drawConditions([{ kind: 'hand-depth' }], 128, { pose: fitHands(pose) });
    const grey = drawn.subarray(0, 128 * 128);
    expect(Math.max(...grey)).toBeCloseTo(1, 6);
    expect(grey.filter((value) => value > 0).length).toBeGreaterThan(500);
    expect([...drawn.subarray(128 * 128, 2 * 128 * 128)]).toEqual([...grey]);
    const keypoints = pose.keypoints.slice();
    keypoints[handPoint('right', 8) * 3 + 2] = 0;
    const missing = drawConditions([{ kind: 'hand-depth' }], 128, { pose: fitHands({ ...pose, keypoints }) });
    expect(missing.every((value) => value === 0)).toBe(true);
  });
});
