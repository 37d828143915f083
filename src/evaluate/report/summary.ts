import { counted } from '../../counted.js';
import { short, withInterval } from './numbers.js';
import type { Figure, Report } from './report-model.js';

/** Columns that a screen surely has. */
const WIDTH = 100;
const LABEL = 30;
const WORST = 4;
const VERDICTS = 3;
const COMPARED = 4;

/** What is printed at the end of a run: at most 40 lines of 100 columns. */
export function summary(report: Report): string {
  const lines = [
    ...heading(report),
    ...table(report),
    ...shownNoHands(report),
    ...unmeasured(report),
    ...comparisonLines(report),
    ...worstLines(report),
    ...baselineLines(report),
  ];
  return `${lines.map((line) => cut(line, WIDTH)).join('\n')}\n`;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** A line of a list, broken where the screen ends; no more than two lines. */
function wrapped(text: string): string[] {
  if (text.length <= WIDTH) return [text];
  const at = text.lastIndexOf(' ', WIDTH);
  return [text.slice(0, at), `  ${text.slice(at + 1)}`];
}

function heading({ about }: Report): string[] {
  const { benchmark, bundle, device } = about;
  return [
    `${benchmark.name}: ${counted(benchmark.items, 'item')}, ${counted(benchmark.frames, 'frame')}; bundle ${bundle.name} (${bundle.sha256.slice(0, 8)}) on ${device}`,
  ];
}

/** A row a metric that was measured: the presets side by side, then the reference by the same evaluator. */
function table({ presets }: Report): string[] {
  const [first] = presets;
  if (!first) return [];
  const names = [...presets.map(({ preset }) => preset), 'reference'];
  const only = presets.length === 1;
  const column = only ? 26 : Math.max(8, Math.min(14, Math.floor((WIDTH - LABEL) / names.length)));
  const row = (label: string, cells: readonly string[]): string =>
    (
      cut(label, LABEL - 1).padEnd(LABEL) +
      cells.map((cell) => cut(cell, column - 1).padStart(column)).join('')
    ).trimEnd();
  const measured = first.figures.filter(({ name }) =>
    presets.some((one) => figure(one.figures, name)?.value != null),
  );
  return [
    row('', names),
    ...measured.map(({ name, label, unit, better, truth }) => {
      const cells = presets.map(({ figures }) => {
        const one = figure(figures, name);
        return one && only ? withInterval(one) : short(one?.value ?? null);
      });
      const arrow = better === 'higher' ? '↑' : '↓';
      return row(`${label}${unit ? ` (${unit})` : ''} ${arrow}`, [...cells, truth ? short(truth.value) : '']);
    }),
  ];
}

/** Who could not know where the hands are: their scores of hands follow from that. */
function shownNoHands({ presets }: Report): string[] {
  const names = presets.flatMap(({ preset, shownHands }) => (shownHands ? [] : preset));
  return names.length === 0
    ? []
    : wrapped(`Shown no hands, so that scores of hands follow from it: ${names.join(', ')}`);
}

function figure(figures: readonly Figure[], name: string): Figure | undefined {
  return figures.find((one) => one.name === name);
}

function unmeasured({ presets }: Report): string[] {
  const labels = presets[0]?.figures
    .filter(({ name }) => presets.every((one) => figure(one.figures, name)?.value == null))
    .map(({ label }) => label);
  return labels && labels.length > 0
    ? wrapped(`Not measured (the report says why): ${labels.join(', ')}`)
    : [];
}

/** What is surely better or worse than the first preset, a line a preset. */
function comparisonLines({ about, comparisons }: Report): string[] {
  const [first, ...others] = about.presets;
  const lines = others.slice(0, COMPARED).map((preset) => {
    const sure = (verdict: string): string =>
      comparisons
        .filter((one) => one.preset === preset && one.verdict === verdict)
        .map(({ label, difference }) => `${label} ${(difference ?? 0) > 0 ? '+' : ''}${short(difference)}`)
        .join(', ') || 'nothing';
    return `${preset} against ${first}: worse in ${sure('worse')}; better in ${sure('better')}`;
  });
  return others.length > COMPARED ? [...lines, 'The report compares the other presets, too.'] : lines;
}

/** Frames of the first preset by their hands' error, worst first. */
function worstLines({ items, about }: Report): string[] {
  const [preset] = about.presets;
  const frames = items.flatMap(({ id, frames: all }) =>
    all.flatMap(({ frame, results }) => {
      const result = results.find((one) => one.preset === preset);
      if (result?.handError == null) return [];
      return [{ name: all.length > 1 ? `${id}:${frame}` : id, error: result.handError }];
    }),
  );
  const worst = frames.sort((a, b) => b.error - a.error).slice(0, WORST);
  if (worst.length === 0) return [];
  const stated = worst.map(({ name, error }) => `${name} ${error >= 1 ? 'not found' : short(error)}`);
  return [`Worst hands of ${preset} (error in hand sizes): ${stated.join(', ')}`];
}

function baselineLines({ baseline }: Report): string[] {
  if (!baseline) return [];
  const failed = baseline.verdicts.filter((verdict) => verdict.failed);
  if (failed.length === 0)
    return [`Nothing got worse than ${baseline.path} (${baseline.verdicts.length} figures compared)`];
  const more = failed.length - VERDICTS;
  return [
    `Worse than ${baseline.path} in ${failed.length} of ${baseline.verdicts.length} figures:`,
    ...failed.slice(0, VERDICTS).map(({ sentence }) => `  ${sentence}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
