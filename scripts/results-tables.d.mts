import type { Report } from '../src/evaluate/report/report-model.js';

/** What docs/results.md says of a report: its tables, and below them the paired differences. */
export function resultsTables(report: Report): string;
