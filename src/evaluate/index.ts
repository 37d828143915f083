/*
 * The paper's evaluation as a regression test: a benchmark's poses are drawn, keypoints are found again in what was drawn, and figures
 * stand beside those of the reference pictures. Its packages are optional: they are looked for, and loaded, when something is evaluated.
 */
import { requirePackages } from '../packages.js';
import type { Cost, CostOptions } from './cost.js';
import type { MadeBenchmark, MakeOptions } from './make/make-benchmark.js';
import type { EvaluateOptions } from './options.js';
import type { Report } from './report/report-model.js';

export type { BaselineOptions, EvaluateOptions, Tolerance } from './options.js';
export { checkBaseline, DEFAULT_TOLERANCE, writeBaseline } from './report/baseline.js';
export { markdown } from './report/markdown.js';
export { REPORT_FILES, reportSchema } from './report/report-model.js';
export { summary } from './report/summary.js';
export {
  type Benchmark,
  type BenchmarkInput,
  type BenchmarkItem,
  benchmarkSchema,
} from './source/benchmark.js';
export type { Cost, CostOptions, MadeBenchmark, MakeOptions, Report };

/**
 * Evaluates presets on a benchmark and writes the report (JSON, HTML, JUnit, Markdown) into the folder `out`. What an earlier run in the
 * same folder made of the same things is taken from it; a killed run goes on where it stopped. Rejects with `HandfirstError`s; whether
 * something got worse than the baseline is for `checkBaseline`.
 */
export async function evaluate(options: EvaluateOptions): Promise<Report> {
  requirePackages('evaluation');
  const run = await import('./evaluate.js');
  return run.evaluate(options);
}

/**
 * Draws a few frames by each system and number of steps, in processes of their own, and writes what a frame costs beside the paper's
 * table V into the folder `out` (`cost.md`, `cost.json`). Throws `UsageError`.
 */
export async function measureCost(options: CostOptions): Promise<{ costs: Cost[]; table: string }> {
  requirePackages('evaluation');
  const cost = await import('./cost.js');
  const costs = await cost.measureCost(options);
  return { costs, table: cost.costTable(costs) };
}

/**
 * Makes a benchmark's folder: chooses frames by seed, and copies keypoints and pictures of them alone. Frames that ask for no hand
 * are not chosen. The folder gets its name when it is whole. Throws `UsageError`, `OutputError`, `PoseFileError`, `CancelledError`.
 */
export async function makeBenchmark(options: MakeOptions): Promise<MadeBenchmark> {
  requirePackages('evaluation');
  const make = await import('./make/make-benchmark.js');
  return make.makeBenchmark(options);
}
