import { join } from 'node:path';
import { type Detector, openDetector } from '../detect/index.js';
import { type GenerateOptions, loadPreset } from '../pipeline/index.js';
import type { DrawOptions } from './draw/draw-item.js';
import type { System } from './draw/systems.js';
import type { JudgedItemScores } from './judge/evaluation.js';
import type { FeatureReader } from './judge/features/feature-reader.js';
import { judgeResult, judgeTruth } from './judge/item-judge.js';
import { type ItemScores, type ItemTruth, itemScoresSchema, itemTruthSchema } from './judge/scores.js';
import { Kept, keyOf } from './kept.js';
import { PICTURES } from './report/report-model.js';
import type { BenchmarkItem } from './source/benchmark.js';
import { type ItemSource, openOptions, readItem, shrunkSource, writePoses } from './source/item-source.js';
import { hashPath, truthPaths } from './source/read-benchmark.js';

/** What all items of a run share. */
export interface RunParts {
  readonly folder: string;
  readonly out: string;
  readonly systems: readonly System[];
  /** Side of the pictures. */
  readonly size: number;
  /** SHA-256 of the code. */
  readonly engineSha256: string;
  readonly features: FeatureReader;
  readonly signal?: AbortSignal;
}

/** Judges items; what an earlier run made of the same thing is taken from it. */
export class ItemRun {
  private readonly truths: Kept<ItemTruth>;
  private readonly results: Kept<ItemScores>;
  private readonly hashes = new Map<string, Promise<string>>();
  /** Seconds spent so far, by preset. */
  readonly seconds = new Map<string, number>();
  private detector: Promise<Detector> | undefined;

  constructor(private readonly parts: RunParts) {
    this.truths = new Kept(join(parts.out, 'kept', 'truth'), itemTruthSchema);
    this.results = new Kept(join(parts.out, 'kept', 'results'), itemScoresSchema);
  }

  /** An item as it is, or (`factor` below 1) with the signer shrunk, by each system. `drawn` is called with each preset's frames. */
  async judge(
    item: BenchmarkItem,
    factor: number,
    drawn: (frames: number) => void,
  ): Promise<JudgedItemScores> {
    const { folder, systems, size, engineSha256, features, signal } = this.parts;
    const asked = {
      ...(await this.contentOf(item, factor)),
      engineSha256,
      features: features.sha256,
      size,
    };
    const key = keyOf(asked);
    let read: Promise<ItemSource> | undefined;
    const source = (): Promise<ItemSource> => {
      read ??= readItem(folder, item, size, signal).then((whole) =>
        factor === 1 ? whole : shrunkSource(whole, factor),
      );
      return read;
    };
    const truth = await this.kept(this.truths, key, async () =>
      judgeTruth(await this.judgeParts(), { item, source: await source(), key: key.slice(0, 16) }),
    );
    const results = new Map<string, ItemScores>();
    for (const { name, preset, engine, bundleSha256 } of systems) {
      const start = performance.now();
      const { description: _, ...fields } = loadPreset(preset);
      const drawing = keyOf({ asked, preset: fields, bundleSha256, device: engine.runner.device });
      const scores = await this.kept(this.results, drawing, async () => {
        const judged = { item, source: await source(), key: drawing.slice(0, 16) };
        const input = factor === 1 ? itsOwn(folder, item) : await this.shrunkInput(key, judged.source);
        const draw: DrawOptions = { engine, source: input, preset, signal };
        return judgeResult(await this.judgeParts(), judged, draw);
      });
      results.set(name, scores);
      const spent = (performance.now() - start) / 1000;
      this.seconds.set(name, (this.seconds.get(name) ?? 0) + spent);
      drawn(scores.frames.length);
    }
    return { truth, results };
  }

  /** Everything of an item that decides what is asked and what is known: its fields and its files' content. */
  private async contentOf(item: BenchmarkItem, factor: number): Promise<object> {
    const { id: _, letter: __, pose, reference, masks, ...fields } = item;
    const known = factor === 1 ? await Promise.all(truthPaths(item).map((path) => this.hash(path))) : [];
    const first = reference && 'video' in reference ? reference.first : undefined;
    return { ...fields, factor, first, masks: Object.keys(masks ?? {}), pose: await this.hash(pose), known };
  }

  private hash(path: string): Promise<string> {
    const hash = this.hashes.get(path) ?? hashPath(join(this.parts.folder, path));
    this.hashes.set(path, hash);
    return hash;
  }

  async close(): Promise<void> {
    await (await this.detector)?.close();
  }

  private async kept<T>(store: Kept<T>, key: string, make: () => Promise<T>): Promise<T> {
    const before = await store.read(key);
    if (before) return before;
    const made = await make();
    await store.write(key, made);
    return made;
  }

  private async judgeParts() {
    this.detector ??= openDetector({ signal: this.parts.signal });
    const { features, out } = this.parts;
    return { detector: await this.detector, features, pictures: join(out, PICTURES) };
  }

  /** The shrunk poses as a file of their own. */
  private async shrunkInput(key: string, source: ItemSource) {
    const input = join(this.parts.out, 'kept', 'poses', `${key.slice(0, 16)}.pose`);
    await writePoses(source, input);
    return { input };
  }
}

function itsOwn(folder: string, item: BenchmarkItem): Pick<GenerateOptions, 'input' | 'source'> {
  return { input: join(folder, item.pose), source: { ...openOptions(item), range: item.range } };
}
