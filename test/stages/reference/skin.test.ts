import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { skinColours, skinForHands } from '../../../src/stages/reference/skin.js';

const SIZE = 96;

// Taken by models/training/handfirst_training/fixtures/skin.py (OpenCV): what the hand stage knew of signers in training.
const cases = z
  .array(
    z.object({
      name: z.string(),
      rows: z.tuple([z.number(), z.number()]),
      keypoints: z.array(z.number()).length(399),
      colours: z.array(z.number()).length(9).nullable(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/skin.json', import.meta.url), 'utf8')));

/** The formula of the training code's `picture`. */
function picture(): Uint8Array {
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) {
      for (let c = 0; c < 3; c++) data[(i * SIZE + j) * 3 + c] = 210 - j - 20 * c + ((i * (c + 2)) % 7);
    }
  }
  return data;
}

it.each(cases)('the skin of $name is that of training', ({ rows: [first, last], keypoints, colours }) => {
  const skin = Uint8Array.from({ length: SIZE * SIZE }, (_, pixel) => {
    const row = Math.floor(pixel / SIZE);
    return row >= first && row < last ? 1 : 0;
  });
  const found = skinColours({
    size: SIZE,
    picture: { width: SIZE, height: SIZE, channels: 3, data: picture() },
    skin,
    keypoints: Float32Array.from(keypoints),
  });
  if (colours === null) {
    expect(found).toBeUndefined();
    return;
  }
  // OpenCV rounds the face's points to pixels; that moves its outline, and a level by less than two of 255.
  for (const [at, level] of colours.entries())
    expect(Math.abs((found?.[at] ?? Number.NaN) - level)).toBeLessThan(0.015);
});

/** A grey picture of 100 x 120 whose left hand lies in a square of 16 pixels of `colour`. */
function withHand(colour: readonly number[]) {
  const [size, height] = [100, 120];
  const data = new Uint8Array(3 * size * height).fill(90);
  const keypoints = new Float32Array(399);
  for (let k = 0; k < 21; k++)
    keypoints.set([42 + (k % 4) * 4, 102 + Math.floor(k / 4) * 2, 1], 3 * (91 + k));
  for (let y = 100; y < 116; y++) for (let x = 40; x < 56; x++) data.set(colour, 3 * (y * size + x));
  const person = new Float32Array(size * height).fill(1);
  return { size, picture: { width: size, height, channels: 3 as const, data }, person, keypoints };
}

describe('the skin for hands', () => {
  const face = Float32Array.from([60, 60, 60, 100, 100, 100, 140, 140, 140], (level) => level / 127.5 - 1);
  const levels = (skin: Float32Array) => Array.from(skin, (value) => Math.round((value + 1) * 1275) / 10);

  it("is as bright as the reference's hands, where the graph draws them brighter or darker than the face", () => {
    // A hand of 120, 90 and 100 beside 100: 1.2, 0.9 and 1.0 are wanted, and 1.0, 1.0 and 1.25 drawn.
    const skin = skinForHands(withHand([120, 90, 100]), face, [1, 1, 1.25]);
    expect(levels(skin)).toEqual([72, 54, 48, 120, 90, 80, 168, 126, 112]);
  });

  it("is the face's where no hand is seen, and where it is gloved", () => {
    const asFace = [60, 60, 48, 100, 100, 80, 140, 140, 112];
    const without = { ...withHand([120, 90, 100]), keypoints: new Float32Array(399) };
    expect(levels(skinForHands(without, face, [1, 1, 1.25]))).toEqual(asFace);
    expect(levels(skinForHands(withHand([100, 20, 100]), face, [1, 1, 1.25]))).toEqual(asFace);
    const behind = { ...withHand([120, 90, 100]), person: new Float32Array(12000) };
    expect(levels(skinForHands(behind, face, [1, 1, 1.25]))).toEqual(asFace);
  });

  it('changes within limits, and is no brighter than white', () => {
    expect(levels(skinForHands(withHand([149, 61, 100]), face, [1, 1, 1])).slice(3, 6)).toEqual([
      130, 75, 100,
    ]);
    const bright = face.map((value) => value + 1);
    expect(Math.max(...skinForHands(withHand([255, 255, 255]), bright, [1, 1, 1]))).toBe(1);
  });
});
