import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { type BundleId, bundleId, type Store } from '../batch/index.js';
import { CancelledError, OutputError, QueueError } from '../errors.js';
import { DEFAULT_BUNDLE } from '../models/index.js';
import { makeOwnFolder } from '../own-folder.js';
import { type Engine, openEngine } from '../pipeline/index.js';
import { reasonOf } from '../reason.js';
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
  /** Ends it while it is loading its models. */
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

  /** What cannot be undone keeps nothing else from it; the first that failed is thrown. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.closers.splice(0))
      await close().catch((error: unknown) => void failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Checks the models against their hashes, and serves a queue. Throws `BundleError`, `DeviceError`, `QueueError`, `OutputError`, and
 * `UsageError` where packages are missing.
 */
export async function openWorker(options: OpenWorkerOptions): Promise<OpenedWorker> {
  const { queue, threads = 1, device, events, times } = options;
  const opened = new Opened();
  const loading = new AbortController();
  const cancel = (): void => loading.abort();
  options.signal?.addEventListener('abort', cancel);
  try {
    if (options.signal?.aborted) cancel();
    const client = await connect(queue);
    opened.add(async () => client.disconnect());
    await checkFolder(options.store);
    const store: Store = await openStore(options.store);
    opened.add(() => store.close());
    const bundle = await bundleId(options.bundle ?? DEFAULT_BUNDLE);
    const clips = clipQueue(await storeId(store), bundle);
    const announced = await announce(client, clips, threads);
    opened.add(() => announced.close());
    const folder = await ownFolder(options.folder);
    opened.add(() => rm(folder, { recursive: true, force: true }));
    const method = { bundle: options.bundle, verify: true };
    const engine: Engine = await openEngine({ method, runtime: { device, threads }, signal: loading.signal });
    opened.add(() => engine.close());
    await engine.warm();
    const of = await arithmetic(engine.runner.device, engine.pool.graphThreads, bundle.sha256);
    const fingerprint = fingerprintOf(of);
    const stage = new DrawingStage({ engine, threads, store, folder });
    opened.add(() => stage.close());
    await announced.ready(fingerprint, of.device);
    if (loading.signal.aborted) throw new CancelledError('HF_CANCELLED', 'Cancelled before the first job.');
    const worker = new QueueWorker({ client, clips, fingerprint, stage, events, times });
    return {
      bundle,
      arithmetic: of,
      fingerprint,
      async close(graceMs) {
        await worker.stop(graceMs).finally(() => opened.close());
      },
    };
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', cancel);
  }
}

/** A misspelled store, or one that is not mounted, would otherwise be served for ever as an empty one. */
async function checkFolder(store: string): Promise<void> {
  if (store.startsWith('s3://') || (await stat(store).catch(() => undefined))?.isDirectory()) return;
  throw new QueueError(
    'HF_STORE_UNREACHABLE',
    `The store ${resolve(store)} is no folder on this machine: mount or create it, or name the folder that the batch writes to.`,
    { file: store, field: 'store' },
  );
}

/** A folder of this worker alone. */
async function ownFolder(parent = tmpdir()): Promise<string> {
  return makeOwnFolder('worker', parent).catch((error: unknown) => {
    throw new OutputError(
      'HF_TEMPORARY_FOLDER',
      `A worker cannot keep its files in ${parent} (${reasonOf(error)}): give it a \`folder\` that it may write in.`,
      { file: parent, field: 'folder' },
    );
  });
}
