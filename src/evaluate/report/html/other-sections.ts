import { counted } from '../../../counted.js';
import type { BaselineVerdict, Comparison, Report } from '../report-model.js';
import { curvePlot } from './curve-plot.js';
import { marker } from './marker.js';
import { html, type Markup } from './markup.js';
import { intervalText, measured, metricName, numberText } from './numbers.js';

/** What was evaluated, with which versions, and the command that does it again. */
export function aboutSection({ about, notes }: Report): Markup {
  const facts: readonly (readonly [string, string])[] = [
    [
      'Benchmark',
      `${about.benchmark.name}: ${counted(about.benchmark.items, 'item')}, ${counted(about.benchmark.frames, 'frame')}`,
    ],
    ['Bundle', about.bundle.name],
    ['Presets', about.presets.join(', ')],
    ['Device', about.device],
    ['Detector', about.detector],
    ['Engine', about.engine],
  ];
  const sums: readonly (readonly [string, string])[] = [
    ['Benchmark, SHA-256', about.benchmark.sha256],
    ['Bundle, SHA-256', about.bundle.sha256],
    ['Engine, SHA-256', about.engineSha256],
    ...Object.entries(about.versions),
  ];
  const list = (rows: typeof facts): Markup[] =>
    rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`);
  return html`<p class="lead">${about.benchmark.description}</p><dl class="facts">${list(facts)}</dl>
<details><summary>Versions, checksums and the command that does the same</summary><dl class="facts">${list(sums)}<dt>Command</dt><dd><code>${about.command.join(' ')}</code></dd></dl></details>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

/** Whether anything got worse than the baseline, in words and as a table, what failed first. */
export function baselineSection({ baseline }: Report): Markup | undefined {
  if (!baseline) return undefined;
  const verdicts = [...baseline.verdicts].sort((a, b) => Number(b.failed) - Number(a.failed));
  const failed = verdicts.filter((verdict) => verdict.failed);
  const summary =
    failed.length === 0
      ? `Nothing got worse than ${baseline.path} by more than is let pass.`
      : `${failed.length} of ${verdicts.length} figures got worse than ${baseline.path} by more than is let pass.`;
  return html`<section aria-labelledby="baseline"><h2 id="baseline">Baseline</h2>
<div class="verdict${failed.length > 0 && ' failed'}"><p><strong>${summary}</strong></p>
${failed.length > 0 && html`<ul>${failed.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul>`}</div>
<details${failed.length > 0 && html` open`}><summary>All figures beside the baseline</summary>
<div class="scroll" role="group" aria-labelledby="baseline" tabindex="0"><table>
<thead><tr><th scope="col">Metric</th><th scope="col">Preset</th><th scope="col">Before</th><th scope="col">Now</th><th scope="col">Worse by</th><th scope="col">Let pass</th><th scope="col">Verdict</th><th scope="col" class="text">Frames</th></tr></thead>
<tbody>${verdicts.map(verdictRow)}</tbody></table></div></details></section>`;
}

function verdictRow({
  label,
  preset,
  before,
  now,
  worseBy,
  tolerance,
  failed,
  frames,
}: BaselineVerdict): Markup {
  return html`<tr${failed && html` class="failed-row"`}><th scope="row">${label}</th><td>${preset}</td><td>${numberText(before)}</td><td>${numberText(now)}</td><td>${numberText(worseBy)}</td><td>${numberText(tolerance)}</td><td>${failed ? 'worse' : 'held'}</td><td class="text">${frames.join(', ')}</td></tr>`;
}

/** Paired differences of presets. */
export function comparisonsSection({ comparisons }: Report): Markup | undefined {
  if (comparisons.length === 0) return undefined;
  return html`<section aria-labelledby="comparisons"><h2 id="comparisons">Presets compared</h2>
<p class="hint">Differences over the items that both have, with 95 % intervals; unclear where the interval holds 0.</p>
<div class="scroll" role="group" aria-labelledby="comparisons" tabindex="0"><table>
<thead><tr><th scope="col">Preset</th><th scope="col">Against</th><th scope="col">Metric</th><th scope="col">Difference</th><th scope="col">Items</th><th scope="col">Verdict</th></tr></thead>
<tbody>${comparisons.map(comparisonRow)}</tbody></table></div></section>`;
}

function comparisonRow({ preset, against, label, difference, interval, count, verdict }: Comparison): Markup {
  return html`<tr><th scope="row">${preset}</th><td>${against}</td><td>${label}</td><td>${measured(difference, interval)}</td><td>${count}</td><td class="${verdict}">${verdict}</td></tr>`;
}

/** Presets with the marks that stand for them. */
export function legend(presets: readonly string[]): Markup {
  return html`<ul class="legend">${presets.map(
    (preset, series) =>
      html`<li class="s${series % 8}"><svg viewBox="-7 -7 14 14" aria-hidden="true">${marker(series, 0, 0)}</svg><span style="color:var(--ink)">${preset}</span></li>`,
  )}</ul>`;
}

/** Curves over the size of the hands (paper, figure 9), with their numbers. */
export function shrinkSection({ shrink, about }: Report): Markup | undefined {
  const names = [...new Set(shrink.map(({ name }) => name))];
  const plots = names.flatMap((name) => {
    const curves = shrink.filter((curve) => curve.name === name);
    const [first] = curves;
    if (!first) return [];
    const plotted = curves.map((curve) => ({
      series: Math.max(0, about.presets.indexOf(curve.preset)),
      curve,
    }));
    return [html`<figure class="plot"><h3>${metricName(first)}</h3>${curvePlot(plotted)}</figure>`];
  });
  if (plots.length === 0) return undefined;
  const rows = shrink.flatMap(({ preset, label, points }) =>
    points.map(
      ({ factor, handSize, value, interval }) =>
        html`<tr><th scope="row">${preset}</th><td>${label}</td><td>${factor}</td><td>${numberText(handSize)}</td><td>${numberText(value)} <span class="interval">${intervalText(interval)}</span></td></tr>`,
    ),
  );
  return html`<section aria-labelledby="shrink"><h2 id="shrink">Small hands</h2>
<p class="hint">The pose is shrunk about the picture's middle, so that hands get smaller. Bands are 95 % intervals.</p>
${legend(about.presets)}<div class="plots wide">${plots}</div>
<details><summary>The same as numbers</summary><div class="scroll" role="group" aria-labelledby="shrink" tabindex="0"><table>
<thead><tr><th scope="col">Preset</th><th scope="col">Metric</th><th scope="col">Shrunk to</th><th scope="col">Hands, pixels</th><th scope="col">Value</th></tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}
