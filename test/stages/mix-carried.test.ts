import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { mixCarried } from '../../src/stages/mix-carried.js';

// By models/training/handfirst_training/fixtures/mix.py: PyTorch's own enlarging and grid sampling.
const known = z
  .object({
    width: z.number(),
    height: z.number(),
    reach: z.number(),
    levels: z.array(z.number()),
    person: z.array(z.number()),
  })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/mix.json', import.meta.url), 'utf8')));

function waves(length: number, strength: number, speed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => strength * Math.sin(speed * i));
}

it('moves and mixes as the training code does', () => {
  const { width, height, reach } = known;
  const area = width * height;
  const { picture, personMask } = mixCarried(
    {
      half: waves((5 * area) / 4, 4, 0.37),
      flow: waves((2 * area) / 16, 4, 0.29),
      carried: waves(3 * area, 1, 0.11),
      plate: waves(3 * area, 1, 0.05),
      width,
      height,
    },
    reach,
  );
  expect(picture).toMatchObject({ width, height, channels: 3 });
  const off = known.levels.map((level, i) => Math.abs(level - (picture.data[i] ?? -99)));
  // Rounding to levels may fall on either side.
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
  expect(off.filter((difference) => difference > 0).length).toBeLessThan(off.length / 100);
  known.person.forEach((share, i) => {
    expect(personMask?.[i]).toBeCloseTo(share, 3);
  });
});
