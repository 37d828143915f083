import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Picture } from '../../../src/picture.js';
import { wholeArea } from '../../../src/stages/area.js';
import { clipReference } from '../../../src/stages/carry/carry.js';
import type { Reference } from '../../../src/stages/reference/reference.js';

// Carried by models/training/handfirst_training/fixtures/carry.py (numba): what the networks saw in training.
const cases = z
  .array(
    z.object({
      name: z.string(),
      height: z.number(),
      reference: z.array(z.number()),
      keypoints: z.array(z.number()),
      depth: z.array(z.number().nullable()),
      mean: z.array(z.number()),
      coverage: z.number(),
      places: z.array(z.number()),
      colours: z.array(z.array(z.number())),
      cover: z.array(z.number()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/carry.json', import.meta.url), 'utf8')));

const SIZE = 64;

function pictureOf(height: number, formula: (i: number, j: number, c: number) => number): Picture {
  const data = Uint8Array.from({ length: SIZE * height * 3 }, (_, k) => {
    const pixel = Math.floor(k / 3);
    return formula(Math.floor(pixel / SIZE), pixel % SIZE, k % 3) % 256;
  });
  return { width: SIZE, height, channels: 3, data };
}

/** The picture of the Python side, by the same formulas. */
function reference(keypoints: readonly number[], height = SIZE): Reference {
  return {
    size: SIZE,
    picture: pictureOf(height, (i, j, c) => 37 * i + 91 * j * (c + 1) + i * j),
    plate: pictureOf(SIZE, (i, j, c) => 5 * i + 3 * j + 40 * c),
    person: Float32Array.from({ length: SIZE * height }, (_, k) => {
      const [i, j] = [Math.floor(k / SIZE), k % SIZE];
      return Math.min(1, Math.max(0, (30 - Math.hypot(j - 31.5, (i - 45) / 1.3)) / 4));
    }),
    skin: new Uint8Array(SIZE * height),
    keypoints: Float32Array.from(keypoints),
  };
}

const depthOf = (depth: readonly (number | null)[]) => Float32Array.from(depth, (z) => z ?? Number.NaN);

/** The reference carried into a frame: [area, 3] of 0..255, and where a part was laid. */
function carry(own: Reference, keypoints: readonly number[], depth?: Float32Array, area = wholeArea(SIZE)) {
  const frame = { index: 0, time: 0, keypoints: Float32Array.from(keypoints), ...(depth ? { depth } : {}) };
  const { picture, coverage } = clipReference(own, { area }).carry(frame);
  const pixels = area.width * area.height;
  const colours = Float64Array.from(
    { length: 3 * pixels },
    (_, k) => ((picture.data[(k % 3) * pixels + Math.floor(k / 3)] ?? 0) + 1) * 127.5,
  );
  return { colours, cover: coverage.data };
}

describe('the carried picture', () => {
  it.each(cases)('equals that of the training code: $name', (known) => {
    const own = reference(known.reference, known.height);
    const { colours, cover } = carry(own, known.keypoints, depthOf(known.depth));
    known.places.forEach((at, k) => {
      expect(cover[at], `cover at ${at}`).toBeCloseTo(known.cover[k] ?? Number.NaN, 4);
      known.colours[k]?.forEach((value, c) => {
        expect(Math.abs((colours[3 * at + c] ?? 0) - value), `colour ${c} at ${at}`).toBeLessThan(0.01);
      });
    });
    const area = SIZE * SIZE;
    expect(cover.reduce((sum, v) => sum + v, 0) / area).toBeCloseTo(known.coverage, 5);
    known.mean.forEach((mean, c) => {
      const sum = colours.reduce((total, v, k) => total + (k % 3 === c ? v : 0), 0);
      expect(Math.abs(sum / area - mean)).toBeLessThan(0.001);
    });
  });

  // The head's shifts are worked out on a grid that begins where the head or the area does: one begins with the picture, one lies below the head.
  const areas = [
    { left: 0, top: 0, width: 52, height: 44 },
    { left: 12, top: 44, width: 40, height: 16 },
  ];
  it.each(cases.flatMap((known) => areas.map((area) => ({ ...known, area }))))(
    'is the same within a part of the picture: $name, from row $area.top',
    ({ area, ...known }) => {
      const own = reference(known.reference, known.height);
      const whole = carry(own, known.keypoints, depthOf(known.depth));
      const part = carry(own, known.keypoints, depthOf(known.depth), area);
      for (let at = 0; at < area.width * area.height; at++) {
        const from = (area.top + Math.floor(at / area.width)) * SIZE + area.left + (at % area.width);
        expect(part.cover[at]).toBe(whole.cover[from]);
        for (let c = 0; c < 3; c++) expect(part.colours[3 * at + c]).toBe(whole.colours[3 * from + c]);
      }
    },
  );

  it.each([32, 16])('is given at %i pixels as means of whole cells', (side) => {
    const [known] = cases;
    const frame = { index: 0, time: 0, keypoints: Float32Array.from(known?.keypoints ?? []) };
    const { picture, coverage, means } = clipReference(reference(known?.reference ?? [])).carry(frame);
    const { channels, data } = means({ width: side, height: side });
    const cell = SIZE / side;
    expect(channels).toBe(4);
    for (let k = 0; k < 4 * side * side; k++) {
      const [c, y, x] = [Math.floor(k / side / side), Math.floor(k / side) % side, k % side];
      const plane = c < 3 ? picture.data.subarray(c * SIZE * SIZE) : coverage.data;
      let sum = 0;
      for (let i = 0; i < cell * cell; i++)
        sum += plane[(y * cell + Math.floor(i / cell)) * SIZE + x * cell + (i % cell)] ?? 0;
      expect(data[k]).toBeCloseTo(sum / cell / cell, 5);
    }
  });

  it('is the plate where nobody stands, and the reference as it is where nothing is to be carried', () => {
    const own = reference(cases[0]?.reference ?? []);
    const frame = { index: 0, time: 0, keypoints: new Float32Array(133 * 3) };
    const nobody = clipReference(own).carry(frame);
    const level = (value: number | undefined) => Math.round(((value ?? 0) + 1) * 127.5);
    expect([...nobody.picture.data.slice(0, 4)].map(level)).toEqual([0, 3, 6, 9]);
    expect(Math.max(...nobody.coverage.data)).toBe(0);
    const still = clipReference(own, { still: true }).carry(frame);
    expect([...still.picture.data.slice(0, 4)].map(level)).toEqual([0, 91, 182, 17]);
    expect([...still.coverage.data]).toEqual([...own.person]);
  });

  it('carries onto itself what is its own', () => {
    const points = cases[0]?.reference ?? [];
    const own = reference(points);
    const { colours, cover } = carry(own, points);
    let [worst, seen] = [0, 0];
    for (let i = 0; i < SIZE * SIZE; i++) {
      // Inside the trunk, away from arms and edges, where the maps are the identity.
      const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
      if (x < 27 || x > 37 || y < 38 || y > 50 || (cover[i] ?? 0) < 0.999) continue;
      seen++;
      for (let c = 0; c < 3; c++)
        worst = Math.max(worst, Math.abs((colours[3 * i + c] ?? 0) - (own.picture.data[3 * i + c] ?? 0)));
    }
    expect(seen).toBeGreaterThan(100);
    expect(worst).toBeLessThan(0.01);
  });

  it('encodes the plate once a clip', async () => {
    const kept = clipReference(reference(cases[0]?.reference ?? []));
    let runs = 0;
    const encode = async () => {
      runs++;
      return new Float32Array(1);
    };
    await Promise.all([kept.plateLatent({ encode }), kept.plateLatent({ encode })]);
    expect(runs).toBe(1);
  });
});
