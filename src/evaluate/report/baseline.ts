import { readFile } from 'node:fs/promises';
import { RegressionError, UsageError } from '../../errors.js';
import { reasonOf } from '../../reason.js';
import { writeWhole } from '../../write-whole.js';
import type { Tolerance } from '../options.js';
import { type BaselineVerdict, type Figure, type Report, reportSchema } from './report-model.js';

/** What is let pass where nothing is said: 2 % of a metric's value. */
export const DEFAULT_TOLERANCE: Tolerance = { share: 0.02, byName: {} };

/** Differences by rounding are none. */
const NOTHING = 1e-9;
/** Frames that a sentence names. */
const NAMED = 3;

/** Reads an earlier report. Throws `UsageError` where it is none. */
export async function readBaseline(path: string): Promise<Report> {
  try {
    return reportSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new UsageError(
      'HF_BASELINE_UNREADABLE',
      `The baseline ${path} is no report of an evaluation (${reasonOf(error)}): make one with \`updateBaseline: true\`.`,
      { file: path, field: 'baseline' },
    );
  }
}

/**
 * Throws `UsageError` where two reports cannot be compared: another benchmark, other items, or a preset or a metric of the baseline
 * that was not measured now.
 */
function checkComparable(before: Report, now: Report, path: string): void {
  const again = 'make a new baseline with `updateBaseline: true`.';
  const [was, is] = [before, now].map(({ about, items }) =>
    JSON.stringify([about.benchmark.sha256, items.map(({ id }) => id)]),
  );
  if (was !== is) {
    throw new UsageError(
      'HF_BASELINE_DIFFERS',
      `The baseline ${path} was made with other items or another benchmark ("${before.about.benchmark.name}"): evaluate the same ones, or ${again}`,
      { file: path, field: 'baseline' },
    );
  }
  const missing = before.presets.find(({ preset }) => !now.about.presets.includes(preset));
  if (missing)
    throw new UsageError(
      'HF_BASELINE_DIFFERS',
      `The baseline ${path} has figures of the preset "${missing.preset}", which is not evaluated now: add it to \`presets\`, or ${again}`,
      { file: path, field: 'preset' },
    );
}

/** Each metric of the baseline beside its value now. Throws `UsageError` where the two cannot be compared. */
export function compareWithBaseline(
  before: Report,
  now: Report,
  tolerance: Tolerance,
  path: string,
): BaselineVerdict[] {
  checkComparable(before, now, path);
  const names = new Set(now.presets.flatMap(({ figures }) => figures.map(({ name }) => name)));
  const unknown = Object.keys(tolerance.byName).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new UsageError(
      'HF_METRIC_UNKNOWN',
      `There is no metric "${unknown}" to tolerate: the metrics are ${[...names].join(', ')}.`,
      { field: 'tolerance' },
    );
  return before.presets.flatMap(({ preset, figures }) =>
    figures.flatMap((was) => {
      const is = figureOf(now, preset, was.name);
      return was.value === null || !is ? [] : [verdict(before, now, { preset, was, is, tolerance })];
    }),
  );
}

function figureOf(report: Report, preset: string, name: string): Figure | undefined {
  return report.presets.find((one) => one.preset === preset)?.figures.find((figure) => figure.name === name);
}

interface Pair {
  readonly preset: string;
  readonly was: Figure;
  readonly is: Figure;
  readonly tolerance: Tolerance;
}

function verdict(before: Report, now: Report, { preset, was, is, tolerance }: Pair): BaselineVerdict {
  const { name, label, better } = was;
  const allowed = tolerance.byName[name] ?? tolerance.share * Math.abs(was.value ?? 0);
  const worseBy =
    was.value === null || is.value === null
      ? null
      : better === 'higher'
        ? was.value - is.value
        : is.value - was.value;
  const failed = worseBy === null || worseBy > allowed + NOTHING;
  const frames = failed ? worstFrames(before, now, preset, was) : [];
  const stated = { preset, name, label, before: was.value, now: is.value, worseBy, tolerance: allowed };
  return {
    ...stated,
    failed,
    frames,
    sentence: failed ? sentenceOf({ preset, was, is, tolerance }, worseBy, allowed, frames) : '',
  };
}

function sentenceOf(
  { preset, was, is }: Pair,
  worseBy: number | null,
  allowed: number,
  frames: readonly string[],
): string {
  const { label, unit } = was;
  if (worseBy === null)
    return `${label} of ${preset} was ${amount(was.value)} and is now ${is.note || 'not measured'}.`;
  const named = frames.slice(0, NAMED).join(', ');
  const where = named ? `, most of all in ${named}` : '';
  const units = unit ? ` ${unit}` : '';
  return `${label} of ${preset} got worse by ${amount(worseBy)}${units} (from ${amount(was.value)} to ${amount(is.value)}, ${amount(allowed)} tolerated)${where}.`;
}

function amount(value: number | null): string {
  return value === null ? 'nothing' : String(Number(value.toPrecision(3)));
}

/** Names that a metric's value has in frames, where they differ. */
const FRAME_NAMES: Readonly<Record<string, string>> = { dap: 'oks', dapHands: 'oksHands' };

/** Frames by how much worse the metric is in them, worst first; those that are not worse are left out. */
function worstFrames(before: Report, now: Report, preset: string, { name, better }: Figure): string[] {
  const key = FRAME_NAMES[name] ?? name;
  const earlier = valuesOf(before, preset, key);
  const sign = better === 'higher' ? 1 : -1;
  const worse = [...valuesOf(now, preset, key)].flatMap(([frame, value]) => {
    const was = earlier.get(frame);
    if (was === undefined || was === null) return [];
    const by = value === null ? Number.POSITIVE_INFINITY : sign * (was - value);
    return by > NOTHING ? [{ frame, by }] : [];
  });
  return worse.sort((a, b) => b.by - a.by).map(({ frame }) => frame);
}

function valuesOf({ items }: Report, preset: string, key: string): Map<string, number | null> {
  const values = new Map<string, number | null>();
  for (const { id, frames } of items) {
    for (const { frame, results } of frames) {
      const result = results.find((one) => one.preset === preset);
      const value = result?.values[key];
      if (value !== undefined) values.set(frames.length > 1 ? `${id}:${frame}` : id, value);
    }
  }
  return values;
}

/** A report as the file that holds it. */
export function jsonOf(report: Report): string {
  return `${JSON.stringify(report, undefined, 1)}\n`;
}

/** Makes a report the baseline of later runs. */
export async function writeBaseline(path: string, report: Report): Promise<void> {
  await writeWhole(path, jsonOf({ ...report, baseline: null }));
}

/** Throws `RegressionError`, whose sentence says what got worse most, where and by how much. */
export function checkBaseline({ baseline }: Report): void {
  const failed = baseline?.verdicts.filter((verdict) => verdict.failed) ?? [];
  const beyond = ({ worseBy, tolerance }: (typeof failed)[number]): number =>
    worseBy === null ? Number.POSITIVE_INFINITY : worseBy / Math.max(tolerance, 1e-9);
  const [worst, ...others] = failed.sort((a, b) => beyond(b) - beyond(a));
  if (!worst) return;
  const more =
    others.length > 0 ? `${worst.sentence.slice(0, -1)}; and ${others.length} more.` : worst.sentence;
  throw new RegressionError('HF_REGRESSION', more);
}
