import { shareRead } from '../../judge/metrics/index.js';
import type { ClipScores } from '../../judge/scores.js';
import { type Judged, type Metric, metric } from '../measure.js';
import { mean } from './units.js';

function ofClips(of: (scores: ClipScores) => number | null) {
  return ({ clips }: Judged): Map<string, number> => {
    const units = new Map<string, number>();
    for (const [key, scores] of clips) {
      const value = of(scores);
      if (value !== null) units.set(key, value);
    }
    return units;
  };
}

export const CLIP_METRICS: readonly Metric[] = [
  clipMetric('flicker', 'flicker, background', ({ background }) => background),
  clipMetric('flickerHands', 'flicker, hands (warped)', ({ hands }) => hands),
  clipMetric('drift', 'drift of the look', ({ drift }) => drift, 'ΔE00'),
  metric({
    name: 'legibility',
    label: 'letters read',
    better: 'higher',
    of: 'clips',
    units: ({ readings }) => readings,
    statistic: shareRead,
    missing: 'no item has a letter',
  }),
];

function clipMetric(
  name: string,
  label: string,
  of: (scores: ClipScores) => number | null,
  unit = 'levels',
): Metric {
  const missing = 'no item is a clip in which it can be measured';
  return metric({
    name,
    label,
    unit,
    better: 'lower',
    of: 'clips',
    units: ofClips(of),
    statistic: mean,
    missing,
  });
}
