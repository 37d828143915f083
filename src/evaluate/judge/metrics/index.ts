/*
 * Metrics as pure functions, one family a file. Each says its formula's source; tests compare each with an independent implementation.
 */
export { bootstrap, type Interval } from './bootstrap.js';
export { colourDifference, colourDrift, labOf, regionColour } from './colour-difference.js';
export { type Features, frechetDistance, kernelDistance } from './feature-distance.js';
export { frameChange } from './flicker.js';
export {
  handError,
  handFound,
  type JointDistances,
  jointDistances,
  meanJointDistance,
} from './joint-distance.js';
export {
  averagePrecision,
  averageRecall,
  type Detection,
  keypointSimilarity,
  SIGMAS,
} from './keypoint-similarity.js';
export {
  type HandShapePoints,
  handShape,
  type KnownHand,
  readHand,
  shapeDistance,
  shareRead,
  signingHand,
} from './legibility.js';
export { maskIou, shrunkMask } from './masks.js';
export { psnr, ssim } from './picture-likeness.js';
export { median, quantile } from './quantile.js';
export { seamEnergy } from './seam-energy.js';
