import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPoseClip, type PoseFrame } from '../../src/pose/index.js';

function point(frame: PoseFrame | undefined, index: number): number[] {
  return [...(frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [])];
}

const real = new URL('../../../shared/data/', import.meta.url);
const there = existsSync(real);
if (!there) console.log('The real keypoint files are not here: their tests are skipped.');

/** Values that pose-format 0.15 reads from the same files (frame, place among the 133, x, y). */
const REAL: [
  string,
  { fps: number; width: number; height: number; frameCount: number; format: string },
  number[][],
][] = [
  [
    'poses/holistic-v02-576.pose',
    { format: 'pose-v0.2', fps: 25, width: 320, height: 240, frameCount: 97 },
    [
      [40, 0, 163.3, 67.72],
      [40, 5, 213.81, 125.7],
      [40, 10, 107.64, 144.25],
      [40, 17, 176.62, 504.14],
      [17, 91, 223.98, 189.45],
      [17, 111, 234.82, 185.24],
    ],
  ],
  [
    'poses/holistic-v01-reduced-178.pose',
    { format: 'pose-v0.1', fps: 24, width: 1250, height: 1250, frameCount: 170 },
    [
      [0, 5, 879.72, 651.1],
      [0, 12, 459.65, 1369.89],
      [60, 112, 378.68, 724.17],
      [60, 117, 400.45, 564.54],
    ],
  ],
  [
    'poses/openpose-v00-137.pose',
    { format: 'pose-v0.0', fps: 24, width: 1000, height: 1000, frameCount: 93 },
    [
      [0, 0, 158.33, 70.61],
      [0, 1, 168.72, 60.22],
      [0, 6, 106.37, 127.13],
      [0, 10, 89.48, 237.56],
      [0, 9, 0, 0],
    ],
  ],
  [
    'letters/fs-sts13206cebad70790ee136a34c7a74af5e.pose',
    { format: 'pose-v0.2', fps: 25, width: 500, height: 500, frameCount: 24 },
    [
      [10, 0, 247.59, 132.35],
      [10, 9, 0, 0],
      [10, 112, 112.72, 243.85],
      [10, 132, 140.28, 185.82],
    ],
  ],
];

describe.skipIf(!there)('real files', () => {
  it.each(REAL)('reads %s as pose-format does', async (path, info, values) => {
    const clip = await openPoseClip(fileURLToPath(new URL(path, real)));
    expect(clip.info).toMatchObject(info);
    const frames: PoseFrame[] = [];
    for await (const frame of clip.frames()) frames.push(frame);
    expect(frames.length).toBe(info.frameCount);
    for (const [frame, index, x, y] of values) {
      const [actualX, actualY] = point(frames[frame ?? 0], index ?? 0);
      expect(actualX).toBeCloseTo(x ?? 0, 1);
      expect(actualY).toBeCloseTo(y ?? 0, 1);
    }
    await clip.close();
  });

  it("gives a spelling hand depth: its bones' lengths vary less with it than without", async () => {
    const folder = fileURLToPath(new URL('letters/', real));
    const flat: number[] = [];
    const deep: number[] = [];
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.pose'))) {
      const clip = await openPoseClip(join(folder, name));
      for await (const { keypoints, depth = new Float32Array() } of clip.frames()) {
        flat.push(...boneShares(keypoints, new Float32Array(depth.length)));
        deep.push(...boneShares(keypoints, depth));
      }
      await clip.close();
    }
    expect(deep.length).toBeGreaterThan(1000);
    expect(variation(deep)).toBeLessThan(0.8 * variation(flat));
  });
});

/** Bones of the palm and fingers from the right hand's wrist on. */
const BONES = [1, 5, 9, 13, 17].flatMap((base) => [
  [0, base],
  [base, base + 1],
  [base + 1, base + 2],
  [base + 2, base + 3],
]);

/** Lengths of the right hand's bones by their mean, one after another; none where a point is missing. */
function boneShares(keypoints: Float32Array, depth: Float32Array): number[] {
  if ((keypoints[112 * 3 + 2] ?? 0) === 0) return [];
  const at = (point: number) => {
    const index = 112 + point;
    return [keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0, depth[index] ?? 0];
  };
  const lengths = BONES.map(([from = 0, to = 0]) => {
    const [a, b] = [at(from), at(to)];
    return Math.hypot(...a.map((value, axis) => value - (b[axis] ?? 0)));
  });
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  return lengths.map((length) => length / mean);
}

/** Mean over the bones of their lengths' standard deviation by their mean. */
function variation(shares: readonly number[]): number {
  const each = BONES.map((_, bone) => {
    const own = shares.filter((__, index) => index % BONES.length === bone);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length) / mean;
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}
