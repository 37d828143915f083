import { type Metric, metric } from '../measure.js';
import { mean, ofPictures, pictureMetric } from './units.js';

/** What is told of a metric that is a mean. */
export interface ValueMetric {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly better: 'higher' | 'lower';
  readonly missing: string;
  readonly fair?: boolean;
}

/** The mean of a value that pictures have. */
export function valueMetric(told: ValueMetric): Metric {
  const units = ofPictures(({ scores }) => scores.values[told.name]);
  return metric({ ...pictureMetric, ...told, units, statistic: mean });
}
