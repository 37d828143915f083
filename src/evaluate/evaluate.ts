import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, OutputError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { reasonOf } from '../reason.js';
import { writeWhole } from '../write-whole.js';
import type { BaselineOptions, EvaluateOptions } from './options.js';
import { compareWithBaseline, jsonOf, readBaseline } from './report/baseline.js';
import { writeHtmlReport } from './report/html/index.js';
import { junit } from './report/junit.js';
import { makeReport } from './report/make-report.js';
import { markdown } from './report/markdown.js';
import { REPORT_FILES, type Report } from './report/report-model.js';
import { runItems } from './run-items.js';

/**
 * Evaluates presets on a benchmark and writes the report (JSON, HTML, JUnit, Markdown) into the folder `out`. What an earlier run in the same
 * folder made of the same things is taken from it; a killed run goes on where it stopped. Rejects with `HandfirstError`s; whether
 * something got worse than the baseline is for `checkBaseline`.
 */
export async function evaluate(options: EvaluateOptions): Promise<Report> {
  const { out, baseline, command = [] } = options;
  // A file that is no baseline is refused before anything is drawn.
  const before = baseline && { ...baseline, report: await readBaseline(baseline.path) };
  const made = await makeFolder(out).catch((error: unknown) => {
    throw new OutputError('HF_OUTPUT_UNWRITABLE', `The folder ${out} cannot be made: ${reasonOf(error)}.`, {
      file: out,
    });
  });
  const evaluation = await runItems(options).catch(async (error: unknown) => {
    // What fails before anything is drawn leaves no folder behind; one with something in it stays.
    if (made !== undefined) await rmdir(out).catch(() => {});
    if (!(error instanceof CancelledError)) throw error;
    throw new CancelledError(
      'HF_CANCELLED',
      `Cancelled; what is finished is kept in ${out}, and the same command goes on from there.`,
      { file: out },
    );
  });
  const plain = makeReport(evaluation, command);
  const report = before ? { ...plain, baseline: verdicts(before, before.report, plain) } : plain;
  await writeReport(out, report, evaluation.seconds);
  return report;
}

function verdicts({ path, tolerance }: BaselineOptions, before: Report, now: Report): Report['baseline'] {
  return { path, verdicts: compareWithBaseline(before, now, tolerance, path) };
}

async function writeReport(out: string, report: Report, seconds: ReadonlyMap<string, number>): Promise<void> {
  await writeWhole(join(out, REPORT_FILES.json), jsonOf(report));
  await writeWhole(join(out, REPORT_FILES.junit), junit(report, seconds));
  await writeWhole(join(out, REPORT_FILES.markdown), markdown(report));
  await writeHtmlReport(report, out);
}
