import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeArea } from '../../src/stages/area.js';
import { cropBlock, cropPose } from '../../src/stages/crop.js';
import { HandCrops } from '../../src/stages/hand-crops.js';
import { poseWithHands } from './fake-model.js';

const still = { size: 512, margin: 1.5, meetMargin: 1.3, smoothing: { minCutoff: 0, response: 0 } };
const smooth = { ...still, smoothing: { minCutoff: 1, response: 2 } };

describe('hand crops of one frame', () => {
  it('are squares round the middle of the box, as large as its longer side times the margin', () => {
    const pose = poseWithHands({ left: [300, 100, 340, 160], right: [100, 200, 180, 220] });
    expect(new HandCrops(still).next(pose)).toEqual([
      { x: 320 - 45, y: 130 - 45, side: 90, hands: ['left'] },
      { x: 140 - 60, y: 210 - 60, side: 120, hands: ['right'] },
    ]);
  });

  it('hold both hands in one square when the boxes meet', () => {
    const pose = poseWithHands({ left: [250, 100, 300, 200], right: [200, 150, 260, 250] });
    // Union: 200..300 x 100..250.
    expect(new HandCrops(still).next(pose)).toEqual([
      { x: 250 - 112.5, y: 175 - 112.5, side: 225, hands: ['left', 'right'] },
    ]);
  });

  it('count boxes as meeting by the margin, and not beyond', () => {
    // Widths 40 and 40, middles 50 apart: they meet once enlarged more than 1.25 times.
    const near = poseWithHands({ left: [150, 100, 190, 140], right: [100, 100, 140, 140] });
    expect(new HandCrops(still).next(near)).toHaveLength(1);
    const apart = poseWithHands({ left: [153, 100, 193, 140], right: [100, 100, 140, 140] });
    expect(new HandCrops(still).next(apart)).toHaveLength(2);
  });

  it('leave out hands that are missing, outside the picture, or a few stray points', () => {
    const pose = poseWithHands({ left: [600, 100, 660, 160] });
    for (let point = 0; point < 5; point++) pose.keypoints.set([50 + point * 9, 70, 1], (112 + point) * 3);
    expect(new HandCrops(still).next(pose)).toEqual([]);
  });

  it('show a hand of which an edge of the picture leaves a part', () => {
    const pose = poseWithHands({ left: [300, 500, 340, 560], right: [-70, 100, 10, 160] });
    expect(new HandCrops(still).next(pose)).toEqual([
      { x: 320 - 45, y: 530 - 45, side: 90, hands: ['left'] },
      { x: -30 - 60, y: 130 - 60, side: 120, hands: ['right'] },
    ]);
  });

  it('never look at points with confidence 0', () => {
    const pose = poseWithHands({ left: [100, 100, 160, 160] });
    pose.keypoints.set([0, 0, 0], 91 * 3);
    pose.keypoints.set([0, 0, 0], 97 * 3);
    const [crop] = new HandCrops(still).next(pose);
    expect(crop).toEqual({ x: 85, y: 85, side: 90, hands: ['left'] });
  });
});

describe('hand crops over time', () => {
  it('tremble less than the hand does', () => {
    const crops = new HandCrops(smooth);
    const centres = Array.from({ length: 60 }, (_, i) => {
      const shake = i % 2 === 0 ? 2 : -2;
      const [crop] = crops.next(poseWithHands({ left: [200 + shake, 200, 260 + shake, 260] }, i));
      return (crop?.x ?? 0) + (crop?.side ?? 0) / 2;
    });
    const late = centres.slice(20);
    expect(Math.max(...late) - Math.min(...late)).toBeLessThan(1.5);
  });

  it('always hold the whole hand, however it moves', () => {
    const place = fc.tuple(
      fc.integer({ min: 20, max: 400 }),
      fc.integer({ min: 20, max: 400 }),
      fc.integer({ min: 10, max: 90 }),
    );
    fc.assert(
      fc.property(fc.array(place, { minLength: 2, maxLength: 20 }), (places) => {
        const crops = new HandCrops(smooth);
        places.forEach(([x, y, side], i) => {
          const [crop] = crops.next(poseWithHands({ right: [x, y, x + side, y + side / 2] }, i));
          expect(crop).toBeDefined();
          if (!crop) return;
          expect(crop.x).toBeLessThanOrEqual(x);
          expect(crop.y).toBeLessThanOrEqual(y);
          expect(crop.x + crop.side).toBeGreaterThanOrEqual(x + side);
          expect(crop.y + crop.side).toBeGreaterThanOrEqual(y + side / 2);
          expect(crop.side).toBeGreaterThanOrEqual(1.25 * side - 1e-6);
        });
      }),
    );
  });

  it('follow from the frames seen so far alone, so that a resumed run finds the same ones', () => {
    const frames = Array.from({ length: 30 }, (_, i) =>
      poseWithHands(
        { left: [200 + 5 * Math.sin(i), 150 + i, 250 + i, 210], right: [100, 100 + 7 * (i % 3), 140, 150] },
        i,
      ),
    );
    const once = new HandCrops(smooth);
    const again = new HandCrops(smooth);
    const whole = frames.map((frame) => once.next(frame));
    for (const frame of frames.slice(0, 17)) again.next(frame);
    expect(frames.slice(17).map((frame) => again.next(frame))).toEqual(whole.slice(17));
  });

  it('start afresh when a hand comes back', () => {
    const crops = new HandCrops(smooth);
    crops.next(poseWithHands({ left: [50, 50, 90, 90] }, 0));
    crops.next(poseWithHands({}, 1));
    expect(crops.next(poseWithHands({ left: [300, 300, 340, 340] }, 2))).toEqual([
      { x: 290, y: 290, side: 60, hands: ['left'] },
    ]);
  });

  it('keep a shared crop until the hands are clearly apart', () => {
    const at = (gap: number, index: number) =>
      poseWithHands({ left: [140 + gap, 100, 180 + gap, 140], right: [100, 100, 140, 140] }, index);
    const crops = new HandCrops(still);
    expect(crops.next(at(10, 0))).toHaveLength(1);
    // 15 apart: too far to meet (40 x 1.3 = 52 < 55), too near to part (40 x 1.3 x 1.15 = 59.8).
    expect(crops.next(at(15, 1))).toHaveLength(1);
    expect(crops.next(at(25, 2))).toHaveLength(2);
    expect(crops.next(at(15, 3))).toHaveLength(2);
  });
});

describe('crop transform', () => {
  it('takes points, confidence and depth into the crop', () => {
    const pose = { ...poseWithHands({ left: [100, 200, 160, 260] }), depth: new Float32Array(133).fill(6) };
    const inside = cropPose(pose, { x: 90, y: 180, side: 64 }, 128);
    expect([...inside.keypoints.slice(91 * 3, 91 * 3 + 3)]).toEqual([20, 40, 1]);
    expect([...inside.keypoints.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(inside.depth?.[91]).toBe(12);
  });

  it('goes back to where it came from', () => {
    const number = fc.double({ min: -100, max: 600, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.double({ min: 5, max: 700, noNaN: true }), (x, y, side) => {
        const pose = poseWithHands({ left: [100, 200, 160, 260] });
        const there = cropPose(pose, { x, y, side }, 128);
        const scale = 128 / side;
        const back = cropPose(there, { x: -x * scale, y: -y * scale, side: 512 * scale }, 512);
        for (let i = 91 * 3; i < 112 * 3; i++) {
          expect(back.keypoints[i]).toBeCloseTo(pose.keypoints[i] ?? 0, 1);
        }
      }),
    );
  });

  it('finds the block of whole pixels that a crop touches, within the picture', () => {
    expect(cropBlock({ x: -10.5, y: 20.25, side: 50 }, wholeArea(64), 100)).toEqual({
      left: 0,
      top: 20,
      width: 40,
      height: 44,
      window: { x: 21, y: -0.5, width: 80, height: 88 },
    });
  });
});
