import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CancelledError, OutputError, UsageError } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';
import { reasonOf } from '../../reason.js';
import { writeWhole } from '../../write-whole.js';
import { BENCHMARK_FILE, type BenchmarkInput } from '../source/benchmark.js';
import { type OpenedSource, openSource, type SourceFlags } from './opened-source.js';
import { type Chosen, sampleClasses, sampleClips, sampleFrames } from './sample.js';
import { findClasses, findSources } from './sources.js';

/** Options of `makeBenchmark`. */
export interface MakeOptions extends SourceFlags {
  /** A folder of videos, frame folders or pictures, or one of them. */
  readonly input: string;
  /** Folder of the keypoints, or the keypoint file of a single input; default: beside the pictures. */
  readonly poses?: string;
  /** Folder to make; it must not exist, unless `force` replaces a benchmark. */
  readonly out: string;
  readonly force?: boolean;
  readonly name?: string;
  /** For what has none of its own. */
  readonly caption?: string;
  readonly seed?: number;
  /** Sources and frames to choose; default, as in the paper: 50 and 2,000. Of single pictures `videos` does not count. */
  readonly videos?: number;
  readonly frames?: number;
  /** Choose pictures as evenly as there are from the folders of `input`, a class each (HaGRID's gestures). */
  readonly byClass?: boolean;
  /** Clips of consecutive frames besides, and their length; default 0 and 32. */
  readonly clips?: number;
  readonly clipFrames?: number;
  /** Hears how many of all frames are written. */
  readonly progress?: (frames: { done: number; total: number }) => void;
  readonly signal?: AbortSignal;
}

/** What was made. */
export interface MadeBenchmark {
  readonly frames: number;
  readonly clips: number;
  readonly sources: number;
  /** Sources that cannot be used, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Makes a benchmark's folder: chooses frames by seed, and copies keypoints and pictures of them alone. Frames that ask for no hand
 * are not chosen. The folder gets its name when it is whole. Throws `UsageError`, `OutputError`, `PoseFileError`, `CancelledError`.
 */
export async function makeBenchmark(options: MakeOptions): Promise<MadeBenchmark> {
  const { seed = 0, videos = 50, frames = 2000, clips = 0, clipFrames = 32, out, signal } = options;
  await checkOut(options);
  const find = options.byClass ? findClasses : findSources;
  const sources = await find(options.input, options.poses);
  const problems: string[] = [];
  const opened: OpenedSource[] = [];
  for (const source of sources) {
    if (signal?.aborted) throw new CancelledError('HF_CANCELLED', 'Cancelled; nothing was written.');
    try {
      opened.push(await openSource(source, options));
    } catch (error) {
      // A set of thousands of files may hold a few that nobody can read; alone, the file's own sentence is the answer.
      if (sources.length === 1) throw error;
      problems.push(reasonOf(error));
    }
  }
  const count = opened.some(({ source }) => source.kind !== 'picture') ? videos : opened.length;
  const singles = options.byClass
    ? sampleClasses(opened, { seed, count: frames })
    : sampleFrames(opened, { seed, videos: count, count: frames });
  const windows = sampleClips(opened, { seed, count: clips, length: clipFrames });
  if (singles.length === 0)
    throw new UsageError(
      'HF_BENCHMARK_SOURCE',
      `No frame of ${options.input} asks for ${options.twoHanded ? 'both hands' : 'a hand'}${problems[0] ? ` (${problems[0]})` : ''}: give keypoints with hands inside the picture.`,
      { file: options.input },
    );
  const part = `${resolve(out)}.part`;
  await rm(part, { recursive: true, force: true });
  try {
    await makeFolder(part);
    const items = await writeItems(part, opened, { singles, windows }, options);
    const name = options.name ?? basename(resolve(options.input));
    const benchmark: BenchmarkInput = { version: 1, name, seed, items };
    await writeWhole(join(part, BENCHMARK_FILE), `${JSON.stringify(benchmark, undefined, 1)}\n`);
    if (options.force) await rm(out, { recursive: true, force: true });
    await rename(part, out);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  const used = new Set([...singles, ...windows].map(({ source }) => source));
  const total = singles.reduce((sum, one) => sum + one.frames.length, 0);
  return { frames: total, clips: windows.length, sources: used.size, problems };
}

/** Throws `OutputError` where the folder exists and may not, or must not, be replaced. */
async function checkOut({ out, force }: MakeOptions): Promise<void> {
  const inside = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new OutputError(
      'HF_OUTPUT_UNWRITABLE',
      `The benchmark cannot be written to ${out} (${reasonOf(error)}): name a folder.`,
      { file: out },
    );
  });
  if (!inside) await makeFolder(dirname(resolve(out)));
  else if (!force)
    throw new OutputError(
      'HF_OUTPUT_EXISTS',
      `${out} exists: name another folder, or replace it with \`force: true\`.`,
      { file: out, field: 'force' },
    );
  else if (inside.length > 0 && !inside.includes(BENCHMARK_FILE))
    throw new OutputError(
      'HF_OUTPUT_FOREIGN',
      `${out} holds no benchmark, and what it holds would be lost: name another folder.`,
      { file: out },
    );
}

async function writeItems(
  folder: string,
  opened: readonly OpenedSource[],
  { singles, windows }: { singles: readonly Chosen[]; windows: readonly Chosen[] },
  { caption, progress, signal }: MakeOptions,
): Promise<BenchmarkInput['items']> {
  const total = [...singles, ...windows].reduce((sum, one) => sum + one.frames.length, 0);
  let done = 0;
  const tell = (): void => progress?.({ done: ++done, total });
  const items: BenchmarkInput['items'] = [];
  for (const [at, source] of opened.entries()) {
    const frames = singles.find((one) => one.source === at)?.frames ?? [];
    const clip = windows.find((one) => one.source === at)?.frames ?? [];
    if (frames.length + clip.length === 0) continue;
    const lists = [...frames.map((frame) => [frame]), ...(clip.length > 0 ? [clip] : [])];
    items.push(...(await source.write(folder, lists, { caption, tell, signal, number: items.length })));
  }
  return items;
}
