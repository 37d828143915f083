import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { UsageError } from '../errors.js';
import { loadPreset } from '../pipeline/index.js';
import { engineHash } from './draw/engine-hash.js';
import { openSystems, parseSystem, type Systems } from './draw/systems.js';
import { ItemRun } from './item-run.js';
import type { EvaluatedItem, Evaluation, JudgedItemScores } from './judge/evaluation.js';
import { findFeatureFiles } from './judge/features/feature-files.js';
import type { FeatureReader } from './judge/features/feature-reader.js';
import { openFeatureReader } from './judge/features/features.js';
import { middleShape, namedLetters } from './judge/letters.js';
import type { KnownHand } from './judge/metrics/index.js';
import type { EvaluateOptions } from './options.js';
import type { BenchmarkItem } from './source/benchmark.js';
import { readPoses } from './source/item-source.js';
import { type OpenedBenchmark, readBenchmark } from './source/read-benchmark.js';

/** Items in work at a time: while one is drawn, another is looked at. */
const AT_A_TIME = 2;

/** Draws and judges every item of a benchmark by every preset. Rejects with one `HandfirstError`. */
export async function runItems(options: EvaluateOptions): Promise<Evaluation> {
  const { device, threads, signal, note } = options;
  checkOptions(options);
  const opened = await readBenchmark(options.benchmark);
  const files = options.features === undefined ? {} : await findFeatureFiles(options.features);
  const features = await openFeatureReader(files, { device, threads, signal });
  try {
    const systems = await openSystems(options);
    try {
      note?.({ kind: 'device', sentence: `Running on ${systems.all[0]?.engine.runner.device}.` });
      return await runWith({ opened, systems, features }, options);
    } finally {
      await systems.close();
    }
  } finally {
    await features.close();
  }
}

interface Opened {
  readonly opened: OpenedBenchmark;
  readonly systems: Systems;
  readonly features: FeatureReader;
}

async function runWith({ opened, systems, features }: Opened, options: EvaluateOptions): Promise<Evaluation> {
  const { folder, benchmark } = opened;
  const { out, presets, limit, signal } = options;
  const { all, size } = systems;
  const [first] = all;
  if (!first) throw new Error('an evaluation without a preset');
  const engineSha256 = engineHash();
  const run = new ItemRun({ folder, out, systems: all, size, engineSha256, features, signal });
  try {
    const items = await judgeAll(run, benchmark.items.slice(0, limit), { ...options, folder, size });
    return {
      opened,
      items,
      presets,
      unshown: new Set(all.flatMap(({ name, shownHands }) => (shownHands ? [] : [name]))),
      known: await knownLetters(folder, benchmark, items),
      bundle: { name: first.engine.bundle.manifest.name, sha256: first.bundleSha256 },
      device: first.engine.runner.device,
      engineSha256,
      seconds: run.seconds,
    };
  } finally {
    await run.close().catch(() => undefined);
  }
}

function checkOptions({ presets, shrink = [], limit }: EvaluateOptions): void {
  if (presets.length === 0)
    throw new UsageError('HF_FIELD_MISSING', 'There is no preset to evaluate: name one with `presets`.', {
      field: 'preset',
    });
  for (const preset of presets) loadPreset(parseSystem(preset).preset);
  if (new Set(presets).size < presets.length)
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A preset is named twice in \`presets\` (${presets.join(',')}): name each once.`,
      { field: 'preset' },
    );
  for (const factor of shrink)
    if (!(factor > 0 && factor <= 1))
      throw new UsageError(
        'HF_FIELD_VALUE',
        `The signer cannot be shrunk to ${factor} times the size: give numbers from 0 to 1.`,
        { field: 'shrink' },
      );
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A limit of ${limit} items makes no sense: give a whole number from 1 on.`,
      { field: 'limit' },
    );
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
    const whole = await run.judge(item, 1, drawn);
    const shrunk = new Map<number, JudgedItemScores>();
    if (item.kind === 'frame')
      for (const factor of factors) shrunk.set(factor, await run.judge(item, factor, drawn));
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
