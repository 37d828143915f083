export { guide } from './guidance.js';
export { makeSampler } from './make-sampler.js';
export { blend, dilate } from './mask.js';
export { gaussianNoise, TorchGenerator } from './noise.js';
export { DiffusionProcess, type SamplerOptions } from './process.js';
export type { Sampler, SamplerStep, StepResult } from './sampler.js';
export { alphasCumprod, type ScheduleOptions } from './schedule.js';
