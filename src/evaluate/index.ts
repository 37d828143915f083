/*
 * The paper's evaluation as a regression test: a benchmark's poses are drawn, keypoints are found again in what was drawn, and figures
 * are told beside those of the reference pictures.
 */
export { DEFAULT_TOLERANCE } from './baseline.js';
export { type Benchmark, type BenchmarkInput, type BenchmarkItem, benchmarkSchema } from './benchmark.js';
export { checkBaseline, evaluate, writeBaseline } from './evaluate.js';
export { type MadeBenchmark, type MakeOptions, makeBenchmark } from './make/make-benchmark.js';
export { markdown } from './markdown.js';
export type { BaselineOptions, EvaluateOptions, Tolerance } from './options.js';
export { REPORT_FILES, type Report, reportSchema } from './report-model.js';
export { summary } from './summary.js';
