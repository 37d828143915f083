import { describe, expect, it } from 'vitest';
import { blanked, likeness, seamOf } from '../../src/evaluate/judge/frame-values.js';
import { cropMaskIous } from '../../src/evaluate/judge/hand-masks.js';
import { backgroundRegion, fillPolygon, handRegion, personArea } from '../../src/evaluate/judge/regions.js';
import { movementBack, warpedChange } from '../../src/evaluate/judge/warp.js';
import type { Picture } from '../../src/picture.js';
import { handPoint, KEYPOINT_COUNT } from '../../src/pose/pose-frame.js';

const count = (mask: Uint8Array | undefined): number => mask?.reduce((sum, value) => sum + value, 0) ?? -1;

function picture(size: number, level: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(size * size * 3);
  for (let at = 0; at < size * size; at += 1)
    data.fill(level(at % size, Math.floor(at / size)), at * 3, at * 3 + 3);
  return { width: size, height: size, channels: 3, data };
}

describe('regions of a picture', () => {
  it('hold the pixels whose middles lie in the polygon', () => {
    const square = fillPolygon(
      [
        [1, 1],
        [4, 1],
        [4, 3],
        [1, 3],
      ],
      6,
    );
    expect(count(square)).toBe(6);
    expect([...square.subarray(6, 12)]).toEqual([0, 1, 1, 1, 0, 0]);
    // The triangle below the diagonal of 8 x 8: 0 + 1 + ... + 7 whole pixels left of it, and the 8 middles on it belong to one side.
    const triangle = fillPolygon(
      [
        [0, 0],
        [8, 8],
        [0, 8],
      ],
      8,
    );
    expect([28, 36]).toContain(count(triangle));
  });

  it('take the palm where no mask of a hand is known, and else the mask without its rim', () => {
    const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
    const corners = [
      [10, 10],
      [20, 10],
      [30, 10],
      [30, 20],
      [30, 30],
      [10, 30],
    ];
    [0, 1, 5, 9, 13, 17].forEach((point, at) => {
      keypoints.set([...(corners[at] ?? []), 1], handPoint('left', point) * 3);
    });
    expect(count(handRegion(keypoints, {}, 'left', 40))).toBe(18 * 18);
    expect(handRegion(keypoints, {}, 'right', 40)).toBeUndefined();
    const leftHand = new Uint8Array(1600).map((_, at) => (at % 40 < 10 && at < 400 ? 1 : 0));
    expect(count(handRegion(keypoints, { leftHand }, 'left', 40))).toBe(6 * 6);
  });

  it('know the area of a person by mask, or by 0.53 of the box', () => {
    const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
    keypoints.set([10, 10, 1, 30, 50, 1]);
    expect(personArea(keypoints, {})).toBeCloseTo(20 * 40 * 0.53, 9);
    expect(personArea(keypoints, { person: Uint8Array.of(1, 0, 1, 1) })).toBe(3);
  });

  it('keep the background off the person', () => {
    const person = new Uint8Array(40 * 40);
    person[20 * 40 + 20] = 1;
    // A square of 17 x 17 round the pixel, and the picture's rim of 8, are left out.
    expect(count(backgroundRegion(new Float32Array(3), { person }, 40))).toBe(24 * 24 - 17 * 17 + 0);
  });
});

describe('the warped error', () => {
  const at = (x: number, y: number): number[] => [x, y, 1];
  const before = [at(10, 10), at(20, 10), at(10, 20), at(25, 25)].flat();

  it('finds a movement back, here one to the right and down by 3 and 2', () => {
    const now = before.map((value, index) => value + ([3, 2, 0][index % 3] ?? 0));
    const movement = movementBack(now, before);
    expect(movement?.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([1, 0, -3, 0, 1, -2]);
    expect(movementBack(now.slice(0, 9), before.slice(0, 9))).toBeUndefined();
  });

  it('is nothing for what only moved, and the difference for what also changed', () => {
    const level = (x: number, y: number): number => 40 + 3 * x + 2 * y;
    const first = picture(32, level);
    const moved = picture(32, (x, y) => Math.max(0, level(x - 3, y - 2)));
    const brighter = picture(32, (x, y) => Math.max(0, level(x - 3, y - 2)) + 7);
    const region = new Uint8Array(32 * 32).map((_, index) =>
      index % 32 > 8 && index % 32 < 24 && index > 8 * 32 && index < 24 * 32 ? 1 : 0,
    );
    const back = [1, 0, -3, 0, 1, -2] as const;
    expect(warpedChange(first, moved, region, back)).toBeCloseTo(0, 6);
    expect(warpedChange(first, brighter, region, back)).toBeCloseTo(7, 6);
    expect(warpedChange(first, moved, new Uint8Array(32 * 32), back)).toBeUndefined();
  });
});

describe('values of a picture', () => {
  const whole = { left: 0, top: 0, width: 16, height: 16 };

  it('compare the whole picture, and the person without what is behind', () => {
    const reference = picture(16, () => 100);
    const person = new Uint8Array(256).map((_, at) => (at % 16 < 12 && at < 192 ? 1 : 0));
    const other = picture(16, (x, y) => (x < 12 && y < 12 ? 110 : 200));
    const values = likeness(reference, other, whole, { person });
    // Mean squared error 144 * 100 of 144 pixels: 20 log10(255 / 10).
    expect(values.psnrPerson).toBeCloseTo(20 * Math.log10(25.5), 9);
    expect(values.psnr).toBeCloseTo(10 * Math.log10(255 ** 2 / ((144 * 100 + 112 * 10_000) / 256)), 9);
    expect(likeness(reference, reference, whole, {})).toEqual({ psnr: 100, ssim: 1 });
    expect(blanked(other, person).data[15 * 3]).toBe(128);
  });

  it('leave the pictures as they are, also where their bytes are a Buffer', () => {
    const person = new Uint8Array(256).fill(1, 0, 128);
    const plain = picture(16, (x) => 10 * x);
    const reference = { ...plain, data: Buffer.from(plain.data) };
    const first = likeness(
      reference,
      picture(16, () => 50),
      whole,
      { person },
    );
    expect(
      likeness(
        reference,
        picture(16, () => 50),
        whole,
        { person },
      ),
    ).toEqual(first);
    expect([...reference.data]).toEqual([...plain.data]);
  });

  it('see a seam at the rim alone', () => {
    const mask = new Uint8Array(32 * 32).map((_, at) =>
      at % 32 >= 10 && at % 32 < 20 && at >= 320 && at < 640 ? 1 : 0,
    );
    const slope = picture(32, (x, y) => 2 * x + 2 * y);
    const seam = picture(32, (x, y) => 2 * x + 2 * y + (mask[y * 32 + x] ? 20 : 0));
    expect(seamOf(slope, mask)).toBeCloseTo(1, 9);
    // Steps at the rim are 22 or 18, as often, and 2 beside it.
    expect(seamOf(seam, mask)).toBeCloseTo(10, 1);
    expect(seamOf(slope, new Uint8Array(32 * 32))).toBeUndefined();
  });
});

describe('masks of crops', () => {
  const leftHand = new Uint8Array(64).map((_, at) => (at % 8 < 4 ? 1 : 0));
  const planes = { channels: 3, width: 4, height: 4, data: new Float32Array(48) };
  const crop = { x: 0, y: 0, side: 8, hands: ['left'] as const };
  const mask = Float32Array.from({ length: 16 }, (_, at) => (at % 4 < 1 ? 1 : 0));

  it('are compared with the known hand, pixel by pixel of the crop', () => {
    expect(cropMaskIous([{ crop, picture: planes, mask }], { leftHand }, 8)).toEqual([0.5]);
  });

  it('count only where the crop lies in the picture and the hand is known', () => {
    const half = { ...crop, x: -4 };
    const beyond = Float32Array.from({ length: 16 }, (_, at) => (at % 4 < 2 ? 1 : 0));
    // Left half of the crop is outside; in the right one all is hand and nothing was predicted.
    expect(cropMaskIous([{ crop: half, picture: planes, mask: beyond }], { leftHand }, 8)).toEqual([0]);
    expect(
      cropMaskIous([{ crop: { ...crop, hands: ['right'] }, picture: planes, mask }], { leftHand }, 8),
    ).toEqual([]);
  });
});
