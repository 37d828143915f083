import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeSampler, TorchGenerator } from '../../src/diffusion/index.js';
import { samplerSchema, scheduleSchema } from '../../src/models/manifest.js';

/** Whole ways by diffusers' LCM and TCD schedulers: see test/fixtures/make-diffusion-vectors.py. */
const vectors = z
  .object({
    distilled: z.array(
      z.object({
        kind: z.enum(['lcm', 'tcd']),
        steps: z.number(),
        prediction: z.enum(['epsilon', 'v_prediction']),
        eta: z.number().optional(),
        timesteps: z.array(z.number()),
        samples: z.array(z.array(z.number())),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')));

const LENGTH = 8;
const SEED = 5;
const schedule = scheduleSchema.parse({ kind: 'scaled_linear' });

function samplerOf(vector: (typeof vectors.distilled)[number]) {
  const { kind, prediction, eta } = vector;
  return samplerSchema.parse({ kind, prediction, eta, spacing: 'leading', setAlphaToOne: false });
}

/** The samples after each step, for the stand-in model of the vectors; start and noise are drawn one after another. */
function walk(options: ReturnType<typeof samplerOf>, steps: number): Float32Array[] {
  const sampler = makeSampler(schedule, options);
  const generator = new TorchGenerator(SEED);
  let sample = generator.randn(LENGTH);
  const way = sampler.steps(steps);
  return way.map((step, i) => {
    const noise = sampler.fresh && i < way.length - 1 ? generator.randn(LENGTH) : undefined;
    const predicted = sample.map((x) => Math.sin(1.3 * x + step.t / 1000));
    sample = sampler.step(predicted, step, sample, noise).previous;
    return sample;
  });
}

function farthest(a: readonly Float32Array[], b: readonly (readonly number[])[]): number {
  const apart = a.flatMap((values, i) =>
    Array.from(
      values,
      (value, k) => Math.abs(value - (b[i]?.[k] ?? Number.NaN)) / Math.max(1, Math.abs(value)),
    ),
  );
  return apart.reduce((most, value) => (value <= most ? most : value), 0);
}

describe.each(vectors.distilled)('$kind as in diffusers: $steps steps, $prediction, eta $eta', (vector) => {
  it('visits its timesteps', () => {
    const way = makeSampler(schedule, samplerOf(vector)).steps(vector.steps);
    expect(way.map(({ t }) => t)).toEqual(vector.timesteps);
    expect(way.at(-1)?.previous).toBeLessThan(0);
  });

  it('goes its way', () => {
    expect(farthest(walk(samplerOf(vector), vector.steps), vector.samples)).toBeLessThan(5e-5);
  });
});

describe('the comparison', () => {
  it('tells the samplers apart', () => {
    const vector = vectors.distilled.find(({ kind, steps }) => kind === 'tcd' && steps === 4);
    if (!vector) throw new Error('the vectors hold no TCD of four steps');
    const options = samplerOf(vector);
    expect(farthest(walk({ ...options, eta: 0.4 }, 4), vector.samples)).toBeGreaterThan(0.01);
    expect(farthest(walk({ ...options, kind: 'lcm' }, 4), vector.samples)).toBeGreaterThan(0.01);
  });

  it('refuses more steps than were distilled', () => {
    const options = samplerSchema.parse({ kind: 'lcm', prediction: 'epsilon', spacing: 'leading' });
    expect(() => makeSampler(schedule, options).steps(51)).toThrow(/from 1 to 50/);
  });
});
