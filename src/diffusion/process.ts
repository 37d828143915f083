import { BundleError, UsageError } from '../errors.js';
import { alphasCumprod, type ScheduleOptions } from './schedule.js';

/** What the model predicts, and how the schedule is walked; names as in diffusers. */
export interface SamplerOptions {
  /** `lcm` and `tcd` are for weights distilled to few steps. */
  readonly kind: 'ddim' | 'lcm' | 'tcd';
  readonly prediction: 'epsilon' | 'v_prediction' | 'sample';
  /** DDIM's alone, as `stepsOffset`. */
  readonly spacing: 'leading' | 'trailing' | 'linspace';
  readonly stepsOffset: number;
  readonly setAlphaToOne: boolean;
  readonly clipSample: boolean;
  /** LCM and TCD: steps of the schedule that was distilled. */
  readonly originalSteps: number;
  /** TCD: share of fresh noise, 0..1. */
  readonly eta: number;
}

/** A sample taken apart: the clean sample and the noise that a prediction says it is made of. */
export interface Split {
  readonly x0: Float32Array;
  readonly epsilon: Float32Array;
}

/** The forward process z_t = sqrt(a(t)) x0 + sqrt(1 - a(t)) noise, and what a model's prediction says about its parts. */
export class DiffusionProcess {
  /** Cumulative alphas by training timestep. */
  readonly alphas: Float64Array;
  private readonly finalAlpha: number;

  /** Throws `BundleError` where schedule and prediction cannot go together. */
  constructor(
    schedule: ScheduleOptions,
    private readonly options: Pick<SamplerOptions, 'prediction' | 'setAlphaToOne' | 'clipSample'>,
  ) {
    if (options.prediction === 'epsilon' && schedule.zeroTerminalSnr) {
      throw new BundleError(
        'HF_BUNDLE_MANIFEST',
        'The manifest joins prediction "epsilon" with zeroTerminalSnr, but noise says nothing about the picture where there is no signal: use "v_prediction" or "sample".',
        { field: 'zeroTerminalSnr' },
      );
    }
    this.alphas = alphasCumprod(schedule);
    this.finalAlpha = options.setAlphaToOne ? 1 : (this.alphas[0] ?? 1);
  }

  /** `sqrt(alpha) x0 + sqrt(1 - alpha) noise` at timestep `t`; below 0 it is the sampler's clean end. */
  addNoise(x0: Float32Array, noise: Float32Array, t: number): Float32Array {
    const [signal, spread] = this.levels(t);
    return weigh({ sample: signal, prediction: spread }, x0, noise);
  }

  /** The clean sample (clipped where the bundle says so) and the noise in `sample`, by the model's `prediction` at `t`. */
  split(prediction: Float32Array, t: number, sample: Float32Array): Split {
    const { epsilon } = splitters[this.options.prediction](...this.levels(t));
    return { x0: this.clean(prediction, t, sample), epsilon: weigh(epsilon, sample, prediction) };
  }

  /** The clean sample of `split` alone. */
  clean(prediction: Float32Array, t: number, sample: Float32Array): Float32Array {
    const { x0 } = splitters[this.options.prediction](...this.levels(t));
    const clean = weigh(x0, sample, prediction);
    return this.options.clipSample ? clean.map((value) => Math.max(-1, Math.min(1, value))) : clean;
  }

  /** Shares of signal and noise at timestep `t`: the roots of alpha and 1 - alpha. */
  levels(t: number): [signal: number, noise: number] {
    const alpha = t < 0 ? this.finalAlpha : this.alphas[t];
    if (alpha === undefined) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `There is no timestep ${t}: the schedule has ${this.alphas.length}.`,
        { field: 'timestep' },
      );
    }
    return [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  }
}

/** Throws `UsageError` for a number of steps that `most` cannot hold. */
export function checkSteps(steps: number, most: number): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= most) return;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `The sampler was asked for ${steps} steps: give a whole number from 1 to ${most}.`,
    { field: 'steps' },
  );
}

/** A value as a weighted sum of the sample and of the model's prediction. */
interface Weights {
  readonly sample: number;
  readonly prediction: number;
}

/** Their sum, or the prediction itself where it is that alone. */
export function weigh(weights: Weights, sample: Float32Array, prediction: Float32Array): Float32Array {
  const { sample: own, prediction: stated } = weights;
  if (own === 0 && stated === 1) return prediction;
  const sum = new Float32Array(sample.length);
  for (let i = 0; i < sum.length; i++) sum[i] = own * (sample[i] ?? 0) + stated * (prediction[i] ?? 0);
  return sum;
}

type Splitter = (signal: number, noise: number) => { x0: Weights; epsilon: Weights };

/** How sample = signal x0 + noise epsilon comes apart, by what the model predicts. */
const splitters: Record<SamplerOptions['prediction'], Splitter> = {
  epsilon: (signal, noise) => ({
    x0: { sample: 1 / signal, prediction: -noise / signal },
    epsilon: { sample: 0, prediction: 1 },
  }),
  sample: (signal, noise) => ({
    x0: { sample: 0, prediction: 1 },
    epsilon: { sample: 1 / noise, prediction: -signal / noise },
  }),
  /** v = signal epsilon - noise x0 (Salimans and Ho 2022, appendix D). */
  v_prediction: (signal, noise) => ({
    x0: { sample: signal, prediction: -noise },
    epsilon: { sample: noise, prediction: signal },
  }),
};
