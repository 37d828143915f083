import { poseFormats } from '../../src/pose/index.js';
import { attempt } from './attempt.js';
import { mutate, seeded } from './mutate.js';
import { seeds } from './seeds.js';

/** Something a reader must not do. */
export interface Finding {
  readonly seed: string;
  readonly run: number;
  readonly what: string;
  readonly bytes: Buffer;
}

/** Files up to this size are all fed as often as each other. */
const USUAL_BYTES = 60_000;

/** Feeds readers mutated files until `seconds` are over or `runs` were made; the same seed gives the same files. Gives the files fed, by seed. */
export async function fuzzReaders(
  { seconds = Infinity, runs = Infinity, seed = 1 }: { seconds?: number; runs?: number; seed?: number },
  found: (finding: Finding) => void,
  before: (seed: string, run: number, bytes: Buffer) => void = () => {},
): Promise<ReadonlyMap<string, number>> {
  const random = seeded(seed);
  const all = seeds();
  const formats = poseFormats.map(({ format }) => format).filter((format) => !format.endsWith('-folder'));
  const others = all.map(({ bytes }) => bytes);
  const end = performance.now() + seconds * 1000;
  const fed = new Map(all.map(({ name }) => [name, 0]));
  for (let run = 0; run < runs && performance.now() < end; run += 1) {
    const base = all[Math.floor(random() * all.length)];
    // Large samples take long: fewer of them leave time for more files.
    if (base && random() > Math.min(1, USUAL_BYTES / base.bytes.length)) continue;
    if (!base) break;
    // Each parquet file starts a process: fewer of them leave time for the others.
    if (base.name.includes('.parquet') && random() > 0.15) continue;
    const bytes = mutate(base.bytes, random, others);
    const insists = base.kind === 'plain' && random() < 0.1;
    const format = insists ? formats[Math.floor(random() * formats.length)] : undefined;
    before(base.name, run, bytes);
    const what = await attempt(base, bytes, format);
    fed.set(base.name, (fed.get(base.name) ?? 0) + 1);
    if (what !== undefined)
      found({ seed: base.name, run, what: format ? `${what} (as ${format})` : what, bytes });
  }
  return fed;
}
