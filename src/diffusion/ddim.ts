import { UsageError } from '../errors.js';
import { checkSteps, type DiffusionProcess, type SamplerOptions } from './process.js';
import type { Sampler, SamplerStep, StepResult } from './sampler.js';

/** DDIM without added noise (Song et al. 2021, formula 12 with eta 0), as `DDIMScheduler` of diffusers computes it. */
export class Ddim implements Sampler {
  readonly fresh = false;

  constructor(
    readonly process: DiffusionProcess,
    private readonly options: Pick<SamplerOptions, 'spacing' | 'stepsOffset'>,
  ) {}

  /** `previous` is `t - trainSteps / steps`, rounded down, as in diffusers. */
  steps(count: number): SamplerStep[] {
    const trained = this.process.alphas.length;
    checkSteps(count, trained);
    const timesteps = Array.from({ length: count }, (_, i) => this.timestep(i, count));
    if ((timesteps[0] ?? 0) >= trained) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `The sampler would start at timestep ${timesteps[0]} of ${trained}: ask for fewer than ${count} steps.`,
        { field: 'steps' },
      );
    }
    const stride = Math.floor(trained / count);
    return timesteps.map((t) => ({ t, previous: t - stride }));
  }

  step(prediction: Float32Array, { t, previous }: SamplerStep, sample: Float32Array): StepResult {
    // The last step of most schedules ends without noise, which need not be found for it.
    const [signal, spread] = this.process.levels(previous);
    if (signal === 1 && spread === 0) {
      const x0 = this.process.clean(prediction, t, sample);
      return { previous: x0, x0 };
    }
    const { x0, epsilon } = this.process.split(prediction, t, sample);
    return { previous: this.process.addNoise(x0, epsilon, previous), x0 };
  }

  private timestep(i: number, steps: number): number {
    const trained = this.process.alphas.length;
    switch (this.options.spacing) {
      case 'leading':
        return (steps - 1 - i) * Math.floor(trained / steps) + this.options.stepsOffset;
      case 'trailing':
        return roundHalfEven(trained - (i * trained) / steps) - 1;
      case 'linspace':
        return steps === 1 ? 0 : roundHalfEven(((steps - 1 - i) * (trained - 1)) / (steps - 1));
    }
  }
}

/** NumPy's rounding, which diffusers uses for timesteps: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
