import type { ShrinkCurve } from '../report-model.js';
import { place, tickText } from './interval-plot.js';
import { marker } from './marker.js';
import { html, type Markup } from './markup.js';
import { numberText } from './numbers.js';
import { type Scale, scaleOf } from './scale.js';

/** A curve and the place of its preset among all, which its colour and its marks go by. */
export interface PlottedCurve {
  readonly series: number;
  readonly curve: ShrinkCurve;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

const WIDTH = 460;
const HEIGHT = 260;
const FRAME = { left: 56, right: 16, top: 12, bottom: 44 };

/** A metric over the size of the hands in pixels, a curve a preset, each with the band of its intervals. SVG. */
export function curvePlot(curves: readonly PlottedCurve[]): Markup {
  const all = curves.flatMap(({ curve }) => curve.points);
  const sizes = all.flatMap(({ handSize }) => handSize ?? []);
  const values = all.flatMap(({ value, interval }) => [
    ...(value === null ? [] : [value]),
    ...(interval ?? []),
  ]);
  const across = scaleOf(sizes, FRAME.left, WIDTH - FRAME.right);
  const up = scaleOf(values, HEIGHT - FRAME.bottom, FRAME.top);
  const title = curves[0]?.curve.label ?? '';
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title} over the size of the hands: ${curves.map(({ curve }) => curveText(curve)).join('; ')}">
${axes(across, up)}
${curves.map(({ series, curve }) => drawnCurve(series, placed(curve, across, up)))}
</svg>`;
}

function curveText({ preset, points }: ShrinkCurve): string {
  const steps = points.map(({ handSize, value }) => `${numberText(value)} at ${numberText(handSize)} pixels`);
  return `${preset} ${steps.join(', ')}`;
}

function axes(across: Scale, up: Scale): Markup {
  const [right, bottom] = [WIDTH - FRAME.right, HEIGHT - FRAME.bottom];
  return html`${up.marks.map(
    (
      mark,
    ) => html`<line class="grid" x1="${FRAME.left}" x2="${right}" y1="${place(up.at(mark))}" y2="${place(up.at(mark))}"/>
<text class="tick" x="${FRAME.left - 8}" y="${place(up.at(mark) + 4)}" text-anchor="end">${tickText(mark, up.marks)}</text>`,
  )}${across.marks.map(
    (
      mark,
    ) => html`<line class="grid" x1="${place(across.at(mark))}" x2="${place(across.at(mark))}" y1="${FRAME.top}" y2="${bottom}"/>
<text class="tick" x="${place(across.at(mark))}" y="${bottom + 16}" text-anchor="middle">${tickText(mark, across.marks)}</text>`,
  )}<text class="name" x="${(FRAME.left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">size of the hands, pixels</text>`;
}

function placed({ points }: ShrinkCurve, across: Scale, up: Scale): Point[] {
  const known = points.flatMap(({ handSize, value, interval }): Point[] => {
    if (handSize === null || value === null) return [];
    const band = interval ? { low: up.at(interval[0]), high: up.at(interval[1]) } : {};
    return [{ x: across.at(handSize), y: up.at(value), ...band }];
  });
  return known.sort((a, b) => a.x - b.x);
}

function drawnCurve(series: number, points: readonly Point[]): Markup {
  const edge = (of: (point: Point) => number | undefined): string[] =>
    points.flatMap((point) => {
      const y = of(point);
      return y === undefined ? [] : [`${place(point.x)},${place(y)}`];
    });
  const band = [...edge(({ high }) => high), ...edge(({ low }) => low).reverse()];
  return html`<g class="s${series % 8}">${band.length > 2 && html`<polygon class="band" points="${band.join(' ')}"/>`}
<polyline class="curve" points="${edge(({ y }) => y).join(' ')}"/>
${points.map(({ x, y }) => marker(series, x, y))}</g>`;
}
