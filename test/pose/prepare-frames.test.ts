import { describe, expect, it } from 'vitest';
import {
  clipStatistics,
  KEYPOINT_COUNT,
  type PoseClip,
  type PoseFrame,
  pictureSize,
  prepareFrames,
} from '../../src/pose/index.js';

/** Points by place: x, y, confidence. */
type Points = Record<number, [number, number, number?]>;

function clipOf(
  frames: readonly Points[],
  size = { width: 100, height: 100 },
): PoseClip & { pulled: () => number } {
  let pulled = 0;
  return {
    info: { format: 'test', fps: 25, ...size },
    async *frames(): AsyncGenerator<PoseFrame> {
      for (const [index, points] of frames.entries()) {
        pulled += 1;
        const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
        for (const [place, [x, y, confidence = 1]] of Object.entries(points))
          keypoints.set([x, y, confidence], Number(place) * 3);
        yield { index, time: index / 25, keypoints, depth: new Float32Array(KEYPOINT_COUNT).fill(index) };
      }
    },
    close: async () => {},
    pulled: () => pulled,
  };
}

async function prepare(
  clip: PoseClip,
  options: Partial<Parameters<typeof prepareFrames>[1]> = {},
): Promise<PoseFrame[]> {
  const frames: PoseFrame[] = [];
  for await (const frame of prepareFrames(clip, { width: 100, height: 100, ...options })) frames.push(frame);
  return frames;
}

function point(frame: PoseFrame | undefined, index: number): number[] {
  return [...(frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [])];
}

describe('gaps', () => {
  it('are interpolated up to the longest, and left open beyond it and at the ends', async () => {
    const seen: Points = { 112: [10, 20, 0.8] };
    const frames = [
      {},
      seen,
      {},
      {},
      { 112: [40, 80, 0.6] as [number, number, number] },
      {},
      {},
      {},
      seen,
      {},
    ];
    const filled = await prepare(clipOf(frames), { maxGap: 2 });
    expect(filled.length).toBe(10);
    expect(point(filled[0], 112)).toEqual([0, 0, 0]);
    // A third and two thirds of the way from (10, 20) to (40, 80).
    expect(point(filled[2], 112).map((value) => Math.round(value * 1000) / 1000)).toEqual([20, 40, 0.6]);
    expect(point(filled[3], 112).map((value) => Math.round(value * 1000) / 1000)).toEqual([30, 60, 0.6]);
    expect(filled[2]?.depth?.[112]).toBeCloseTo(2, 5);
    for (const index of [5, 6, 7, 9]) expect(point(filled[index], 112)[2]).toBe(0);
    expect((await prepare(clipOf(frames), { maxGap: 0 }))[2]?.keypoints[112 * 3 + 2]).toBe(0);
  });

  it('are filled relative to the wrist of the body, so that a hand stays on a moving arm', async () => {
    const frames: Points[] = [
      { 10: [10, 10], 112: [11, 10] },
      { 10: [50, 10] },
      { 10: [10, 10], 112: [15, 10] },
    ];
    const filled = await prepare(clipOf(frames));
    expect(point(filled[1], 112).slice(0, 2)).toEqual([53, 10]);
  });

  it('turn a hand on the way, so that it keeps its size', async () => {
    // A hand of two points that points up, and after the gap down and twice as long: half way it points aside, half as long again.
    const frames: Points[] = [
      { 10: [50, 50], 116: [50.001, 40], 120: [50.002, 30] },
      { 10: [50, 50] },
      { 10: [50, 50], 116: [50, 70], 120: [50, 90] },
    ];
    const [, filled] = await prepare(clipOf(frames));
    expect(point(filled, 116)[0]).toBeCloseTo(65, 2);
    expect(point(filled, 120)[0]).toBeCloseTo(80, 2);
    for (const index of [116, 120]) expect(point(filled, index)[1]).toBeCloseTo(50, 2);
  });

  it('look ahead no further than they must', async () => {
    const clip = clipOf(Array.from({ length: 300 }, () => ({ 0: [1, 1] as [number, number] })));
    const statistics = await clipStatistics(clip);
    const before = clip.pulled();
    for await (const frame of prepareFrames(clip, { width: 100, height: 100, maxGap: 8, statistics })) {
      // Gaps of 8 frames, and four times the 16 in which arms and head may sink and rise.
      expect(clip.pulled() - before).toBeLessThanOrEqual(frame.index + 10 + 64);
    }
  });
});

describe('framing', () => {
  it('keeps the whole picture, in the middle, and scales depth', async () => {
    const [frame] = await prepare(clipOf([{ 0: [0.5, 0], 1: [100, 50] }], { width: 100, height: 50 }), {
      width: 400,
      height: 400,
    });
    expect(point(frame, 0)).toEqual([2, 100, 1]);
    expect(point(frame, 1)).toEqual([400, 300, 1]);
    expect(point(frame, 2)).toEqual([0, 0, 0]);
  });

  const standing: Points = {
    0: [50, 28],
    1: [53, 26],
    2: [47, 26],
    3: [57, 28],
    4: [43, 28],
    5: [60, 40],
    6: [40, 40],
    7: [66, 60],
    8: [34, 60],
    91: [62, 50],
    112: [38, 50],
    11: [58, 80],
  };

  it('frames a signer who is small for signing, the same wherever they stand', async () => {
    const moved = Object.fromEntries(
      Object.entries(standing).map(([index, [x, y]]) => [
        index,
        [x * 2 + 300, y * 2 - 10] as [number, number],
      ]),
    );
    for (const points of [standing, moved]) {
      const [frame] = await prepare(clipOf([points], { width: 640, height: 480 }), {
        width: 512,
        height: 512,
      });
      const [left, right] = [point(frame, 5), point(frame, 6)];
      expect(((left[0] ?? 0) + (right[0] ?? 0)) / 2).toBeCloseTo(256, 2);
      expect(left[1]).toBeCloseTo(512 * 0.42, 2);
      expect((left[0] ?? 0) - (right[0] ?? 0)).toBeCloseTo(512 * 0.34, 1);
    }
  });

  it('makes a signer smaller, or moves them, so far that head and hands stay inside over the whole clip', async () => {
    const wide: Points = { ...standing };
    for (let index = 0; index < 21; index += 1) {
      wide[91 + index] = [82 - (index % 5), 48 - Math.floor(index / 5)];
      wide[112 + index] = [18 + (index % 5), 62 - Math.floor(index / 5)];
    }
    const frames = await prepare(clipOf([standing, wide], { width: 640, height: 480 }), {
      width: 512,
      height: 512,
    });
    expect(point(frames[1], 91)[0]).toBeCloseTo(512 * 0.96, 1);
    expect(point(frames[1], 112)[0]).toBeCloseTo(512 * 0.04, 1);
    expect(point(frames[0], 5)).toEqual(point(frames[1], 5));
  });

  it('keeps the framing of the file where it does for signing, and on request', async () => {
    const large = Object.fromEntries(
      Object.entries(standing).map(([index, [x, y]]) => [index, [x * 2 - 50, y * 2 - 30]]),
    ) as Points;
    for (const [points, options] of [
      [large, {}],
      [standing, { framing: 'source' }],
    ] as const) {
      const [frame] = await prepare(clipOf([points], { width: 200, height: 200 }), {
        width: 512,
        height: 512,
        ...options,
      });
      expect(point(frame, 5)[0]).toBeCloseTo((points[5]?.[0] ?? 0) * 2.56, 2);
    }
  });

  it('crops to everything seen of the upper body, the same for all frames', async () => {
    const frames = await prepare(clipOf([standing, { ...standing, 112: [10, 60] }]), {
      width: 512,
      height: 256,
      framing: 'crop',
    });
    const all = frames.flatMap((frame) => [0, 5, 6, 7, 8, 91, 112].map((index) => point(frame, index)));
    for (const [x, y] of all) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(512);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(256);
    }
    // Height decides: from the top of the head (27.2 - 0.45 x 20) to the elbows (60) fills 92 % of 256.
    expect((point(frames[0], 7)[1] ?? 0) - (point(frames[0], 0)[1] ?? 0)).toBeCloseTo(
      (32 / 41.8) * 256 * 0.92,
      1,
    );
    expect(point(frames[0], 5)).toEqual(point(frames[1], 5));
  });

  it('puts the shoulders on those of a reference, gives hips and head its sizes, and the trunk half of the way to its length', async () => {
    // Shoulders 20 apart about (50, 40), hips 30 below; brows, nose and eyes within 4 pixels.
    const signer: Points = {
      0: [50, 30],
      5: [60, 40],
      6: [40, 40],
      11: [56, 70],
      12: [44, 70],
      13: [56, 90],
    };
    for (let k = 0; k < 31; k += 1) signer[40 + k] = [50 + (k % 2 === 0 ? 2 : -2), 30];
    const goal = { x: 256, y: 200, width: 160, trunk: 200, hips: 120, head: 24 };
    const [frame] = await prepare(clipOf([signer]), {
      width: 512,
      height: 512,
      framing: 'reference',
      goal,
      complete: false,
    });
    expect(point(frame, 5).slice(0, 2)).toEqual([336, 200]);
    expect(point(frame, 6).slice(0, 2)).toEqual([176, 200]);
    // 30 pixels become 240 at this scale, and the reference's trunk is 200 long: their geometric mean is 219.089. The knee keeps its distance to the hips.
    expect(point(frame, 11)[1]).toBeCloseTo(419.089, 3);
    expect(point(frame, 13)[1]).toBeCloseTo(579.089, 3);
    // Hips 12 apart are 96 at this scale, and 120 on the reference.
    expect(point(frame, 11)[0]).toBeCloseTo(316, 3);
    expect(point(frame, 12)[0]).toBeCloseTo(196, 3);
    // The head's spread of 2 becomes 16 at this scale, and 24 on the reference.
    const xs = Array.from({ length: 31 }, (_, k) => point(frame, 40 + k)[0] ?? 0);
    expect(Math.max(...xs) - Math.min(...xs)).toBeCloseTo(48, 1);
    const [kept] = await prepare(clipOf([{ 0: [50, 30] }]), { framing: 'reference', goal, complete: false });
    expect(point(kept, 0), 'as in the file, without shoulders').toEqual([50, 30, 1]);
  });

  it('raises a head that would hide the neck, and no other', async () => {
    // Shoulders 20 apart about (50, 40), the head 10 above them; at this scale that is 80.
    const signer: Points = { 0: [50, 32], 5: [60, 40], 6: [40, 40] };
    for (let k = 0; k < 31; k += 1) signer[40 + k] = [50 + (k % 2 === 0 ? 2 : -2), 30];
    const placed = { x: 256, y: 200, width: 160 };
    const nose = async (neck: number): Promise<number | undefined> => {
      const goal = { ...placed, neck };
      const options = { width: 512, height: 512, framing: 'reference', goal, complete: false } as const;
      const [frame] = await prepare(clipOf([signer]), options);
      expect(point(frame, 5)[1], 'the shoulders stay').toBe(200);
      return point(frame, 0)[1];
    };
    expect(await nose(90), 'nearly as high as the reference').toBeCloseTo(136, 3);
    // 85 % of 110 are 93.5, and 13.5 above what it was.
    expect(await nose(110)).toBeCloseTo(122.5, 3);
    // 12 % of the shoulders' width at most.
    expect(await nose(200)).toBeCloseTo(116.8, 3);
  });

  it('drops faint points and refuses absurd sizes', async () => {
    const [frame] = await prepare(clipOf([{ 0: [10, 10, 0.04], 1: [10, 10, 0.06] }]));
    expect(point(frame, 0)).toEqual([0, 0, 0]);
    expect(point(frame, 1)[2]).toBeCloseTo(0.06, 6);
    await expect(prepare(clipOf([{}]), { width: 100_000 })).rejects.toThrow(
      /100000 x 100 pixels cannot be made/,
    );
  });
});

describe('pictureSize', () => {
  it('keeps the shape on whole multiples', () => {
    expect(pictureSize({ width: 1279, height: 719 })).toEqual({ width: 1280, height: 720 });
    expect(pictureSize({ width: 1920, height: 1080 }, 64, 768)).toEqual({ width: 768, height: 448 });
    expect(pictureSize({ width: 1, height: 1 })).toEqual({ width: 2, height: 2 });
  });
});
