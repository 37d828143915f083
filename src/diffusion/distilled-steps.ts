import { checkSteps } from './process.js';
import type { SamplerStep } from './sampler.js';

/**
 * The way of a model distilled from `original` steps: `count` of that schedule's timesteps, evenly spaced from its noisiest on, each
 * leading to the next and the last to the clean end. As in the LCM and TCD schedulers of diffusers.
 */
export function distilledSteps(count: number, original: number, trained: number): SamplerStep[] {
  checkSteps(count, Math.min(original, trained));
  const stride = Math.floor(trained / original);
  const timesteps = Array.from(
    { length: count },
    (_, i) => (original - Math.floor(i * (original / count))) * stride - 1,
  );
  return timesteps.map((t, i) => ({ t, previous: timesteps[i + 1] ?? -1 }));
}
