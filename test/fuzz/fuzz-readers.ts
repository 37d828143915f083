import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HandfirstError } from '../../src/errors.js';
import { memorySource } from '../../src/pose/byte-source.js';
import { openSource, poseFormats } from '../../src/pose/index.js';
import { body0, bodyOf, header, small } from '../pose/pose-bytes.js';
import { mutate, seeded } from './mutate.js';

/** A file that a reader is fed mutations of. */
export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Something a reader must not do. */
export interface Finding {
  readonly seed: string;
  readonly run: number;
  readonly what: string;
  readonly bytes: Buffer;
}

/** A reader may take this long: a fixed part for a busy machine, and a second a megabyte, of processor time. */
const FIXED_MS = 2000;
const MS_PER_MEGABYTE = 1000;

const OPTIONS = { fps: 25, size: { width: 640, height: 480 } };
const MISC: readonly Seed[] = [
  {
    name: 'mmpose.json',
    bytes: Buffer.from(
      JSON.stringify([
        { frame_id: 0, instances: [instance()] },
        { frame_id: 3, instances: [] },
      ]),
    ),
  },
  {
    name: 'mmpose-demo.json',
    bytes: Buffer.from(
      JSON.stringify({ meta_info: {}, instance_info: [{ frame_id: 1, instances: [instance()] }] }),
    ),
  },
  {
    name: 'comfy.json',
    bytes: Buffer.from(
      JSON.stringify([
        {
          people: [{ pose_keypoints_2d: run(54), hand_left_keypoints_2d: null }],
          canvas_width: 512,
          canvas_height: 512,
        },
      ]),
    ),
  },
  {
    name: 'dwpose.json',
    bytes: Buffer.from(
      JSON.stringify([
        {
          bodies: { candidate: pairs(18), subset: [run(18)] },
          hands: [pairs(21), pairs(21)],
          faces: [pairs(68)],
        },
      ]),
    ),
  },
  {
    name: 'lines.jsonl',
    bytes: Buffer.from(
      `{"format":"handfirst-keypoints","version":1,"fps":25,"width":640,"height":480}\n${JSON.stringify({ keypoints: run(399), depth: run(133) })}\n`,
    ),
  },
  { name: 'v0.pose', bytes: Buffer.concat([header(0), body0(25, [[small(1, 2)], [], [small(3, 4)]])]) },
  { name: 'v1.pose', bytes: Buffer.concat([header(0.1), bodyOf(0.1, 25, [[small(1, 2)], [small(3, 4)]])]) },
];

function run(length: number): number[] {
  return Array.from({ length }, (_, index) => index + 1);
}

function pairs(length: number): number[][] {
  return Array.from({ length }, (_, index) => [index / 200, index / 300]);
}

function instance() {
  return {
    keypoints: pairs(133).map(([x, y]) => [(x ?? 0) * 600, (y ?? 0) * 400]),
    keypoint_scores: run(133),
  };
}

/** One small file of every layout. */
export function seeds(): Seed[] {
  const folders = ['../pose/fixtures/', '../pose/fixtures/landmarks/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(pose|npy|npz|parquet|json|jsonl)$/.test(name))
      .filter((name) => !['pose-files.json', 'openpose-drawing.json', 'truth.json'].includes(name))
      .map((name) => ({ name, bytes: readFileSync(join(folder, name)) })),
  );
  return [...files, ...MISC];
}

/** What a reader did wrong with these bytes, or undefined. */
export async function attempt(name: string, bytes: Buffer, format?: string): Promise<string | undefined> {
  const start = process.cpuUsage();
  let frames = 0;
  let fault: string | undefined;
  try {
    const clip = await openSource(memorySource(name, bytes), { ...OPTIONS, format });
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
  const limit = FIXED_MS + (bytes.length / 1e6) * MS_PER_MEGABYTE;
  if ((user + system) / 1000 > limit)
    return `took ${Math.round((user + system) / 1000)} ms for ${bytes.length} bytes, ${frames} frames`;
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

/** Feeds readers mutated files until `seconds` are over or `runs` were made; the same seed gives the same files. */
export async function fuzzReaders(
  { seconds = Infinity, runs = Infinity, seed = 1 }: { seconds?: number; runs?: number; seed?: number },
  found: (finding: Finding) => void,
  before: (seed: string, run: number, bytes: Buffer) => void = () => {},
): Promise<number> {
  const random = seeded(seed);
  const all = seeds();
  const formats = poseFormats.map(({ format }) => format).filter((format) => !format.endsWith('-folder'));
  const others = all.map(({ bytes }) => bytes);
  const end = performance.now() + seconds * 1000;
  let count = 0;
  for (; count < runs && performance.now() < end; count += 1) {
    const base = all[Math.floor(random() * all.length)];
    if (!base) break;
    // Each parquet file starts a process: fewer of them leave time for the others.
    if (base.name.endsWith('.parquet') && random() > 0.15) continue;
    const bytes = mutate(base.bytes, random, others);
    const format = random() < 0.1 ? formats[Math.floor(random() * formats.length)] : undefined;
    before(base.name, count, bytes);
    const what = await attempt(base.name, bytes, format);
    if (what !== undefined)
      found({ seed: base.name, run: count, what: format ? `${what} (as ${format})` : what, bytes });
  }
  return count;
}
