import type { Figure, Interval } from '../report-model.js';
import { html, type Markup } from './markup.js';

/** A number for people: three digits that count, no more than can be distinguished; `–` for none. */
export function numberText(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
  const text = value.toFixed(decimals).replace('-', '−');
  return /[1-9]/.test(text) ? text : '0';
}

export function intervalText(interval: Interval): string {
  return interval ? `[${numberText(interval[0])}, ${numberText(interval[1])}]` : '';
}

/** A value with its interval, for a cell of a table. */
export function measured(value: number | null, interval: Interval): Markup {
  if (value === null) return html`<span aria-hidden="true">–</span><span class="unseen">not measured</span>`;
  return html`<span class="value">${numberText(value)}</span>${interval && html` <span class="interval">${intervalText(interval)}</span>`}`;
}

/** Name of a metric with its unit and the direction that is better. */
export function metricName({ label, unit, better }: Pick<Figure, 'label' | 'unit' | 'better'>): Markup {
  const arrow = better === 'higher' ? '↑' : '↓';
  return html`${label}${unit && html` <span class="unit">${unit}</span>`} <span class="way"><span aria-hidden="true">${arrow}</span><span class="unseen">(${better} is better)</span></span>`;
}
