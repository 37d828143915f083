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
    light: z.number(),
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
  const { width, height, reach, light, slopes } = known;
  const area = width * height;
  const bench = new CarryBench({ left: 0, top: 0, width, height }, pixelsOf(waves(3 * area, 1, 0.05)), parts);
  bench.layWhole(pixelsOf(waves(3 * area, 1, 0.11)));
  const { picture, personMask } = bench.mix({
    half: waves((5 * area) / 4, 4, 0.37),
    flow: waves((3 * area) / 16, 4, 0.29),
    reach,
    light,
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

it('is the carried picture where the gate is closed, still or moved', () => {
  const [width, height] = [32, 16];
  const area = width * height;
  const carried = pixelsOf(waves(3 * area, 0.9, 0.13));
  const bench = new CarryBench({ left: 0, top: 0, width, height }, pixelsOf(waves(3 * area, 1, 0.05)), parts);
  const mixed = (gate: number, across: number): Uint8Array => {
    bench.layWhole(carried);
    const half = new Float32Array((5 * area) / 4).fill(0.7).fill(gate, (3 * area) / 4, area);
    const flow = new Float32Array(area / 8).fill(across, 0, area / 16);
    return bench.mix({ half, flow, reach: 12, light: 0, slopes: { gate: 2, person: 3 } }).picture.data;
  };
  const levels = (dx: number) =>
    Array.from({ length: 3 * area }, (_, k) => {
      const pixel = Math.floor(k / 3);
      const from = pixel - (pixel % width) + Math.min(width - 1, (pixel % width) + dx);
      return Math.floor((carried[4 * from + (k % 3)] ?? 0) + 0.5);
    });
  expect([...mixed(-20, 0)]).toEqual(levels(0));
  // A flow of 12 tanh(x / 2) = 2 pixels to the right; beside the edge it is smoothed with none, so that the middle is looked at.
  const moved = mixed(-20, 2 * Math.atanh(2 / 12));
  const middle = (all: ArrayLike<number>) => [8, 9, 12, 15].map((x) => all[3 * (8 * width + x)]);
  expect(middle(moved)).toEqual(middle(levels(2)));
  // A gate that is a thousandth open changes no level by more than rounding.
  const ajar = mixed(Math.log(0.001 / 0.999) / 2, 0);
  const off = levels(0).map((value, k) => Math.abs((ajar[k] ?? 0) - value));
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
  expect([...mixed(20, 0)]).not.toEqual(levels(0));
});

it('lights the carried picture, still or moved, and not the colours of its own', () => {
  const [width, height] = [32, 16];
  const area = width * height;
  const carried = new Float32Array(4 * area).fill(120);
  const bench = new CarryBench(
    { left: 0, top: 0, width, height },
    new Float32Array(4 * area).fill(40),
    parts,
  );
  const middle = (gate: number, across: number, bright: number): number | undefined => {
    bench.layWhole(carried);
    const half = new Float32Array((5 * area) / 4).fill(20).fill(gate, (3 * area) / 4, area);
    const flow = new Float32Array((3 * area) / 16).fill(across, 0, area / 16).fill(bright, area / 8);
    const maps = { half, flow, reach: 12, light: 0.5, slopes: { gate: 2, person: 3 } };
    return bench.mix(maps).picture.data[3 * (8 * width + 16)];
  };
  for (const across of [0, 1]) {
    expect(middle(-20, across, 20)).toBe(180);
    expect(middle(-20, across, -20)).toBe(60);
    // 0.5 tanh(x / 2) = 0.1
    expect(middle(-20, across, 2 * Math.atanh(0.2))).toBe(132);
    expect(middle(-20, across, 0)).toBe(120);
  }
  // The brightest own colour, half of it and half of the carried picture's.
  expect(middle(20, 0, -20)).toBe(255);
  const mixed = 0.5 * 1.05 * 255 + 0.5 * (127.5 * (1 - 1.05)) + 0.5 * 60;
  expect(Math.abs((middle(0, 0, -20) ?? 0) - mixed)).toBeLessThanOrEqual(4);
});

it('keeps the carried picture inside of what is to be kept, unmoved, whatever the network says', () => {
  const [width, height] = [64, 64];
  const area = width * height;
  const carried = pixelsOf(waves(3 * area, 0.9, 0.13));
  const bench = new CarryBench({ left: 8, top: 4, width, height }, pixelsOf(waves(3 * area, 1, 0.05)), parts);
  const drawn = (kept: typeof bench.kept): Uint8Array => {
    bench.layWhole(carried);
    bench.kept = kept;
    const half = new Float32Array((5 * area) / 4).fill(0.7).fill(20, (3 * area) / 4);
    const flow = new Float32Array(area / 8).fill(1);
    return bench.mix({ half, flow, reach: 12, light: 0, slopes: { gate: 2, person: 3 } }).picture.data;
  };
  // The middle of the area is at (40, 36) of the picture.
  const [kept, own] = [drawn([{ x: 40, y: 36, across: 16, down: 12 }]), drawn([])];
  const level = (x: number, y: number) => Math.floor((carried[4 * (y * width + x)] ?? 0) + 0.5);
  for (const [x, y] of [
    [32, 32],
    [24, 32],
    [32, 26],
  ] as const) {
    expect(Math.abs((kept[3 * (y * width + x)] ?? 0) - level(x, y))).toBeLessThanOrEqual(1);
    expect(Math.abs((own[3 * (y * width + x)] ?? 0) - level(x, y))).toBeGreaterThan(1);
  }
  for (const at of [3 * (4 * width + 4), 3 * (32 * width + 2), 3 * (60 * width + 60)])
    expect(kept[at]).toBe(own[at]);
  // The next frame begins with nothing that is kept.
  bench.layPlate();
  expect(bench.kept).toEqual([]);
});
