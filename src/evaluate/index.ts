/*
 * The paper's evaluation as a regression test: a benchmark's poses are drawn, keypoints are found again in what was drawn, and figures
 * are told beside those of the reference pictures.
 */

export { checkBaseline, evaluate, writeBaseline } from './evaluate.js';
export { type MadeBenchmark, type MakeOptions, makeBenchmark } from './make/make-benchmark.js';
export type { BaselineOptions, EvaluateOptions, Tolerance } from './options.js';
export { DEFAULT_TOLERANCE } from './report/baseline.js';
export { markdown } from './report/markdown.js';
export { REPORT_FILES, type Report, reportSchema } from './report/report-model.js';
export { summary } from './report/summary.js';
export {
  type Benchmark,
  type BenchmarkInput,
  type BenchmarkItem,
  benchmarkSchema,
} from './source/benchmark.js';
