import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { MersenneTwister } from '../../diffusion/mersenne-twister.js';
import { UsageError } from '../../errors.js';
import { REPORT_FILES, type Report, reportSchema } from '../report/report-model.js';

/** What one contestant drew for a pose. */
export interface Entry {
  readonly contestant: string;
  /** Absolute path of the picture. */
  readonly picture: string;
}

/** One pose and what was made of it, in the order in which it is shown. */
export interface Trial {
  readonly item: string;
  readonly frame: number;
  /** Absolute path of the drawn pose. */
  readonly pose: string;
  readonly shown: readonly Entry[];
}

/** What people are asked: which of the contestants' pictures are better. */
export interface Study {
  /** Names of the contestants, sorted. */
  readonly contestants: readonly string[];
  readonly seed: number;
  readonly trials: readonly Trial[];
  /** SHA-256 over all of it, so that answers are never given to another study. */
  readonly sha256: string;
}

/** The folder of an evaluation. */
export interface ResultFolder {
  readonly folder: string;
  readonly report: Report;
}

/** Reads the report of an evaluation's folder. Throws UsageError where it holds none. */
export async function readResults(folder: string): Promise<ResultFolder> {
  const path = join(folder, REPORT_FILES.json);
  try {
    return { folder: resolve(folder), report: reportSchema.parse(JSON.parse(await readFile(path, 'utf8'))) };
  } catch {
    throw new UsageError(
      'HF_RANK_FOLDERS',
      `${folder} holds no ${REPORT_FILES.json} of an evaluation: name folders that \`handfirst evaluate\` wrote.`,
      { file: folder },
    );
  }
}

/**
 * Chooses `count` poses that every contestant has drawn (a clip's by one of its frames), and shuffles them and the order of what is shown, by
 * the seed alone. Contestants are presets; of several folders, folder and preset. Throws UsageError where there is nothing to compare.
 */
export function makeStudy(results: readonly ResultFolder[], count: number, seed: number): Study {
  const names = contestantsOf(results);
  const contestants = [...names.values()].flatMap((presets) => [...presets.values()]).sort();
  if (contestants.length < 2) {
    throw new UsageError(
      'HF_RANK_FOLDERS',
      'There is only one preset to look at: name two result folders, or one of several presets.',
    );
  }
  const draw = new MersenneTwister(seed);
  const common = posesOf(results, names).filter(({ shown }) => shown.length === contestants.length);
  if (common.length === 0) {
    throw new UsageError(
      'HF_RANK_FOLDERS',
      'No pose was drawn by all of them: name results of the same benchmark.',
    );
  }
  const trials = shuffled(onePerItem(common, draw), draw)
    .slice(0, count)
    .map((trial) => ({ ...trial, shown: shuffled(trial.shown, draw) }));
  const stated = trials.map(({ item, frame, shown }) => [
    item,
    frame,
    shown.map(({ contestant }) => contestant),
  ]);
  const sha256 = createHash('sha256')
    .update(JSON.stringify([seed, contestants, stated]))
    .digest('hex');
  return { contestants, seed, trials, sha256 };
}

/** Names of contestants by folder and preset: the preset, with several folders the folder as well where it is needed. */
function contestantsOf(results: readonly ResultFolder[]): Map<ResultFolder, Map<string, string>> {
  const folders = results.map(({ folder }) => basename(folder));
  if (new Set(folders).size !== folders.length)
    throw new UsageError(
      'HF_RANK_FOLDERS',
      `Two folders are called ${folders.find((name, at) => folders.indexOf(name) !== at)}: rename one of them.`,
    );
  return new Map(
    results.map((one, at) => {
      const { presets } = one.report.about;
      const name = (preset: string): string =>
        results.length === 1
          ? preset
          : presets.length === 1
            ? (folders[at] ?? preset)
            : `${folders[at]}/${preset}`;
      return [one, new Map(presets.map((preset) => [preset, name(preset)]))];
    }),
  );
}

/** Every frame of every folder, with all that was drawn for it. */
function posesOf(
  results: readonly ResultFolder[],
  names: ReadonlyMap<ResultFolder, ReadonlyMap<string, string>>,
): Trial[] {
  const poses = new Map<string, Trial & { shown: Entry[] }>();
  for (const one of results) {
    for (const { id, frames } of one.report.items) {
      for (const { frame, pose, results: drawn } of frames) {
        const key = JSON.stringify([id, frame]);
        const trial = poses.get(key) ?? { item: id, frame, pose: join(one.folder, pose), shown: [] };
        poses.set(key, trial);
        for (const { preset, picture } of drawn) {
          const contestant = names.get(one)?.get(preset);
          if (contestant !== undefined) trial.shown.push({ contestant, picture: join(one.folder, picture) });
        }
      }
    }
  }
  return [...poses.values()];
}

/** One frame of each item, by chance. */
function onePerItem(trials: readonly Trial[], draw: MersenneTwister): Trial[] {
  const items = new Map<string, Trial[]>();
  for (const trial of trials) items.set(trial.item, [...(items.get(trial.item) ?? []), trial]);
  return [...items.values()].flatMap((frames) => frames[below(frames.length, draw)] ?? []);
}

function below(count: number, draw: MersenneTwister): number {
  return Math.floor((draw.uint32() / 2 ** 32) * count);
}

/** The list in an order drawn by chance (Fisher and Yates). */
function shuffled<T>(list: readonly T[], draw: MersenneTwister): T[] {
  const left = [...list];
  return list.flatMap(() => left.splice(below(left.length, draw), 1));
}
