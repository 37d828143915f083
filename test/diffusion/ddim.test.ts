import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { alphasCumprod, makeSampler } from '../../src/diffusion/index.js';
import { samplerSchema, scheduleSchema } from '../../src/models/manifest.js';

/** Values of PyTorch and diffusers, float32: see test/fixtures/make-diffusion-vectors.py. */
const TOLERANCE = 1e-5;

const values = z.array(z.number());
const point = z.object({ sample: values, clean: values });
const vectors = z
  .object({
    ddim: z.array(
      z.object({
        name: z.string(),
        config: z.object({
          beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']),
          beta_start: z.number().optional(),
          beta_end: z.number().optional(),
          rescale_betas_zero_snr: z.boolean().optional(),
          clip_sample: z.boolean(),
          set_alpha_to_one: z.boolean(),
          steps_offset: z.number().optional(),
          timestep_spacing: z.string(),
          prediction_type: z.string(),
        }),
        steps: z.number(),
        timesteps: values,
        alphas: z.record(z.string(), z.number()),
        start: values,
        first: point,
        second: point,
        last: point,
        addNoise: z.object({ t: z.number(), clean: values, result: values }),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')));

type Case = (typeof vectors.ddim)[number];

function scheduleOf({ config }: Case) {
  return scheduleSchema.parse({
    kind: config.beta_schedule === 'squaredcos_cap_v2' ? 'cosine' : config.beta_schedule,
    betaStart: config.beta_start,
    betaEnd: config.beta_end,
    zeroTerminalSnr: config.rescale_betas_zero_snr,
  });
}

function samplerOf({ config }: Case) {
  return samplerSchema.parse({
    prediction: config.prediction_type,
    spacing: config.timestep_spacing,
    stepsOffset: config.steps_offset,
    setAlphaToOne: config.set_alpha_to_one,
    clipSample: config.clip_sample,
  });
}

function standIn(sample: Float32Array, t: number): Float32Array {
  return sample.map((x) => Math.sin(1.3 * x + t / 1000));
}

function expectClose(actual: Float32Array, expected: number[], tolerance = TOLERANCE): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? Number.NaN) - value), `value ${i}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    );
  });
}

describe.each(vectors.ddim)('DDIM as in diffusers: $name, $steps steps', (vector) => {
  const ddim = makeSampler(scheduleOf(vector), samplerOf(vector));

  it('has its cumulative alphas', () => {
    const alphas = alphasCumprod(scheduleOf(vector));
    for (const [t, alpha] of Object.entries(vector.alphas)) {
      expect(Math.abs((alphas[Number(t)] ?? Number.NaN) - alpha), `timestep ${t}`).toBeLessThan(1e-6);
    }
  });

  it('visits its timesteps', () => {
    expect(ddim.steps(vector.steps).map(({ t }) => t)).toEqual(vector.timesteps);
  });

  it('goes its way', () => {
    let sample: Float32Array = Float32Array.from(vector.start);
    const last = vector.steps - 1;
    ddim.steps(vector.steps).forEach((step, i) => {
      const result = ddim.step(standIn(sample, step.t), step, sample);
      sample = result.previous;
      const expected =
        i === 0 ? vector.first : i === 1 ? vector.second : i === last ? vector.last : undefined;
      if (!expected) return;
      // diffusers takes 1 - alpha in float32, which keeps three digits of it at the clean end.
      const tolerance = vector.config.prediction_type === 'v_prediction' ? TOLERANCE : 5e-5;
      expectClose(result.previous, expected.sample, tolerance);
      expectClose(result.x0, expected.clean, 10 * tolerance);
    });
  });

  it('adds noise as its forward process does', () => {
    const { t, clean, result } = vector.addNoise;
    expectClose(ddim.process.addNoise(Float32Array.from(clean), Float32Array.from(vector.start), t), result);
  });
});

describe('DDIM', () => {
  const schedule = scheduleSchema.parse({ kind: 'cosine', zeroTerminalSnr: true });
  const sampler = samplerSchema.parse({ prediction: 'sample', spacing: 'trailing' });

  it('walks the compact bundle from pure noise to the clean end', () => {
    expect(makeSampler(schedule, sampler).steps(4)).toEqual([
      { t: 999, previous: 749 },
      { t: 749, previous: 499 },
      { t: 499, previous: 249 },
      { t: 249, previous: -1 },
    ]);
  });

  it('leaves pure noise where there is no signal, and the picture at the clean end', () => {
    const ddim = makeSampler(schedule, sampler);
    const picture = Float32Array.of(0.5, -1);
    const noise = Float32Array.of(2, 3);
    expect(ddim.process.addNoise(picture, noise, 999)).toEqual(noise);
    expect(ddim.process.addNoise(picture, noise, -1)).toEqual(picture);
    expect(ddim.step(picture, { t: 999, previous: -1 }, noise).previous).toEqual(picture);
  });

  it('says which numbers of steps it can take', () => {
    const ddim = makeSampler(schedule, sampler);
    for (const steps of [0, -1, 2.5, 1001, Number.NaN]) {
      expect(() => ddim.steps(steps)).toThrow(/give a whole number from 1 to 1000/);
    }
    const leading = makeSampler(schedule, { ...sampler, spacing: 'leading', stepsOffset: 1 });
    expect(() => leading.steps(1000)).toThrow(/fewer than 1000 steps/);
  });

  it('refuses to predict noise where there is no signal', () => {
    expect(() => makeSampler(schedule, { ...sampler, prediction: 'epsilon' })).toThrow(
      /use "v_prediction" or "sample"/,
    );
  });
});
