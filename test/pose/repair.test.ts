import { describe, expect, it } from 'vitest';
import {
  joinWrists,
  KEYPOINT_COUNT,
  mirrorFrame,
  OTHER_SIDE,
  type PoseClip,
  type PoseFrame,
  REPAIR_NOTHING,
  repairClip,
  resampleFrames,
  smoothFrames,
  steadyBones,
  unswapHands,
} from '../../src/pose/index.js';

/** Points by place: x, y, confidence. */
type Points = Record<number, [number, number, number?]>;

function frameOf(points: Points, index = 0): PoseFrame {
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  for (const [place, [x, y, confidence = 1]] of Object.entries(points))
    keypoints.set([x, y, confidence], Number(place) * 3);
  return { index, time: index / 25, keypoints };
}

async function* stream(frames: readonly PoseFrame[]): AsyncGenerator<PoseFrame> {
  yield* frames;
}

async function collect(frames: AsyncIterable<PoseFrame>): Promise<PoseFrame[]> {
  const all: PoseFrame[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

function point(frame: PoseFrame | undefined, index: number): number[] {
  return [...(frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [])];
}

/** All 21 points of a hand in a small square from its wrist on. */
function hand(start: number, x: number, y: number): Points {
  return Object.fromEntries(
    Array.from({ length: 21 }, (_, index) => [
      start + index,
      [x + (index % 5), y - Math.floor(index / 5)] as [number, number],
    ]),
  );
}

const arms: Points = { 5: [150, 100], 6: [50, 100], 9: [170, 180], 10: [30, 180] };

describe('swapped hands', () => {
  it('are exchanged when each lies at the other arm', () => {
    const repaired = unswapHands(frameOf({ ...arms, ...hand(91, 32, 180), ...hand(112, 168, 180) }));
    expect(point(repaired, 91)).toEqual([168, 180, 1]);
    expect(point(repaired, 112)).toEqual([32, 180, 1]);
    expect(point(repaired, 95)).toEqual([172, 180, 1]);
  });

  it('are moved when only one is there, at the other arm', () => {
    const repaired = unswapHands(frameOf({ ...arms, ...hand(91, 32, 180) }));
    expect(point(repaired, 91)).toEqual([0, 0, 0]);
    expect(point(repaired, 112)).toEqual([32, 180, 1]);
  });

  it('are dropped where one hand is found twice', () => {
    const repaired = unswapHands(frameOf({ ...arms, ...hand(91, 34, 178), ...hand(112, 32, 180) }));
    expect(point(repaired, 91)).toEqual([0, 0, 0]);
    expect(point(repaired, 112)).toEqual([32, 180, 1]);
  });

  it('stay where they are on their own arms, crossed arms included, and where wrists meet', () => {
    const own = frameOf({ ...arms, ...hand(91, 168, 182), ...hand(112, 32, 178) });
    expect(unswapHands(own)).toBe(own);
    const crossed = frameOf({
      ...arms,
      9: [40, 180],
      10: [160, 180],
      ...hand(91, 42, 180),
      ...hand(112, 158, 180),
    });
    expect(unswapHands(crossed)).toBe(crossed);
    const touching = frameOf({
      ...arms,
      9: [105, 180],
      10: [95, 180],
      ...hand(91, 94, 180),
      ...hand(112, 106, 180),
    });
    expect(unswapHands(touching)).toBe(touching);
  });
});

describe('switches that are not named', () => {
  it('keep their defaults', async () => {
    const swapped = frameOf({ ...arms, ...hand(91, 30, 180), ...hand(112, 170, 180) });
    const clip: PoseClip = {
      info: { format: 'test', fps: 25, width: 200, height: 200 },
      frames: () => stream([swapped]),
      close: async () => {},
    };
    const [repaired] = await collect(repairClip(clip, { swaps: undefined, wrist: undefined }).frames());
    expect(point(repaired, 91).slice(0, 2)).toEqual([170, 180]);
  });
});

describe('wrists', () => {
  const frame = frameOf({ ...arms, ...hand(91, 175, 186) });

  it('join at the hand or at the body', () => {
    expect(point(joinWrists(frame, 'hand'), 9)).toEqual([175, 186, 1]);
    const moved = joinWrists(frame, 'body');
    expect(point(moved, 91)).toEqual([170, 180, 1]);
    expect(point(moved, 95)).toEqual([174, 180, 1]);
    expect(joinWrists(frame, 'none')).toBe(frame);
  });

  it('take the hand where the body has none, and stay apart where they cannot be of one arm', () => {
    const { 9: _, ...without } = arms;
    expect(point(joinWrists(frameOf({ ...without, ...hand(91, 175, 186) }), 'body'), 9)).toEqual([
      175, 186, 1,
    ]);
    const far = frameOf({ ...arms, ...hand(91, 100, 20) });
    expect(point(joinWrists(far, 'hand'), 9)).toEqual([170, 180, 1]);
  });
});

describe('smoothing', () => {
  it('is the One-Euro filter of its paper', async () => {
    // By the paper's formulas with rate 10, cutoffs 1 and 1, beta 2, in a picture of 100 pixels, from 10 to 20:
    // alpha(f) = 1 / (1 + rate / (2 pi f)): alpha(1) = 0.3858695; speed = 0.3858695 * (10 / 100 * 10) = 0.3858695;
    // cutoff = 1 + 2 * 0.3858695 = 1.7717391; alpha = 0.5267878; x = 10 + 0.5267878 * 10.
    const frames = [frameOf({ 0: [10, 50] }), frameOf({ 0: [20, 50] }, 1)];
    const smooth = await collect(
      smoothFrames(stream(frames), 10, 100, { minCutoff: 1, beta: 2, speedCutoff: 1 }),
    );
    expect(point(smooth[0], 0)).toEqual([10, 50, 1]);
    expect(point(smooth[1], 0)[0]).toBeCloseTo(15.267878, 5);
    expect(point(smooth[1], 0)[1]).toBe(50);
  });

  it('calms a resting point, follows a fast one and starts anew after a gap', async () => {
    const jitter = Array.from({ length: 50 }, (_, index) => frameOf({ 0: [100 + (index % 2), 50] }, index));
    const calm = await collect(smoothFrames(stream(jitter), 25, 512));
    const steps = calm
      .slice(10)
      .map((frame, index) => Math.abs((point(frame, 0)[0] ?? 0) - (point(calm[index + 9], 0)[0] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.5);
    const run = Array.from({ length: 26 }, (_, index) => frameOf({ 0: [index * 20 + 1, 50] }, index));
    const fast = await collect(smoothFrames(stream(run), 25, 512));
    // Half a second in, at 20 pixels a frame: less than a frame behind.
    expect(20 * 13 + 1 - (point(fast[13], 0)[0] ?? 0)).toBeLessThan(20);
    const gap = await collect(
      smoothFrames(stream([frameOf({ 0: [1, 1] }), frameOf({}, 1), frameOf({ 0: [99, 99] }, 2)]), 25, 512),
    );
    expect(point(gap[1], 0)).toEqual([0, 0, 0]);
    expect(point(gap[2], 0)).toEqual([99, 99, 1]);
  });
});

describe('bones', () => {
  it('that stretch are shortened, with the finger behind them, and turning ones are left', async () => {
    const finger = (tip: number): Points => ({
      91: [10, 10],
      96: [10, 20],
      97: [10, 20 + tip],
      98: [10, 30 + tip],
      99: [10, 35 + tip],
    });
    const frames = [
      ...Array.from({ length: 20 }, () => frameOf(finger(10))),
      frameOf(finger(40)),
      frameOf(finger(3)),
    ];
    const steady = await collect(steadyBones(stream(frames), 1.5));
    expect(point(steady[19], 97)).toEqual([10, 30, 1]);
    // 40 pixels where the median is 10: cut to 15, and the points behind move by the same 25.
    expect([97, 98, 99].map((index) => point(steady[20], index)[1])).toEqual([35, 45, 50]);
    expect([97, 98, 99].map((index) => point(steady[21], index)[1])).toEqual([23, 33, 38]);
  });
});

describe('resampling', () => {
  const frames = Array.from({ length: 5 }, (_, index) => frameOf({ 0: [index * 10 + 1, 5] }, index));

  it('interpolates between frames at the new times', async () => {
    const up = await collect(resampleFrames(stream(frames), 25, 50));
    expect(up.map((frame) => point(frame, 0)[0])).toEqual([1, 6, 11, 16, 21, 26, 31, 36, 41]);
    expect(up[3]?.index).toBe(3);
    expect(up[3]?.time).toBeCloseTo(0.06, 9);
    const down = await collect(resampleFrames(stream(frames), 30, 20));
    expect(down.map((frame) => point(frame, 0)[0])).toEqual([1, 16, 31]);
    expect(await collect(resampleFrames(stream(frames), 25, 25))).toEqual(frames);
  });

  it('takes a point that only one neighbour has from the nearer', async () => {
    const two = [frameOf({ 0: [1, 1] }), frameOf({ 1: [9, 9] }, 1)];
    const up = await collect(resampleFrames(stream(two), 10, 40));
    expect(up.map((frame) => [point(frame, 0)[2], point(frame, 1)[2]])).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  it('says how many frames there will be', async () => {
    const clip: PoseClip = {
      info: { format: 'test', fps: 29.97, width: 10, height: 10, frameCount: 300 },
      frames: () => stream(Array.from({ length: 300 }, (_, index) => frameOf({ 0: [1, 1] }, index))),
      close: async () => {},
    };
    for (const fps of [12, 24, 25, 29.97, 60]) {
      const other = repairClip(clip, { ...REPAIR_NOTHING, fps });
      expect((await collect(other.frames())).length).toBe(other.info.frameCount);
    }
  });
});

describe('mirroring and shape', () => {
  it('knows the other side of every point', () => {
    for (let index = 0; index < KEYPOINT_COUNT; index += 1)
      expect(OTHER_SIDE[OTHER_SIDE[index] ?? -1]).toBe(index);
    // Eyes, wrists, heels; jaw ends, brow ends, eye corners, mouth corners, lip middles; finger tips.
    const pairs: [number, number][] = [
      [1, 2],
      [9, 10],
      [19, 22],
      [23, 39],
      [40, 49],
      [59, 68],
      [62, 65],
      [71, 77],
      [74, 74],
      [80, 80],
      [83, 87],
      [111, 132],
    ];
    for (const [a, b] of pairs) expect(OTHER_SIDE[a]).toBe(b);
    expect(OTHER_SIDE[31]).toBe(31);
  });

  it('turns a mirrored frame back', () => {
    const turned = mirrorFrame(frameOf({ 9: [10, 5, 0.5] }), 100);
    expect(point(turned, 10)).toEqual([90, 5, 0.5]);
    expect(point(turned, 9)).toEqual([0, 0, 0]);
    const whole = frameOf({ ...arms, ...hand(91, 170, 180) });
    expect(mirrorFrame(mirrorFrame(whole, 200), 200)).toEqual(whole);
  });

  it('stretches x to the shape the picture had', async () => {
    const clip: PoseClip = {
      info: { format: 'test', fps: 25, width: 100, height: 90 },
      frames: () => stream([frameOf({ 0: [50, 40] })]),
      close: async () => {},
    };
    const wide = repairClip(clip, { ...REPAIR_NOTHING, aspect: 16 / 9 });
    expect(wide.info.width).toBe(160);
    expect(point((await collect(wide.frames()))[0], 0)).toEqual([80, 40, 1]);
    expect(() => repairClip(clip, { aspect: Number.NaN })).toThrow(/shape NaN/);
    expect(() => repairClip(clip, { fps: 0 })).toThrow(/0 a second/);
  });
});
