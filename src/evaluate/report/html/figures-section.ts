import type { Figure, Measured, Report } from '../report-model.js';
import { intervalPlot } from './interval-plot.js';
import { html, type Markup } from './markup.js';
import { measured, metricName } from './numbers.js';

/** A metric with what each preset scored in it, in the order of the presets. */
interface Metric {
  readonly name: string;
  readonly figures: readonly (Figure | undefined)[];
  /** The first preset's figure that there is: label, unit and truth are the same for all. */
  readonly any: Figure;
}

/** The metrics of all presets, in the order in which they are first named. */
function metricsOf(report: Report): Metric[] {
  const named = new Map<string, Figure>();
  for (const figure of report.presets.flatMap(({ figures }) => figures))
    if (!named.has(figure.name)) named.set(figure.name, figure);
  return [...named].map(([name, any]) => ({
    name,
    any,
    figures: report.presets.map(({ figures }) => figures.find((figure) => figure.name === name)),
  }));
}

function truthOf({ figures }: Metric): Measured | undefined {
  return figures.flatMap((figure) => figure?.truth ?? []).find(({ value }) => value !== null);
}

/** The best value, where presets differ. */
function bestOf({ figures, any }: Metric): number | undefined {
  const values = figures.flatMap((figure) => figure?.value ?? []);
  if (new Set(values).size < 2) return undefined;
  return any.better === 'higher' ? Math.max(...values) : Math.min(...values);
}

/** The table of all figures, the truth beside, and why some are missing. */
export function figuresSection(report: Report): Markup {
  const metrics = metricsOf(report);
  const presets = report.presets.map(({ preset, shownHands }) =>
    shownHands ? preset : `${preset} (shown no hands)`,
  );
  return html`<section aria-labelledby="figures"><h2 id="figures">Figures</h2>
<p class="hint">Values with 95 % bootstrap intervals. Truth: what the same evaluator makes of the reference pictures.${presets.length > 1 && ' The best preset of a row is underlined.'}</p>
<div class="scroll" role="group" aria-labelledby="figures" tabindex="0"><table>
<thead><tr><th scope="col">Metric</th>${presets.map((preset) => html`<th scope="col">${preset}</th>`)}<th scope="col">Truth</th><th scope="col">Over</th></tr></thead>
<tbody>${metrics.map(metricRow)}</tbody></table></div>
${notesOf(metrics)}</section>`;
}

function metricRow(metric: Metric): Markup {
  const { any, figures } = metric;
  const [best, truth] = [bestOf(metric), truthOf(metric)];
  const cells = figures.map((figure) => {
    const isBest = best !== undefined && figure?.value === best;
    return html`<td${isBest && html` class="best"`}>${measured(figure?.value ?? null, figure?.interval ?? null)}${isBest && html`<span class="unseen">, best</span>`}</td>`;
  });
  return html`<tr><th scope="row">${metricName(any)}</th>${cells}<td>${truth ? measured(truth.value, truth.interval) : html`<span class="unseen">none</span>`}</td><td>${any.count} ${any.of}</td></tr>`;
}

/** What is to be said of figures, once for the presets that say the same. */
function notesOf(metrics: readonly Metric[]): Markup | undefined {
  const notes = metrics.flatMap(({ any, figures }) => {
    const said = new Set(figures.flatMap((figure) => (figure?.note ? [figure.note] : [])));
    return [...said].map((note) => html`<li><strong>${any.label}:</strong> ${note}</li>`);
  });
  return notes.length > 0 ? html`<ul class="notes">${notes}</ul>` : undefined;
}

/** A small plot for each metric that was measured. */
export function plotsSection(report: Report): Markup | undefined {
  const drawn = metricsOf(report).flatMap((metric) => {
    const rows = metric.figures.flatMap((figure, series) =>
      figure && figure.value !== null
        ? [
            {
              preset: report.presets[series]?.preset ?? '',
              series,
              value: figure.value,
              interval: figure.interval,
            },
          ]
        : [],
    );
    if (rows.length === 0) return [];
    const truth = truthOf(metric) ?? null;
    return [
      html`<figure class="plot"><h3>${metricName(metric.any)}</h3>${intervalPlot({ label: metric.any.label, truth }, rows)}</figure>`,
    ];
  });
  if (drawn.length === 0) return undefined;
  return html`<section aria-labelledby="plots"><h2 id="plots">Intervals</h2>
<p class="hint">Mark: value; bar: 95 % interval; dashed line: truth.</p><div class="plots">${drawn}</div></section>`;
}
