import type { Figure } from '../report-model.js';
import { marker } from './marker.js';
import { html, type Markup } from './markup.js';
import { numberText } from './numbers.js';
import { scaleOf } from './scale.js';

/** One line of a plot of intervals. */
export interface IntervalRow {
  readonly preset: string;
  /** Place of the preset among all, which its colour and its mark go by. */
  readonly series: number;
  readonly value: number;
  readonly interval: Figure['interval'];
}

const WIDTH = 340;
const LEFT = 96;
const RIGHT = 14;
const ROW = 24;
const TOP = 8;

/** A metric of each preset as a mark with its interval, and the truth as a line down the plot. SVG, `WIDTH` units wide. */
export function intervalPlot(figure: Pick<Figure, 'label' | 'truth'>, rows: readonly IntervalRow[]): Markup {
  const truth = figure.truth?.value ?? undefined;
  const values = rows.flatMap(({ value, interval }) => [value, ...(interval ?? [])]);
  const scale = scaleOf(truth === undefined ? values : [...values, truth], LEFT, WIDTH - RIGHT);
  const bottom = TOP + rows.length * ROW;
  const stated = rows.map(({ preset, value }) => `${preset} ${numberText(value)}`).join(', ');
  const label = `${figure.label}: ${stated}${truth === undefined ? '' : `; truth ${numberText(truth)}`}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${bottom + 22}" role="img" aria-label="${label}">
${scale.marks.map(
  (
    mark,
  ) => html`<line class="grid" x1="${place(scale.at(mark))}" x2="${place(scale.at(mark))}" y1="${TOP}" y2="${bottom}"/>
<text class="tick" x="${place(scale.at(mark))}" y="${bottom + 15}" text-anchor="middle">${tickText(mark, scale.marks)}</text>`,
)}
${truth !== undefined && html`<line class="truth" x1="${place(scale.at(truth))}" x2="${place(scale.at(truth))}" y1="${TOP - 4}" y2="${bottom}"/>`}
${rows.map((row, index) => drawnRow(row, TOP + (index + 0.5) * ROW, (value) => scale.at(value)))}
</svg>`;
}

function drawnRow(
  { preset, series, value, interval }: IntervalRow,
  y: number,
  at: (value: number) => number,
): Markup {
  return html`<g class="s${series % 8}"><text class="name" x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${preset}</text>
${interval && html`<line class="whisker" x1="${place(at(interval[0]))}" x2="${place(at(interval[1]))}" y1="${y}" y2="${y}"/>`}
${marker(series, at(value), y)}</g>`;
}

/** A coordinate to a tenth. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** All marks of a scale with as many decimals as their step needs. */
export function tickText(mark: number, marks: readonly number[]): string {
  const step = Math.abs((marks[1] ?? 1) - (marks[0] ?? 0));
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return mark.toFixed(decimals).replace('-', '−');
}
