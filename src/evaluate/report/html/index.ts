import { join } from 'node:path';
import { writeWhole } from '../../../write-whole.js';
import { REPORT_FILES, type Report } from '../report-model.js';
import { figuresSection, plotsSection } from './figures-section.js';
import { framesSection } from './frames-section.js';
import { html, Markup } from './markup.js';
import { aboutSection, baselineSection, comparisonsSection, shrinkSection } from './other-sections.js';
import { STYLE } from './style.js';
import { Thumbnails } from './thumbnails.js';

/** The browser may fetch nothing: the page contains all that it shows. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * A report as one self-contained page of HTML without scripts. Pictures are read from `folder`, which the report's paths are relative to, and
 * embedded; a missing one is named in its place.
 */
export async function htmlReport(report: Report, folder: string): Promise<string> {
  const sections = [
    { id: 'baseline', name: 'Baseline', content: baselineSection(report) },
    { id: 'figures', name: 'Figures', content: figuresSection(report) },
    { id: 'plots', name: 'Intervals', content: plotsSection(report) },
    { id: 'comparisons', name: 'Presets compared', content: comparisonsSection(report) },
    { id: 'shrink', name: 'Small hands', content: shrinkSection(report) },
    { id: 'frames', name: 'Worst frames', content: await framesSection(report, new Thumbnails(folder)) },
  ].filter(({ content }) => content !== undefined);
  const title = `${report.about.benchmark.name}, ${report.about.bundle.name}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>handfirst evaluate: ${title}</title>
<style>${new Markup(STYLE)}</style></head>
<body><header><h1>handfirst evaluate</h1>${aboutSection(report)}
<nav aria-label="Parts of the report"><ul>${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav></header>
<main>${sections.map(({ content }) => content)}</main></body></html>
`;
  return page.text;
}

/** Writes the page into the report's folder; it gets its name when it is whole. Returns its path. Throws OutputError. */
export async function writeHtmlReport(report: Report, folder: string): Promise<string> {
  const path = join(folder, REPORT_FILES.html);
  await writeWhole(path, await htmlReport(report, folder));
  return path;
}
