import { createHash, type Hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { reasonOf } from '../../reason.js';
import { BENCHMARK_FILE, type Benchmark, type BenchmarkItem, benchmarkSchema } from './benchmark.js';

/** A benchmark on the disk. */
export interface OpenedBenchmark {
  readonly folder: string;
  readonly benchmark: Benchmark;
  /** Of `benchmark.json`. */
  readonly sha256: string;
}

/** Reads `benchmark.json` of a folder and looks that every file it names is there. Throws `UsageError`. */
export async function readBenchmark(folder: string): Promise<OpenedBenchmark> {
  const file = join(folder, BENCHMARK_FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(
      'HF_BENCHMARK_UNREADABLE',
      `${file} cannot be read (${reasonOf(error)}): name the folder of a benchmark, or make one with \`handfirst evaluate make\`.`,
      { file },
    );
  });
  const benchmark = parse(file, text);
  for (const path of pathsOf(benchmark)) {
    const there = await stat(join(folder, path)).catch(() => undefined);
    if (!there)
      throw new UsageError(
        'HF_INPUT_MISSING',
        `${file} names ${path}, which is not there: copy the folder again.`,
        { file: path },
      );
  }
  return { folder, benchmark, sha256: createHash('sha256').update(text).digest('hex') };
}

function parse(file: string, text: string): Benchmark {
  const wrong = (what: string, field?: string): UsageError =>
    new UsageError(
      'HF_BENCHMARK_FIELD',
      `${file} is not usable${field === undefined ? '' : ` at ${field}`}: ${what}.`,
      { file, field },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw wrong(reasonOf(error));
  }
  const parsed = benchmarkSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw wrong(issue?.message ?? 'unknown cause', issue?.path.join('.') || undefined);
}

function pathsOf({ items, letters }: Benchmark): Set<string> {
  const known = letters.map(({ pose }) => pose);
  return new Set([...known, ...items.flatMap((item) => [item.pose, ...truthPaths(item)])]);
}

/** Files of an item that say how it should look. */
export function truthPaths({ reference, masks }: BenchmarkItem): string[] {
  const shown = reference ? ('video' in reference ? [reference.video] : reference.pictures) : [];
  return [...shown, ...Object.values(masks ?? {}).flatMap((list) => list ?? [])];
}

/** SHA-256 of a file, or of a folder's files with their names. */
export async function hashPath(path: string): Promise<string> {
  const hash = createHash('sha256');
  await addPath(hash, path);
  return hash.digest('hex');
}

async function addPath(hash: Hash, path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) {
    hash.update(await readFile(path));
    return;
  }
  for (const name of (await readdir(path)).sort()) {
    hash.update(`${name}\n`);
    await addPath(hash, join(path, name));
  }
}
