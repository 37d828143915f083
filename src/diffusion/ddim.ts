import { BundleError, UsageError } from '../errors.js';
import { alphasCumprod, type ScheduleOptions } from './schedule.js';

/** What the model predicts, and how DDIM walks the schedule; names as in diffusers. */
export interface SamplerOptions {
  readonly prediction: 'epsilon' | 'v_prediction' | 'sample';
  readonly spacing: 'leading' | 'trailing' | 'linspace';
  readonly stepsOffset: number;
  readonly setAlphaToOne: boolean;
  readonly clipSample: boolean;
}

/** One step of the sampler's way: from timestep `t` to `previous`, which is below 0 for the clean end. */
export interface DdimStep {
  readonly t: number;
  readonly previous: number;
}

/** What a step gives: the sample at the lower noise level, and the clean sample that the model answered. */
export interface DdimResult {
  readonly previous: Float32Array;
  readonly x0: Float32Array;
}

/**
 * DDIM without added noise (Song et al. 2021, formula 12 with eta 0), as `DDIMScheduler` of diffusers computes it.
 * Holds no state: every step is a function of its arguments.
 */
export class Ddim {
  /** Cumulative alphas by training timestep. */
  readonly alphas: Float64Array;
  private readonly finalAlpha: number;

  /** Throws `BundleError` where schedule and prediction cannot go together. */
  constructor(
    schedule: ScheduleOptions,
    private readonly sampler: SamplerOptions,
  ) {
    if (sampler.prediction === 'epsilon' && schedule.zeroTerminalSnr) {
      throw new BundleError(
        'HF_BUNDLE_MANIFEST',
        'The manifest joins prediction "epsilon" with zeroTerminalSnr, but noise says nothing about the picture where there is no signal: use "v_prediction" or "sample".',
        { field: 'zeroTerminalSnr' },
      );
    }
    this.alphas = alphasCumprod(schedule);
    this.finalAlpha = sampler.setAlphaToOne ? 1 : (this.alphas[0] ?? 1);
  }

  /** Timesteps visited with `steps` steps, noisiest first. Throws `UsageError` for a number that the schedule cannot hold. */
  timesteps(steps: number): number[] {
    const trained = this.alphas.length;
    if (!Number.isInteger(steps) || steps < 1 || steps > trained) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `The sampler was asked for ${steps} steps: give a whole number from 1 to ${trained}.`,
        { field: 'steps' },
      );
    }
    const timesteps = Array.from({ length: steps }, (_, i) => this.timestep(i, steps));
    if ((timesteps[0] ?? 0) >= trained) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `The sampler would start at timestep ${timesteps[0]} of ${trained}: ask for fewer than ${steps} steps.`,
        { field: 'steps' },
      );
    }
    return timesteps;
  }

  /** The whole way in `steps` steps. `previous` is `t - trainSteps / steps`, rounded down, as in diffusers. */
  steps(steps: number): DdimStep[] {
    const stride = Math.floor(this.alphas.length / steps);
    return this.timesteps(steps).map((t) => ({ t, previous: t - stride }));
  }

  /**
   * From `sample` at timestep `t` to timestep `previous`, by the model's `prediction` at `t`. All arrays have one
   * length and layout; the results are new arrays.
   */
  step(prediction: Float32Array, t: number, previous: number, sample: Float32Array): DdimResult {
    const { x0, epsilon } = splitters[this.sampler.prediction](...this.levels(t));
    const [nextSignal, nextNoise] = this.levels(previous);
    const clean = weigh(x0, sample, prediction);
    if (this.sampler.clipSample) {
      for (let i = 0; i < clean.length; i++) clean[i] = Math.max(-1, Math.min(1, clean[i] ?? 0));
    }
    const next = weigh(epsilon, sample, prediction);
    for (let i = 0; i < next.length; i++) next[i] = nextSignal * (clean[i] ?? 0) + nextNoise * (next[i] ?? 0);
    return { previous: next, x0: clean };
  }

  /** `sqrt(alpha) x0 + sqrt(1 - alpha) noise` at timestep `t`; below 0 it is the sampler's clean end. */
  addNoise(x0: Float32Array, noise: Float32Array, t: number): Float32Array {
    const [signal, spread] = this.levels(t);
    return weigh({ sample: signal, prediction: spread }, x0, noise);
  }

  private timestep(i: number, steps: number): number {
    const trained = this.alphas.length;
    switch (this.sampler.spacing) {
      case 'leading':
        return (steps - 1 - i) * Math.floor(trained / steps) + this.sampler.stepsOffset;
      case 'trailing':
        return roundHalfEven(trained - (i * trained) / steps) - 1;
      case 'linspace':
        return steps === 1 ? 0 : roundHalfEven(((steps - 1 - i) * (trained - 1)) / (steps - 1));
    }
  }

  /** Shares of signal and noise at timestep `t`: the roots of alpha and 1 - alpha. */
  private levels(t: number): [signal: number, noise: number] {
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

/** A value as a weighted sum of the sample and of the model's prediction. */
interface Weights {
  readonly sample: number;
  readonly prediction: number;
}

function weigh(weights: Weights, sample: Float32Array, prediction: Float32Array): Float32Array {
  const { sample: own, prediction: told } = weights;
  const sum = new Float32Array(sample.length);
  for (let i = 0; i < sum.length; i++) sum[i] = own * (sample[i] ?? 0) + told * (prediction[i] ?? 0);
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

/** NumPy's rounding, which diffusers uses for timesteps: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
