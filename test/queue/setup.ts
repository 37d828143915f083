import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  BatchEvents,
  type BatchSummary,
  bundleId,
  findRows,
  itemsOf,
  runBatch,
  type Store,
} from '../../src/batch/index.js';
import { render } from '../../src/pipeline/index.js';
import {
  type OpenedWorker,
  type OpenWorkerOptions,
  openQueueRunner,
  openWorker,
  type WorkerEvent,
  WorkerEvents,
} from '../../src/queue/index.js';
import { openStore } from '../../src/queue/open-store.js';
import { SOURCE, TINY } from '../pipeline/write-clip.js';

export const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** What holds for every clip of these tests. */
const SHARED = { source: SOURCE, method: { bundle: TINY }, output: { encoding: { segmentFrames: 8 } } };

/** Writes a manifest of clips, `file,output` a line, beside them. */
export function writeManifest(folder: string, lines: readonly string[]): string {
  const path = join(folder, 'clips.csv');
  writeFileSync(path, `file,output\n${lines.join('\n')}\n`);
  return path;
}

/** A worker in this process, which is closed with the test, and the jobs that it has done. */
export async function startWorker(
  options: Pick<OpenWorkerOptions, 'queue' | 'store'> & Partial<OpenWorkerOptions>,
): Promise<{ worker: OpenedWorker; jobs: WorkerEvent[] }> {
  const events = new WorkerEvents();
  const jobs: WorkerEvent[] = [];
  events.on('job', (job) => jobs.push(job));
  if (!options.store.startsWith('s3://')) mkdirSync(options.store, { recursive: true });
  const worker = await openWorker({
    bundle: TINY,
    device: 'cpu',
    threads: 1,
    events,
    times: { lock: 4000, check: 1000, full: 300, retry: 100 },
    ...options,
  });
  let closed: Promise<void> | undefined;
  const close = (graceMs: number): Promise<void> => {
    closed ??= worker.close(graceMs);
    return closed;
  };
  onTestFinished(() => close(0));
  return { worker: { ...worker, close }, jobs };
}

/** Gives a manifest to a queue, and waits for its end. */
export async function drawByQueue(
  manifest: string,
  queue: string,
  out: string,
  patienceMs?: number,
  { signal, note }: { signal?: AbortSignal; note?: (sentence: string) => void } = {},
): Promise<BatchSummary> {
  const store: Store = await openStore(out);
  const bundle = await bundleId(TINY);
  const runner = await openQueueRunner({ queue, store, bundle }, { lookMs: 100, patienceMs, note });
  try {
    const items = itemsOf(await findRows([manifest]), SHARED, 'mp4');
    return await runBatch({ items, bundle, store, runner, events: new BatchEvents(), signal });
  } finally {
    await runner.close();
    await store.close();
  }
}

/** The same clip as `generate` draws it. */
export async function drawAlone(input: string, path: string): Promise<void> {
  await render({
    ...SHARED,
    input,
    output: { ...SHARED.output, path },
    runtime: { device: 'cpu', threads: 1 },
  });
}
