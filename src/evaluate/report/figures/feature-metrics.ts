import { frechetDistance, kernelDistance } from '../../judge/metrics/index.js';
import type { FrameScores } from '../../judge/scores.js';
import { type Metric, metric } from '../measure.js';
import { ofPictures, pictureMetric } from './units.js';
import { valueMetric } from './value-metric.js';

const BIASED = 'grows as pictures get fewer: compare sets of one size only';

/** Distances of two sets of rows; NaN where a set is too small for one. */
function distance(of: typeof frechetDistance) {
  return (units: readonly { mine: number[][]; truth: number[][] }[]): number => {
    const [mine, truth] = [units.flatMap((unit) => unit.mine), units.flatMap((unit) => unit.truth)];
    return Math.min(mine.length, truth.length) < 2 ? Number.NaN : of(mine, truth);
  };
}

function featureMetric(
  name: string,
  label: string,
  of: typeof frechetDistance,
  rows: (features: FrameScores['features']) => number[][],
  missing: string,
): Metric {
  const units = ofPictures(({ scores, truth }) => {
    const [mine, theirs] = [rows(scores.features), truth ? rows(truth.features) : []];
    return mine.length > 0 && theirs.length > 0 ? { mine, truth: theirs } : null;
  });
  const statistic = distance(of);
  return metric({
    ...pictureMetric,
    name,
    label,
    better: 'lower',
    units,
    statistic,
    missing,
    note: BIASED,
    plain: true,
  });
}

const NO_192 = 'no Inception network of 192 features was named (`features`), or no picture has a reference';
const NO_768 = 'no Inception network of 768 features was named (`features`), or no picture has a reference';
const one = (row: number[] | undefined): number[][] => (row ? [row] : []);

export const FEATURE_METRICS: readonly Metric[] = [
  featureMetric('fid', 'FID', frechetDistance, ({ whole }) => one(whole), NO_192),
  featureMetric('kid', 'KID', kernelDistance, ({ whole }) => one(whole), NO_192),
  featureMetric('fidPerson', 'FID fg', frechetDistance, ({ person }) => one(person), NO_192),
  featureMetric('kidPerson', 'KID fg', kernelDistance, ({ person }) => one(person), NO_192),
  featureMetric('fidHands', 'FID hands', frechetDistance, ({ hands }) => hands ?? [], NO_768),
  featureMetric('kidHands', 'KID hands', kernelDistance, ({ hands }) => hands ?? [], NO_768),
  valueMetric({
    name: 'clipsim',
    label: 'CLIPSIM',
    better: 'higher',
    missing: 'no CLIP networks were named (`features`)',
  }),
];
