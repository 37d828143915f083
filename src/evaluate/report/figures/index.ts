import type { Metric } from '../measure.js';
import { CLIP_METRICS } from './clip-metrics.js';
import { FEATURE_METRICS } from './feature-metrics.js';
import { PICTURE_METRICS } from './picture-metrics.js';
import { POSE_METRICS } from './pose-metrics.js';

export { jointsFrom } from './pose-metrics.js';

/*
 * The metrics of a report, in its order. Definitions are those of models/training (judge/figures.py): pictures are what is drawn by
 * chance with replacement for the intervals, and joints, hands and crops count one by one within them.
 */

export const METRICS: readonly Metric[] = [
  ...POSE_METRICS,
  ...PICTURE_METRICS,
  ...CLIP_METRICS,
  ...FEATURE_METRICS,
];
