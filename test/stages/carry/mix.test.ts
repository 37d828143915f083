import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CarryBench } from '../../../src/stages/carry/workbench.js';

// By models/training/handfirst_training/fixtures/mix.py: PyTorch's own enlarging and grid sampling.
const known = z
  .object({
    width: z.number(),
    height: z.number(),
    reach: z.number(),
    slopes: z.object({ gate: z.number(), person: z.number() }),
    levels: z.array(z.number()),
    person: z.array(z.number()),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/mix.json', import.meta.url), 'utf8')));

const nothing = { left: 0, top: 0, width: 0, height: 0 };
const part = { pixels: new Float32Array(0), place: nothing, height: 0, box: [0, 0, 0, 0] } as const;
const parts = { person: part, trunk: part, neck: part, head: part };

/** Planes [3, pixels] in -1..1 as [pixels, 4] in 0..255. */
function pixelsOf(planes: Float32Array): Float32Array {
  const pixels = planes.length / 3;
  return Float32Array.from({ length: 4 * pixels }, (_, k) =>
    k % 4 === 3 ? 0 : ((planes[(k % 4) * pixels + Math.floor(k / 4)] ?? 0) + 1) * 127.5,
  );
}

function waves(length: number, strength: number, speed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => strength * Math.sin(speed * i));
}

it('moves and mixes as the training code does', () => {
  const { width, height, reach, slopes } = known;
  const area = width * height;
  const bench = new CarryBench({ left: 0, top: 0, width, height }, pixelsOf(waves(3 * area, 1, 0.05)), parts);
  bench.layWhole(pixelsOf(waves(3 * area, 1, 0.11)));
  const { picture, personMask } = bench.mix({
    half: waves((5 * area) / 4, 4, 0.37),
    flow: waves((2 * area) / 16, 4, 0.29),
    reach,
    slopes,
  });
  expect(picture).toMatchObject({ width, height, channels: 3 });
  const off = known.levels.map((level, i) => Math.abs(level - (picture.data[i] ?? -99)));
  // Rounding to levels may fall on either side.
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
  expect(off.filter((difference) => difference > 0).length).toBeLessThan(off.length / 100);
  known.person.forEach((share, i) => {
    expect(personMask?.[i]).toBeCloseTo(share, 3);
  });
});
