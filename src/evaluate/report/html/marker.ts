import { html, type Markup } from './markup.js';

/** A mark of a series: eight shapes, so that colour is not all that tells them apart. */
export function marker(series: number, x: number, y: number): Markup {
  const [cx, cy] = [round(x), round(y)];
  const shapes = [
    () => html`<circle class="mark" cx="${cx}" cy="${cy}" r="5"/>`,
    () => polygon(cx, cy, [-4.5, -4.5, 4.5, -4.5, 4.5, 4.5, -4.5, 4.5]),
    () => polygon(cx, cy, [0, -5.5, 5.5, 4.5, -5.5, 4.5]),
    () => polygon(cx, cy, [0, -6, 6, 0, 0, 6, -6, 0]),
    () => polygon(cx, cy, [0, 5.5, 5.5, -4.5, -5.5, -4.5]),
    () => html`<circle class="mark hollow" cx="${cx}" cy="${cy}" r="4.5"/>`,
    () =>
      polygon(
        cx,
        cy,
        [-2, -5.5, 2, -5.5, 2, -2, 5.5, -2, 5.5, 2, 2, 2, 2, 5.5, -2, 5.5, -2, 2, -5.5, 2, -5.5, -2, -2, -2],
      ),
    () => polygon(cx, cy, [-4, -5.5, 4, -5.5, 4, 5.5, -4, 5.5]),
  ];
  return (shapes[series % shapes.length] ?? shapes[0])?.() ?? html``;
}

function polygon(cx: number, cy: number, offsets: readonly number[]): Markup {
  const points = offsets.map((offset, index) => round(offset + (index % 2 === 0 ? cx : cy)));
  return html`<polygon class="mark" points="${points.join(' ')}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
