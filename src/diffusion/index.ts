export { Ddim, type DdimResult, type DdimStep } from './ddim.js';
export { guide } from './guidance.js';
export { blend, boxMask, dilate, expansionSeries } from './mask.js';
export { gaussianNoise, TorchGenerator } from './noise.js';
export { alphasCumprod } from './schedule.js';
