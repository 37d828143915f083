import { version } from '../../pipeline/index.js';
import { packageVersions } from '../draw/engine-hash.js';
import type { Evaluation } from '../judge/evaluation.js';
import { shareRead } from '../judge/metrics/index.js';
import { finite } from '../judge/scores.js';
import { METRICS } from './figures/index.js';
import { itemReports } from './frame-report.js';
import { judgedOf, partOf, shrunkBy, sourceReadings } from './judged.js';
import type { Judged, Metric } from './measure.js';
import type { Comparison, Figure, PresetReport, Report, ShrinkCurve } from './report-model.js';

const DETECTOR = 'MediaPipe Holistic (model complexity 1), single pictures';

/** Figures, comparisons and curves of what was measured; without a baseline. The same evaluation gives the same report. */
export function makeReport(evaluation: Evaluation, command: readonly string[]): Report {
  const { opened, items, presets, bundle, device, engineSha256 } = evaluation;
  const { name, description } = opened.benchmark;
  const truth = judgedOf(evaluation, undefined);
  const judged = new Map(presets.map((preset) => [preset, judgedOf(evaluation, preset)]));
  const frames = items.reduce((sum, { item }) => sum + item.range.to - item.range.from, 0);
  const source = sourceNote(evaluation);
  return {
    version: 1,
    about: {
      engine: version(),
      engineSha256,
      benchmark: { name, description, sha256: opened.sha256, items: items.length, frames },
      bundle,
      presets: [...presets],
      device,
      detector: DETECTOR,
      versions: packageVersions(),
      command: [...command],
    },
    presets: [...judged].map(([preset, one]) => ({
      ...presetReport(preset, one, truth, source),
      shownHands: !evaluation.unshown.has(preset),
    })),
    items: itemReports(evaluation),
    comparisons: comparisons(judged),
    shrink: shrinkCurves(evaluation),
    baseline: null,
    notes: notesOf(evaluation),
  };
}

function presetReport(
  preset: string,
  judged: Judged,
  truth: Judged,
  source: string,
): Omit<PresetReport, 'shownHands'> {
  const figures = METRICS.map((metric): Figure => {
    const figure = metric.figure(judged, truth);
    return metric.name === 'legibility' && figure.value !== null ? { ...figure, note: source } : figure;
  });
  return { preset, figures };
}

/** How many letters can be read in the keypoints themselves. */
function sourceNote(evaluation: Evaluation): string {
  const readings = sourceReadings(evaluation);
  if (readings.length === 0) return '';
  const right = Math.round(shareRead(readings) * readings.length);
  return `${right} of ${readings.length} are read right from the keypoints themselves`;
}

/** Every preset against the first, metric by metric. */
function comparisons(judged: ReadonlyMap<string, Judged>): Comparison[] {
  const [first, ...others] = judged;
  if (!first) return [];
  const [against, its] = first;
  return others.flatMap(([preset, one]) =>
    METRICS.flatMap((metric) => {
      const compared = metric.compare(one, its);
      return compared ? [{ preset, against, ...compared }] : [];
    }),
  );
}

/** Metrics that need no reference, which a shrunk signer has not. */
const SHRINK_METRICS = [
  'dap',
  'dapHands',
  'mpjpe',
  'jointsFound',
  'mpjpeHands',
  'handJointsFound',
  'handsFound',
  'handError',
];

function shrinkCurves(evaluation: Evaluation): ShrinkCurve[] {
  const { items, presets } = evaluation;
  const factors = [...new Set(items.flatMap(({ shrunk }) => [...shrunk.keys()]))].sort((a, b) => b - a);
  if (factors.length === 0) return [];
  return presets.flatMap((preset) =>
    METRICS.filter(({ name }) => SHRINK_METRICS.includes(name)).map((metric) =>
      curve(evaluation, preset, metric, [1, ...factors]),
    ),
  );
}

function curve(evaluation: Evaluation, preset: string, metric: Metric, factors: number[]): ShrinkCurve {
  const { name, label, unit, better } = metric;
  const points = factors.map((factor) => ({
    factor,
    handSize: handSize(evaluation, factor),
    ...metric.measured(shrunkBy(evaluation, preset, factor)),
  }));
  return { preset, name, label, unit, better, points };
}

/** Mean size of the hands that are asked for, pixels. */
function handSize({ items }: Evaluation, factor: number): number | null {
  const sizes = items.flatMap((one) => {
    const frames = one.item.kind === 'frame' ? (partOf(one, factor)?.truth.frames ?? []) : [];
    return frames.flatMap((frame) => frame.handSize ?? []);
  });
  return finite(sizes.reduce((sum, size) => sum + size, 0) / sizes.length);
}

/** Warnings of the drawing, each once. */
function notesOf({ items }: Evaluation): string[] {
  const notes = items.flatMap(({ results }) => [...results.values()].flatMap((scores) => scores.notes));
  return [...new Set(notes)];
}
