import { distilledSteps } from './distilled-steps.js';
import { type DiffusionProcess, type SamplerOptions, weigh } from './process.js';
import type { Sampler, SamplerStep, StepResult } from './sampler.js';

/** Standard deviation of the data and scale of time in the boundary condition, as LCM was distilled with. */
const SIGMA_DATA = 0.5;
const TIME_SCALE = 10;

/**
 * Multistep consistency sampling (Luo et al. 2023, Latent Consistency Models): each step answers the clean sample, to which fresh
 * noise is added for the next. As `LCMScheduler` of diffusers computes it.
 */
export class Lcm implements Sampler {
  readonly fresh = true;

  constructor(
    readonly process: DiffusionProcess,
    private readonly options: Pick<SamplerOptions, 'originalSteps'>,
  ) {}

  steps(count: number): SamplerStep[] {
    return distilledSteps(count, this.options.originalSteps, this.process.alphas.length);
  }

  step(
    prediction: Float32Array,
    { t, previous }: SamplerStep,
    sample: Float32Array,
    noise?: Float32Array,
  ): StepResult {
    const { x0 } = this.process.split(prediction, t, sample);
    const time = t * TIME_SCALE;
    const spread = time ** 2 + SIGMA_DATA ** 2;
    const clean = weigh(
      { sample: SIGMA_DATA ** 2 / spread, prediction: time / Math.sqrt(spread) },
      sample,
      x0,
    );
    return {
      previous: noise && previous >= 0 ? this.process.addNoise(clean, noise, previous) : clean,
      x0: clean,
    };
  }
}
