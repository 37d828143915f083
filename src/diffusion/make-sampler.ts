import { Ddim } from './ddim.js';
import { Lcm } from './lcm.js';
import { DiffusionProcess, type SamplerOptions } from './process.js';
import type { Sampler } from './sampler.js';
import type { ScheduleOptions } from './schedule.js';
import { Tcd } from './tcd.js';

/** The sampler that the options name. Throws `BundleError` where schedule and prediction cannot go together. */
export function makeSampler(schedule: ScheduleOptions, options: SamplerOptions): Sampler {
  const process = new DiffusionProcess(schedule, options);
  switch (options.kind) {
    case 'ddim':
      return new Ddim(process, options);
    case 'lcm':
      return new Lcm(process, options);
    case 'tcd':
      return new Tcd(process, options);
  }
}
