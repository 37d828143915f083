export { guide } from './guidance.js';
export { blend, dilate } from './mask.js';
export { gaussianNoise, TorchGenerator } from './noise.js';
export { DiffusionProcess, type SamplerOptions } from './process.js';
export { makeSampler, type Sampler, type SamplerStep, type StepResult } from './sampler.js';
export { alphasCumprod, type ScheduleOptions } from './schedule.js';
