import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/picture.js';
import { gaussianBlur } from '../../../src/stages/reference/blur.js';
import { fillUnknown } from '../../../src/stages/reference/fill.js';
import { photoFrame } from '../../../src/stages/reference/framing.js';
import { insideHull } from '../../../src/stages/reference/hull.js';
import { followEdges } from '../../../src/stages/reference/matte.js';
import { photoReference } from '../../../src/stages/reference/photo.js';
import { overPlate } from '../../../src/stages/reference/plate.js';
import { recolour } from '../../../src/stages/reference/recolour.js';
import { goalOf } from '../../../src/stages/reference/reference.js';
import { skinColours } from '../../../src/stages/reference/skin.js';

const SIZE = 32;
const AREA = SIZE * SIZE;

function pictureOf(
  colour: (x: number, y: number) => readonly number[],
  width = SIZE,
  height = SIZE,
): Picture {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set(colour(i % width, Math.floor(i / width)), 3 * i);
  return { width, height, channels: 3, data };
}

const pixel = ({ data, width }: Picture, x: number, y: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

/** A face whose outline is a square from 8 to 24, with eyes and mouth as little squares in it. */
function squareFace(): Float32Array {
  const points = new Float32Array(133 * 3);
  const put = (first: number, count: number, left: number, top: number, side: number): void => {
    for (let k = 0; k < count; k++) {
      const corner = [
        [left, top],
        [left + side, top],
        [left + side, top + side],
        [left, top + side],
      ][k % 4] ?? [0, 0];
      points.set([corner[0] ?? 0, corner[1] ?? 0, 1], (23 + first + k) * 3);
    }
  };
  put(0, 36, 8, 8, 16);
  put(36, 6, 10, 10, 4);
  put(42, 6, 18, 10, 4);
  put(48, 20, 14, 18, 4);
  return points;
}

describe('the skin of a reference', () => {
  it('is the mean of its darkest, middle and brightest fifth within the face, without eyes and mouth', () => {
    // 16 x 16 pixels less three holes of 4 x 4: 208 pixels; grey by row: 16 rows of levels 0, 10 ... 150, with other things around.
    const picture = pictureOf((_, y) =>
      y < 8 || y >= 24 ? [255, 0, 0] : [10 * (y - 8), 10 * (y - 8), 10 * (y - 8)],
    );
    for (const [left, top] of [
      [10, 10],
      [18, 10],
      [14, 18],
    ] as const) {
      for (let y = top; y < top + 4; y++)
        for (let x = left; x < left + 4; x++) picture.data.set([0, 0, 255], 3 * (y * SIZE + x));
    }
    const all = { size: SIZE, picture, skin: new Uint8Array(AREA).fill(1), keypoints: squareFace() };
    const levels: number[] = [];
    for (let y = 8; y < 24; y++) {
      for (let x = 8; x < 24; x++) {
        const [red = 0, , blue = 0] = pixel(picture, x, y);
        if (red === blue) levels.push(red);
      }
    }
    expect(levels).toHaveLength(208);
    const mean = (from: number, to: number) => {
      const some = levels.slice(Math.floor(from * 208), Math.floor(to * 208));
      return some.reduce((sum, v) => sum + v, 0) / some.length / 127.5 - 1;
    };
    const expected = [mean(0, 0.2), mean(0.4, 0.6), mean(0.8, 1)].flatMap((level) => [level, level, level]);
    const found = skinColours(all);
    expected.forEach((level, k) => {
      expect(found?.[k]).toBeCloseTo(level, 5);
    });
  });

  it('is not read from hair that hangs into the face, nor where there is no face', () => {
    const picture = pictureOf((x) => (x < 16 ? [10, 10, 10] : [200, 150, 120]));
    const skin = Uint8Array.from({ length: AREA }, (_, i) => (i % SIZE >= 16 ? 1 : 0));
    const found = skinColours({ size: SIZE, picture, skin, keypoints: squareFace() });
    expect([...(found ?? [])].map((v) => Math.round((v + 1) * 127.5))).toEqual([
      200, 150, 120, 200, 150, 120, 200, 150, 120,
    ]);
    expect(skinColours({ size: SIZE, picture, skin, keypoints: new Float32Array(399) })).toBeUndefined();
  });

  it('lies within the convex hull of points', () => {
    const inside = insideHull(
      [
        { x: 2, y: 2 },
        { x: 10, y: 2 },
        { x: 10, y: 10 },
        { x: 2, y: 10 },
        { x: 5, y: 5 },
      ],
      16,
    );
    expect(inside.reduce((sum, v) => sum + v, 0)).toBe(64);
    expect(inside[2 * 16 + 2]).toBe(1);
    expect(inside[10 * 16 + 9]).toBe(0);
  });
});

describe('new colours', () => {
  const part = Uint8Array.from({ length: AREA }, (_, i) => (i % SIZE < 16 ? 1 : 0));
  // Light falls off downwards.
  const shaded = pictureOf((x, y) => (x < 16 ? [60 + 2 * y, 20 + y, 20 + y] : [230, 230, 230]));

  it('keep the shading and leave everything else', () => {
    const green = recolour(shaded, part, [41, 133, 64]);
    const greens = [2, 16, 29].map((y) => pixel(green, 5, y)[1] ?? 0);
    expect(greens).toEqual([...greens].sort((a, b) => a - b));
    expect(new Set(greens).size).toBe(3);
    const mean = [0, 1, 2].map((c) => {
      let sum = 0;
      for (let y = 0; y < SIZE; y++) for (let x = 0; x < 13; x++) sum += pixel(green, x, y)[c] ?? 0;
      return sum / (13 * SIZE);
    });
    mean.forEach((level, c) => {
      expect(Math.abs(level - ([41, 133, 64][c] ?? 0))).toBeLessThan(8);
    });
    expect(pixel(green, 25, 10)).toEqual([230, 230, 230]);
  });

  it('put another wall behind somebody, at soft edges too', () => {
    const person = Float32Array.from({ length: AREA }, (_, i) =>
      i % SIZE < 15 ? 1 : i % SIZE === 15 ? 0.5 : 0,
    );
    const plate = pictureOf(() => [200, 200, 200]);
    const picture = pictureOf((x) => (x < 15 ? [100, 0, 0] : x === 15 ? [150, 100, 100] : [200, 200, 200]));
    const moved = overPlate(
      { picture, person, plate },
      pictureOf(() => [0, 0, 200]),
    );
    expect(pixel(moved, 3, 3)).toEqual([100, 0, 0]);
    expect(pixel(moved, 15, 3)).toEqual([50, 0, 100]);
    expect(pixel(moved, 20, 3)).toEqual([0, 0, 200]);
  });
});

describe('what is behind a person', () => {
  it('is filled from around, as it was where it was seen', () => {
    const colours = new Float32Array(3 * AREA);
    const known = new Float32Array(AREA);
    for (let i = 0; i < AREA; i++) {
      const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
      const hole = x >= 10 && x < 22 && y >= 8;
      known[i] = hole ? 0 : 1;
      // A slope across, and black where nothing is known.
      if (!hole) colours.set([4 * x, 100, 255 - 4 * x], 3 * i);
    }
    const filled = fillUnknown(colours, known, SIZE);
    expect([...filled.slice(0, 3)]).toEqual([0, 100, 255]);
    let worst = 0;
    for (let y = 8; y < SIZE; y++)
      for (let x = 10; x < 22; x++)
        worst = Math.max(worst, Math.abs((filled[3 * (y * SIZE + x)] ?? 0) - 4 * x));
    expect(worst, 'of 48 levels across the hole').toBeLessThan(24);
    expect([...fillUnknown(colours, known, SIZE)]).toEqual([...filled]);
  });

  it('is cut off along the edges of the picture', () => {
    // A bright body left of 16; the network's mask is a soft slope about 18.
    const grey = Float32Array.from({ length: AREA }, (_, i) => (i % SIZE < 16 ? 0.9 : 0.2));
    const mask = Float32Array.from({ length: AREA }, (_, i) =>
      Math.min(1, Math.max(0, (24 - (i % SIZE)) / 12)),
    );
    const followed = followEdges(mask, grey, SIZE);
    const row = 16 * SIZE;
    const step = (values: Float32Array) => (values[row + 14] ?? 0) - (values[row + 17] ?? 0);
    expect(step(followed)).toBeGreaterThan(2 * step(mask));
  });
});

describe('the frame of a photograph', () => {
  const shoulders = { x: 500, y: 500, width: 330 };

  it('gives the signer room, within a wide picture', () => {
    expect(photoFrame(1920, 1080, { shoulders, bottom: 1080 })).toEqual({ x: 0, y: 0, side: 1000 });
  });

  it('reaches beyond a picture that is too narrow, never below a person who is cut off there', () => {
    const frame = photoFrame(600, 900, { shoulders: { ...shoulders, x: 300 }, bottom: 900 });
    expect(frame.side).toBeCloseTo(330 / 0.36, 6);
    expect(frame.x).toBeCloseTo(300 - frame.side / 2, 6);
    expect(frame.y).toBeCloseTo(900 - frame.side, 6);
    const low = photoFrame(900, 600, { shoulders: { x: 450, y: 300, width: 297 }, bottom: 600 });
    expect(low).toEqual({ x: 0, y: -300, side: 900 });
  });

  it('makes room beside a portrait whose arms are cut off, not where the trunk is', () => {
    const portrait = photoFrame(512, 512, { shoulders: { x: 215, y: 250, width: 205 }, bottom: 512 });
    expect(portrait.side).toBeCloseTo(205 / 0.36, 6);
    expect(portrait.x).toBeCloseTo(512 - portrait.side, 6);
    const head = photoFrame(400, 400, { shoulders: { x: 200, y: 350, width: 380 }, bottom: 400 });
    expect(head).toEqual({ x: 0, y: 0, side: 400 });
  });
});

describe('a photograph', () => {
  it('shows somebody whom its lower edge cuts off down to the last row', () => {
    const [width, height] = [150, 130];
    const picture = pictureOf((x) => (x > 50 && x < 100 ? [200, 60, 30] : [20, 20, 200]), width, height);
    const keypoints = new Float32Array(399);
    keypoints.set([95, 70, 1, 55, 70, 1], 5 * 3);
    const mask = Float32Array.from({ length: width * height }, (_, i) =>
      i % width > 50 && i % width < 100 ? 1 : 0,
    );
    const { person } = photoReference({ picture, keypoints, mask }, SIZE);
    for (const y of [SIZE / 2, SIZE - 1])
      expect(person[y * SIZE + SIZE / 2], `row ${y}`).toBeGreaterThan(0.9);
  });

  it('becomes a reference of the wanted size, whose limbs outside the picture are missing', () => {
    const width = 60;
    const height = 40;
    const picture = pictureOf(
      (x, y) => (x > 20 && x < 40 && y > 8 ? [200, 60, 30] : [20, 20 + y, 200]),
      width,
      height,
    );
    const keypoints = new Float32Array(399);
    keypoints.set([36, 20, 1, 24, 20, 1, 38, 30, 1, 22, 30, 1, 42, 50, 0.9, 18, 52, 0.9], 5 * 3);
    const mask = Float32Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x > 20 && x < 40 && y > 8 ? 1 : 0;
    });
    const found = photoReference({ picture, keypoints, mask }, SIZE);
    expect(found.picture).toMatchObject({ width: SIZE, height: SIZE });
    // Shoulders are a third of the frame's side.
    expect(goalOf(found).width / SIZE).toBeCloseTo(0.33, 2);
    expect(found.keypoints[7 * 3 + 2], 'an elbow that is seen').toBe(1);
    expect(found.keypoints[9 * 3 + 2], 'a wrist below the picture').toBe(0);
    const [x, y] = [16, 24];
    expect(found.person[y * SIZE + x]).toBeGreaterThan(0.9);
    const [red = 0, , blue = 0] = pixel(found.plate, x, y);
    expect(blue, 'the wall, not the person').toBeGreaterThan(red + 80);
    expect(gaussianBlur(new Float32Array(AREA).fill(3), SIZE, 1.5).every((v) => Math.abs(v - 3) < 1e-5)).toBe(
      true,
    );
  });
});
