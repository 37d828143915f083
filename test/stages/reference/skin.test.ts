import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { skinColours } from '../../../src/stages/reference/skin.js';

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
