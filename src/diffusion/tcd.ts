import { distilledSteps } from './distilled-steps.js';
import { type DiffusionProcess, type SamplerOptions, weigh } from './process.js';
import type { Sampler, SamplerStep, StepResult } from './sampler.js';

/**
 * Strategic stochastic sampling (Zheng et al. 2024, Trajectory Consistency Distillation): down to timestep (1 - eta) of the next, then up
 * to it with fresh noise. `eta` 0 is without noise, 1 is consistency sampling. As `TCDScheduler` of diffusers computes it.
 */
export class Tcd implements Sampler {
  readonly fresh: boolean;

  constructor(
    readonly process: DiffusionProcess,
    private readonly options: Pick<SamplerOptions, 'originalSteps' | 'eta'>,
  ) {
    this.fresh = options.eta > 0;
  }

  steps(count: number): SamplerStep[] {
    return distilledSteps(count, this.options.originalSteps, this.process.alphas.length);
  }

  step(
    prediction: Float32Array,
    { t, previous }: SamplerStep,
    sample: Float32Array,
    noise?: Float32Array,
  ): StepResult {
    const { x0, epsilon } = this.process.split(prediction, t, sample);
    const lower = Math.floor((1 - this.options.eta) * Math.max(0, previous));
    const down = this.process.addNoise(x0, epsilon, lower);
    if (!noise || previous < 0) return { previous: down, x0 };
    const ratio = (this.process.alphas[previous] ?? 1) / (this.process.alphas[lower] ?? 1);
    const up = weigh({ sample: Math.sqrt(ratio), prediction: Math.sqrt(1 - ratio) }, down, noise);
    return { previous: up, x0 };
  }
}
