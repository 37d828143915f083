import type { PoseFrame } from '../../pose/index.js';
import type { BenchmarkItem } from '../source/benchmark.js';
import type { OpenedBenchmark } from '../source/read-benchmark.js';
import type { KnownHand } from './metrics/index.js';
import type { ItemScores, ItemTruth } from './scores.js';

/** What is known of an item, and what every preset made of it. */
export interface JudgedItemScores {
  readonly truth: ItemTruth;
  /** By preset. */
  readonly results: ReadonlyMap<string, ItemScores>;
}

export interface EvaluatedItem extends JudgedItemScores {
  readonly item: BenchmarkItem;
  /** What the keypoint file asks for, of items that have a letter; else empty. */
  readonly poses: readonly PoseFrame[];
  /** By factor below 1: the same of the signer shrunk. */
  readonly shrunk: ReadonlyMap<number, JudgedItemScores>;
}

/** Everything that was measured, before it is made into figures. */
export interface Evaluation {
  readonly opened: OpenedBenchmark;
  readonly items: readonly EvaluatedItem[];
  readonly presets: readonly string[];
  /** Those of them whose conditions show no hands. */
  readonly unshown: ReadonlySet<string>;
  /** Hands that letters are read by. */
  readonly known: readonly KnownHand[];
  readonly bundle: { readonly name: string; readonly sha256: string };
  readonly device: string;
  readonly engineSha256: string;
  /** Seconds that this run spent on each preset; little where results were kept. */
  readonly seconds: ReadonlyMap<string, number>;
}
