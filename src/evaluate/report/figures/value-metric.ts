import { type Metric, metric } from '../measure.js';
import { mean, ofPictures, pictureMetric } from './units.js';

/** Describes a metric that is a mean. */
export interface ValueMetric {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly better: 'higher' | 'lower';
  readonly missing: string;
  readonly fair?: boolean;
}

/** The mean of a value that pictures have. */
export function valueMetric(stated: ValueMetric): Metric {
  const units = ofPictures(({ scores }) => scores.values[stated.name]);
  return metric({ ...pictureMetric, ...stated, units, statistic: mean });
}
