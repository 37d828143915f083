import type { DiffusionProcess } from './process.js';

/** One step of a sampler's way: from timestep `t` to `previous`, which is below 0 for the clean end. */
export interface SamplerStep {
  readonly t: number;
  readonly previous: number;
}

/** What a step gives: the sample at the lower noise level, and the clean sample that the model answered. */
export interface StepResult {
  readonly previous: Float32Array;
  readonly x0: Float32Array;
}

/** How noise becomes a sample. Holds no state: every step is a function of its arguments. */
export interface Sampler {
  readonly process: DiffusionProcess;
  /** Whether every step but the last takes noise of its own. */
  readonly fresh: boolean;
  /** The whole way in `count` steps, noisiest first. Throws `UsageError` for a number that it cannot hold. */
  steps(count: number): SamplerStep[];
  /**
   * From `sample` along `step` by the model's `prediction`; `noise` is standard normal, where the step takes some. All
   * arrays have one length and layout. A result may be `prediction` itself, so none is to be written into.
   */
  step(prediction: Float32Array, step: SamplerStep, sample: Float32Array, noise?: Float32Array): StepResult;
}
