import { bootstrap, type Interval } from '../judge/metrics/index.js';
import { type ClipScores, type FrameScores, finite } from '../judge/scores.js';
import type { Comparison, Figure, Measured } from './report-model.js';

/** A picture that was judged; `truth` is its reference, judged likewise. */
export interface PictureUnit {
  readonly scores: FrameScores;
  readonly truth?: FrameScores;
}

/** What a letter's clip was meant to say, and what was read. */
export interface Reading {
  readonly meant: string;
  readonly read: string | undefined;
}

/** Everything that a preset (or the reference) was judged by; keys are names of frames or items. */
export interface Judged {
  readonly pictures: ReadonlyMap<string, PictureUnit>;
  readonly clips: ReadonlyMap<string, ClipScores>;
  readonly readings: ReadonlyMap<string, Reading>;
}

/** A metric over a benchmark: `T` is what a unit (a picture, a clip) adds to it. */
interface MetricSpec<T> {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly better: 'higher' | 'lower';
  /** What the bootstrap draws: pictures or clips. */
  readonly of: 'pictures' | 'clips';
  readonly units: (judged: Judged) => ReadonlyMap<string, T>;
  readonly statistic: (units: readonly T[]) => number;
  /** Why there is no value where nothing adds to it. */
  readonly missing: string;
  readonly note?: string;
  /** Compare with the truth over the units that both have. */
  readonly fair?: boolean;
  /** Without an interval: one would take too long, or mean nothing. */
  readonly plain?: boolean;
}

/** A metric as others see it. */
export interface Metric extends Omit<MetricSpec<never>, 'units' | 'statistic' | 'unit'> {
  readonly unit: string;
  figure(judged: Judged, truth: Judged): Figure;
  /** First minus second, over the units that both have; undefined where there are none. */
  compare(first: Judged, second: Judged): Omit<Comparison, 'preset' | 'against'> | undefined;
  measured(judged: Judged): Measured;
}

export function metric<T>(spec: MetricSpec<T>): Metric {
  const { units, statistic, plain = false, ...stated } = spec;
  const measure = (values: readonly T[]): Measured => measureOf(values, statistic, plain);
  return {
    ...stated,
    unit: spec.unit ?? '',
    measured: (judged) => measure([...units(judged).values()]),
    figure(judged, truth) {
      const [mine, theirs] = [units(judged), units(truth)];
      const fair = (spec.fair ?? false) && theirs.size > 0;
      const keys = [...mine.keys()].filter((key) => !fair || theirs.has(key));
      const value = measure(at(mine, keys));
      const beside = fair ? at(theirs, keys) : [...theirs.values()];
      const { name, label, better, of } = spec;
      return {
        name,
        label,
        unit: spec.unit ?? '',
        better,
        ...value,
        truth: beside.length > 0 ? measure(beside) : null,
        count: keys.length,
        of,
        note: value.value === null ? `not measured: ${spec.missing}` : (spec.note ?? ''),
      };
    },
    compare(first, second) {
      const [mine, theirs] = [units(first), units(second)];
      const pairs = [...mine].flatMap(([key, one]) => {
        const other = theirs.get(key);
        return other === undefined ? [] : [{ one, other }];
      });
      const difference = (drawn: readonly (typeof pairs)[number][]): number =>
        statistic(drawn.map(({ one }) => one)) - statistic(drawn.map(({ other }) => other));
      const { value, interval } = measureOf(pairs, difference, plain);
      if (value === null) return undefined;
      const verdict = verdictOf(interval, spec.better);
      const { name, label } = spec;
      return { name, label, difference: value, interval, count: pairs.length, verdict };
    },
  };
}

function at<T>(map: ReadonlyMap<string, T>, keys: readonly string[]): T[] {
  return keys.flatMap((key) => {
    const value = map.get(key);
    return value === undefined ? [] : [value];
  });
}

function measureOf<T>(
  values: readonly T[],
  statistic: (values: readonly T[]) => number,
  plain: boolean,
): Measured {
  const value = values.length > 0 ? finite(statistic(values)) : null;
  if (value === null || plain || values.length < 2) return { value, interval: null };
  return { value, interval: pair(bootstrap(values, statistic)) };
}

function pair({ low, high }: Interval): [number, number] | null {
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

function verdictOf(interval: [number, number] | null, better: 'higher' | 'lower'): Comparison['verdict'] {
  if (!interval || (interval[0] <= 0 && interval[1] >= 0)) return 'unclear';
  return interval[0] > 0 === (better === 'higher') ? 'better' : 'worse';
}
