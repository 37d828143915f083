import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gaussianNoise, TorchGenerator } from '../../src/diffusion/index.js';
import { MersenneTwister } from '../../src/diffusion/mersenne-twister.js';

/** `torch.randn` on the CPU generator: see test/fixtures/make-diffusion-vectors.py. */
const TOLERANCE = 1e-6;
const values = z.array(z.number());
const vectors = z
  .object({
    noise: z.array(
      z.object({
        seed: z.number(),
        calls: z.array(
          z.object({ length: z.number(), first: values, last: values, sum: z.number(), squares: z.number() }),
        ),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')));

function expectClose(actual: Float32Array, expected: number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? Number.NaN) - value), `value ${i}`).toBeLessThanOrEqual(TOLERANCE);
  });
}

describe('MersenneTwister', () => {
  it('gives the 10,000th output that the C++ standard names for mt19937 (seed 5489)', () => {
    const twister = new MersenneTwister(5489);
    let last = 0;
    for (let i = 0; i < 10_000; i++) last = twister.uint32();
    expect(last).toBe(4123659995);
  });
});

describe.each(vectors.noise)('torch.randn, seed $seed', ({ seed, calls }) => {
  it(`gives the values of ${calls.length} calls in a row`, () => {
    const generator = new TorchGenerator(seed);
    for (const { length, first, last, sum, squares } of calls) {
      const noise = generator.randn(length);
      expect(noise.length).toBe(length);
      expectClose(noise.subarray(0, first.length), first);
      expectClose(noise.subarray(length - last.length), last);
      expect(noise.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 2);
      expect(noise.reduce((total, value) => total + value * value, 0)).toBeCloseTo(squares, 1);
    }
  });
});

describe('gaussianNoise', () => {
  it('is the first call of the seed', () => {
    expect(gaussianNoise(42, 64)).toEqual(new TorchGenerator(42).randn(64));
    expect(gaussianNoise(42, 64)).not.toEqual(gaussianNoise(43, 64));
  });

  it('refuses seeds that are no whole numbers', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 60]) {
      expect(() => gaussianNoise(seed, 16)).toThrow(/give a whole number from 0 to/);
    }
  });
});
