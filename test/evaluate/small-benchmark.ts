import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchmarkInput } from '../../src/evaluate/source/benchmark.js';
import { render } from '../../src/pipeline/index.js';
import { SOURCE, TINY, writeClip } from '../pipeline/write-clip.js';

const ITEMS = [
  { id: 'one', kind: 'frame', range: { from: 2, to: 3 }, seed: 3 },
  { id: 'some', kind: 'clip', range: { from: 4, to: 6 }, seed: 5 },
] as const;

/** Makes a benchmark, in a folder that is there, of pictures of 64 px: a frame and a clip of two, whose references are what the tiny bundle draws of them. */
export async function smallBenchmark(folder: string): Promise<void> {
  const pose = writeClip(folder, 8);
  const items: BenchmarkInput['items'] = [];
  for (const { id, kind, range, seed } of ITEMS) {
    await render({
      input: pose,
      source: { ...SOURCE, range },
      look: { prompt: 'tall person', seed },
      method: { bundle: TINY },
      runtime: { device: 'cpu' },
      output: { path: `${join(folder, id)}/` },
    });
    const count = range.to - range.from;
    const pictures = Array.from(
      { length: count },
      (_, at) => `${id}/frame-${String(at).padStart(6, '0')}.png`,
    );
    items.push({
      id,
      kind,
      pose: 'clip',
      range,
      ...SOURCE,
      seed,
      caption: 'tall person',
      reference: { pictures },
    });
  }
  writeBenchmark(folder, items);
}

export function writeBenchmark(folder: string, items: unknown): void {
  writeFileSync(join(folder, 'benchmark.json'), JSON.stringify({ version: 1, name: 'small', items }));
}
