import { averagePrecision, median } from '../../judge/metrics/index.js';
import { SIDES } from '../../judge/regions.js';
import type { FrameScores } from '../../judge/scores.js';
import { type Metric, metric } from '../measure.js';
import { ofPictures, pictureMetric } from './units.js';

/** First of the hands' points. */
const HANDS_FROM = 91;

interface Joints {
  readonly sum: number;
  readonly found: number;
  readonly asked: number;
}

/** Joints of a picture from a point on; nothing where none was asked for. */
export function jointsFrom({ pose }: FrameScores, first: number): Joints | undefined {
  let [sum, found, asked] = [0, 0, 0];
  for (const distance of pose.distances.slice(first)) {
    if (distance === null) continue;
    asked += 1;
    if (distance < 0) continue;
    found += 1;
    sum += distance;
  }
  return asked > 0 ? { sum, found, asked } : undefined;
}

function total(units: readonly Joints[], of: keyof Joints): number {
  return units.reduce((sum, unit) => sum + unit[of], 0);
}

const meanDistance = (units: readonly Joints[]): number => total(units, 'sum') / total(units, 'found');
const shareFound = (units: readonly Joints[]): number => total(units, 'found') / total(units, 'asked');

function handsOf({ pose }: FrameScores): Joints | undefined {
  const asked = SIDES.filter((side) => pose.handsAsked[side]);
  const found = asked.filter((side) => pose.handsFound[side]);
  return asked.length > 0 ? { sum: 0, found: found.length, asked: asked.length } : undefined;
}

const NOTHING_ASKED = 'no keypoint lies in a picture';
const NO_HANDS = 'no hand is asked for';

export const POSE_METRICS: readonly Metric[] = [
  metric({
    ...pictureMetric,
    name: 'dap',
    label: 'DAP',
    better: 'higher',
    units: ofPictures(({ scores: { pose } }) =>
      pose.oks === null ? null : { similarity: pose.oks, score: pose.sure },
    ),
    statistic: averagePrecision,
    missing: NOTHING_ASKED,
  }),
  metric({
    ...pictureMetric,
    name: 'dapHands',
    label: 'DAP hands',
    better: 'higher',
    units: ofPictures(({ scores: { pose } }) =>
      pose.oksHands === null ? null : { similarity: pose.oksHands, score: pose.sureHands },
    ),
    statistic: averagePrecision,
    missing: NO_HANDS,
  }),
  ...joints('mpjpe', 'MPJPE', 'jointsFound', 'joints found', 0),
  ...joints('mpjpeHands', 'MPJPE hands', 'handJointsFound', 'hand joints found', HANDS_FROM),
  metric({
    ...pictureMetric,
    name: 'handsFound',
    label: 'hand detection rate',
    better: 'higher',
    units: ofPictures(({ scores }) => handsOf(scores)),
    statistic: shareFound,
    missing: NO_HANDS,
  }),
  metric({
    ...pictureMetric,
    name: 'handError',
    label: 'hand error (median)',
    unit: 'hands',
    better: 'lower',
    units: ofPictures<number[]>(({ scores: { pose } }) => {
      const errors = SIDES.flatMap((side) => pose.handErrors[side] ?? []);
      return errors.length > 0 ? errors : null;
    }),
    statistic: (units) => median(units.flat()),
    missing: 'no hand was found',
  }),
];

function joints(name: string, label: string, rate: string, rateLabel: string, first: number): Metric[] {
  const units = ofPictures(({ scores }) => jointsFrom(scores, first));
  const missing = first > 0 ? 'no joint of a hand was found' : 'no joint was found';
  return [
    metric({
      ...pictureMetric,
      name,
      label,
      unit: 'sides',
      better: 'lower',
      units,
      statistic: meanDistance,
      missing,
    }),
    metric({
      ...pictureMetric,
      name: rate,
      label: rateLabel,
      better: 'higher',
      units,
      statistic: shareFound,
      missing,
    }),
  ];
}
