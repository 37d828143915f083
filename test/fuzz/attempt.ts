import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HandfirstError } from '../../src/errors.js';
import { memorySource } from '../../src/pose/byte-source.js';
import { openPoseClip, openSource, type PoseClip } from '../../src/pose/index.js';
import type { Seed } from './seeds.js';

/** A reader may take this long: a fixed part for a busy machine, and a second a megabyte, of processor time. */
const FIXED_MS = 2000;
const MS_PER_MEGABYTE = 1000;
/** A reader may need this much memory: what the runtime and a window of each file take, and ten times the file. */
const FIXED_BYTES = 128 * 1024 * 1024;
const BYTES_PER_BYTE = 10;

/** What files do not say themselves; the wide parquet file holds two sequences. */
function options(name: string) {
  const sequence = name.includes('wide') && !name.startsWith('sample') ? '100015657' : undefined;
  return { fps: 25, size: { width: 640, height: 480 }, sequence };
}

/** What a reader did wrong with these bytes, or undefined. */
export async function attempt(
  { name, kind }: Pick<Seed, 'name' | 'kind'>,
  bytes: Buffer,
  format?: string,
): Promise<string | undefined> {
  if (kind === 'plain')
    return judge(bytes.length, () => openSource(memorySource(name, bytes), { ...options(name), format }));
  const folder = await mkdtemp(join(tmpdir(), 'handfirst-fuzz-'));
  try {
    const path = await keep(folder, name, kind, bytes);
    return await judge(bytes.length, () => openPoseClip(path, { ...options(name), format }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the file, or a folder with the frame before an empty one. */
async function keep(folder: string, name: string, kind: Seed['kind'], bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  if (kind !== 'folder') {
    await writeFile(path, bytes);
    return path;
  }
  const ending = name.startsWith('openpose')
    ? '_keypoints.json'
    : name.startsWith('array')
      ? '.npy'
      : '.json';
  await writeFile(join(folder, `clip_000000000000${ending}`), bytes);
  await writeFile(join(folder, `clip_000000000002${ending}`), ending === '.npy' ? bytes : '{"people":[]}');
  return folder;
}

async function judge(size: number, open: () => Promise<PoseClip>): Promise<string | undefined> {
  const start = process.cpuUsage();
  const memory = process.resourceUsage().maxRSS * 1024;
  let frames = 0;
  let fault: string | undefined;
  try {
    const clip = await open();
    for await (const frame of clip.frames()) {
      frames += 1;
      fault ??= soundness(frame.keypoints);
    }
    await clip.close();
  } catch (error) {
    if (!(error instanceof HandfirstError))
      return `threw ${error instanceof Error ? error.stack : String(error)}`;
    if (!/^[^\n]{10,600}[.]$/.test(error.message)) return `said what is no sentence: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(start);
  if ((user + system) / 1000 > FIXED_MS + (size / 1e6) * MS_PER_MEGABYTE)
    return `took ${Math.round((user + system) / 1000)} ms for ${size} bytes, ${frames} frames`;
  const grown = process.resourceUsage().maxRSS * 1024 - memory;
  if (grown > FIXED_BYTES + size * BYTES_PER_BYTE)
    return `took ${Math.round(grown / 2 ** 20)} MiB more than any file before for ${size} bytes, ${frames} frames`;
  return fault;
}

/** Points of a frame must be finite, with confidence 0..1. */
function soundness(keypoints: Float32Array): string | undefined {
  if (keypoints.length !== 399) return `gave ${keypoints.length} numbers`;
  for (let index = 0; index < 399; index += 3) {
    const [x, y, confidence] = keypoints.subarray(index, index + 3);
    const sound =
      Number.isFinite(x) &&
      Number.isFinite(y) &&
      confidence !== undefined &&
      confidence >= 0 &&
      confidence <= 1;
    if (!sound) return `gave the point ${x}, ${y}, ${confidence}`;
  }
  return undefined;
}
