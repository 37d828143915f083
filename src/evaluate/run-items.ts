import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { UsageError } from '../errors.js';
import { loadPreset, openEngine } from '../pipeline/index.js';
import type { BenchmarkItem } from './benchmark.js';
import { engineHash } from './engine-hash.js';
import type { EvaluatedItem, Evaluation, JudgedItemScores } from './evaluation.js';
import { ItemRun, presetFile } from './item-run.js';
import { readPoses } from './item-source.js';
import { middleShape, namedLetters } from './letters.js';
import type { KnownHand } from './metrics/index.js';
import type { EvaluateOptions } from './options.js';
import { readBenchmark } from './read-benchmark.js';

/** Items in work at a time: while one is drawn, another is looked at. */
const AT_A_TIME = 2;

/** Draws and judges every item of a benchmark by every preset. Rejects with one `HandfirstError`. */
export async function runItems(options: EvaluateOptions): Promise<Evaluation> {
  const { presets, bundle, verify, device, threads, signal, features, out, note } = options;
  checkOptions(options);
  for (const preset of presets) loadPreset(presetFile(preset));
  const opened = await readBenchmark(options.benchmark);
  const items = opened.benchmark.items.slice(0, options.limit);
  const engine = await openEngine({ method: { bundle, verify }, runtime: { device, threads }, signal });
  note?.({ kind: 'device', sentence: `Running on ${engine.runner.device}.` });
  const { name, size } = {
    name: engine.bundle.manifest.name,
    size: engine.bundle.manifest.body.autoencoder.size,
  };
  const bundleSha256 = await hashManifest(engine.bundle.folder);
  const engineSha256 = engineHash();
  const run = new ItemRun({
    folder: opened.folder,
    out,
    engine,
    engineSha256,
    bundleSha256,
    features,
    signal,
  });
  try {
    const judged = await judgeAll(run, items, { ...options, folder: opened.folder, size });
    return {
      opened,
      items: judged,
      presets,
      known: await knownLetters(opened.folder, opened.benchmark, judged),
      bundle: { name, sha256: bundleSha256 },
      device: engine.runner.device,
      engineSha256,
    };
  } finally {
    await run.close().catch(() => undefined);
    await engine.close();
  }
}

function checkOptions({ presets, shrink = [], limit }: EvaluateOptions): void {
  if (presets.length === 0) throw new UsageError('There is no preset to evaluate: name one with --preset.');
  if (new Set(presets).size < presets.length)
    throw new UsageError(`A preset is named twice in --preset ${presets.join(',')}: name each once.`);
  for (const factor of shrink)
    if (!(factor > 0 && factor <= 1))
      throw new UsageError(
        `The signer cannot be shrunk to ${factor} times the size: give numbers from 0 to 1.`,
      );
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    throw new UsageError(`A limit of ${limit} items makes no sense: give a whole number from 1 on.`);
}

async function judgeAll(
  run: ItemRun,
  items: readonly BenchmarkItem[],
  { presets, shrink = [], progress, folder, size }: EvaluateOptions & { folder: string; size: number },
): Promise<EvaluatedItem[]> {
  const factors = [...new Set(shrink.filter((factor) => factor < 1))];
  const frames = (item: BenchmarkItem): number => item.range.to - item.range.from;
  const passes = (item: BenchmarkItem): number => 1 + (item.kind === 'frame' ? factors.length : 0);
  const total = items.reduce((sum, item) => sum + frames(item) * presets.length * passes(item), 0);
  let done = 0;
  const drawn = (count: number): void => {
    done += count;
    progress?.({ done, total });
  };
  const judgeOne = async (item: BenchmarkItem): Promise<EvaluatedItem> => {
    const whole = await run.judge(item, presets, 1, drawn);
    const shrunk = new Map<number, JudgedItemScores>();
    if (item.kind === 'frame')
      for (const factor of factors) shrunk.set(factor, await run.judge(item, presets, factor, drawn));
    const poses = item.letter === undefined ? [] : (await readPoses(folder, item, size)).poses;
    return { item, ...whole, shrunk, poses };
  };
  const judged = from(items.map((item, at) => ({ item, at }))).pipe(
    mergeMap(async ({ item, at }) => ({ at, judged: await judgeOne(item) }), AT_A_TIME),
    toArray(),
  );
  return (await lastValueFrom(judged)).sort((a, b) => a.at - b.at).map((one) => one.judged);
}

/** The hands that the benchmark names, or the middle frames of its letters. */
async function knownLetters(
  folder: string,
  benchmark: Parameters<typeof namedLetters>[1],
  items: readonly EvaluatedItem[],
): Promise<KnownHand[]> {
  if (benchmark.letters.length > 0) return namedLetters(folder, benchmark);
  return items.flatMap(({ item, poses }) => {
    const shape = middleShape(poses);
    return item.letter !== undefined && shape ? [{ name: item.letter, shape }] : [];
  });
}

async function hashManifest(folder: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(join(folder, 'manifest.json')))
    .digest('hex');
}
