export { Ddim, type DdimResult, type DdimStep, type SamplerOptions } from './ddim.js';
export { guide } from './guidance.js';
export { blend, dilate } from './mask.js';
export { gaussianNoise, TorchGenerator } from './noise.js';
export { alphasCumprod, type ScheduleOptions } from './schedule.js';
