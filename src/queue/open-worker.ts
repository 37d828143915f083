import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BundleId, bundleId, type Store } from '../batch/index.js';
import { CancelledError, QueueError } from '../errors.js';
import { DEFAULT_BUNDLE } from '../models/index.js';
import { type Engine, openEngine } from '../pipeline/index.js';
import { connect } from './connection.js';
import { DrawingStage } from './drawing-stage.js';
import { type Arithmetic, arithmetic, fingerprintOf } from './fingerprint.js';
import { clipQueue } from './names.js';
import { openStore } from './open-store.js';
import { storeId } from './store-id.js';
import { QueueWorker, type WorkerEvents, type WorkerTimes } from './worker.js';
import { announce } from './workers.js';

/** What `openWorker` needs. */
export interface OpenWorkerOptions {
  /** Address of the queue. */
  readonly queue: string;
  /** A folder, or `s3://bucket/prefix`: the `out` of the batches that it serves. */
  readonly store: string;
  readonly bundle?: string;
  readonly device?: string;
  /** Threads of the CPU device; default 1, so that machines of any number of cores calculate alike. */
  readonly threads?: number;
  /** A folder for what is in work and for copies of inputs; default: the system's temporary folder. */
  readonly folder?: string;
  readonly events?: WorkerEvents;
  readonly times?: Partial<WorkerTimes>;
  readonly signal?: AbortSignal;
}

/** A worker that takes jobs. */
export interface OpenedWorker {
  readonly bundle: BundleId;
  readonly arithmetic: Arithmetic;
  readonly fingerprint: string;
  /** Finishes the job in work, or returns it after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Undoes what was opened, the last first. */
class Opened {
  private readonly closers: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.closers.unshift(close);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0)) await close();
  }
}

/**
 * Checks the models against their hashes, and serves a queue. Throws `BundleError`, `DeviceError`, `QueueError`, `OutputError`, and
 * `UsageError` where packages are missing.
 */
export async function openWorker(options: OpenWorkerOptions): Promise<OpenedWorker> {
  const { queue, threads = 1, device, events, times, signal } = options;
  const opened = new Opened();
  try {
    const client = await connect(queue);
    opened.add(async () => client.disconnect());
    await checkFolder(options.store);
    const store: Store = await openStore(options.store);
    opened.add(() => store.close());
    const bundle = await bundleId(options.bundle ?? DEFAULT_BUNDLE);
    const method = { bundle: options.bundle, verify: true };
    const engine: Engine = await openEngine({ method, runtime: { device, threads } });
    opened.add(() => engine.close());
    await engine.warm();
    const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'handfirst-worker-'));
    opened.add(() => rm(folder, { recursive: true, force: true }));
    const of = await arithmetic(engine.runner.device, threads, bundle.sha256);
    const fingerprint = fingerprintOf(of);
    const clips = clipQueue(await storeId(store), bundle);
    const stage = new DrawingStage({ engine, threads, store, folder });
    opened.add(() => stage.close());
    opened.add(await announce(client, clips, fingerprint, of));
    if (signal?.aborted) throw new CancelledError('HF_CANCELLED', 'Cancelled before the first job.');
    const worker = new QueueWorker({ client, clips, fingerprint, stage, events, times });
    return {
      bundle,
      arithmetic: of,
      fingerprint,
      async close(graceMs) {
        await worker.stop(graceMs);
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Whoever misspells a store, or has not mounted it, would else serve an empty one for ever. */
async function checkFolder(store: string): Promise<void> {
  if (store.startsWith('s3://') || (await stat(store).catch(() => undefined))?.isDirectory()) return;
  throw new QueueError(
    'HF_STORE_UNREACHABLE',
    `The store ${resolve(store)} is no folder on this machine: mount or create it, or name the folder that the batch writes to.`,
    { file: store, field: 'store' },
  );
}
