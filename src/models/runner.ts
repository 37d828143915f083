import { setMaxListeners } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CancelledError, DeviceError, UsageError } from '../errors.js';
import type { BundleRunner } from './bundle-runner.js';
import { type DeviceReport, devicesToTry } from './devices.js';
import type { GraphFolder } from './graph-folder.js';
import { SessionClient } from './session-client.js';
import type { Reply, WorkerExtension, WorkerSettings } from './session-messages.js';

/** Options of `openRunner`. */
export interface RunnerOptions {
  /** `cuda`, `webgpu`, `cpu`; absent or `auto`: the first of these that works. */
  readonly device?: string;
  /** Threads inside a graph, on the CPU; absent: one a physical core. */
  readonly threads?: number;
  /** Ends the runner: what is running is rejected with `CancelledError`, and the worker stops. */
  readonly signal?: AbortSignal;
  /** More work for the worker than running graphs. */
  readonly extension?: WorkerExtension;
}

/** Requests that can be distinguished at a time by the cancellation flags; far above any look-ahead. */
const FLAGS = 1024;

/**
 * Starts the worker thread that runs a bundle's graphs and chooses its device. Sessions are created when a graph is
 * first run. Rejects with `DeviceError` where no device works (or the one asked for does not), `UsageError` for an
 * unknown device and `CancelledError` by `signal`.
 */
export async function openRunner(bundle: GraphFolder, options: RunnerOptions = {}): Promise<BundleRunner> {
  const { threads, signal, extension } = options;
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 1024)) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `The number of threads is ${threads}: give a whole number from 1 to 1024.`,
      { field: 'threads' },
    );
  }
  const settings: WorkerSettings = {
    folder: bundle.folder,
    name: bundle.manifest.name,
    devices: devicesToTry(options.device),
    threads,
    cancelled: new SharedArrayBuffer(4 * FLAGS),
    ...(extension ? { extension } : {}),
  };
  if (signal?.aborted) throw new CancelledError('HF_CANCELLED', 'The run was cancelled.');
  const worker = startWorker(settings);
  const ready = await firstReply(worker, signal);
  if (!ready.device) {
    await worker.terminate();
    throw new DeviceError('HF_DEVICE_NONE', noDevice(ready.reports, options.device), { field: 'device' });
  }
  const flags = new Int32Array(settings.cancelled);
  return new SessionClient({ worker, flags, device: ready.device, devices: ready.reports, bundle, signal });
}

/**
 * ONNX Runtime 1.30 for Linux reports its use to Microsoft and keeps files in the temporary folder for that, unless this is set
 * before its library is loaded. The library reads the environment of the process, which a worker cannot change: so it is set here.
 */
function refuseTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}

/**
 * MiB for a worker's young objects, of which a frame makes few: V8 would let them fill three times 16 before it tidies up, and a long clip
 * would take that of memory.
 */
const YOUNG = 6;

function startWorker(workerData: WorkerSettings): Worker {
  refuseTelemetry();
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = fromSource ? './session-worker-from-source.mjs' : './session-worker.js';
  const transferList = workerData.extension ? [workerData.extension.port] : [];
  return new Worker(new URL(entry, import.meta.url), {
    workerData,
    transferList,
    name: 'handfirst-sessions',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
}

/** The worker's first message, or the reason why none came; then the worker has ended too. */
async function firstReply(
  worker: Worker,
  signal: AbortSignal | undefined,
): Promise<Extract<Reply, { kind: 'ready' }>> {
  const waiting = new AbortController();
  // An error that comes while the worker is ending must not end the program.
  worker.on('error', () => undefined);
  try {
    return await new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new DeviceError('HF_DEVICE_FAILED', startSentence(why)));
      const once = { once: true, signal: waiting.signal };
      const listen = (name: string, listener: (value: unknown) => void) => {
        worker.once(name, listener);
        waiting.signal.addEventListener('abort', () => worker.off(name, listener), once);
      };
      listen('message', (reply) => (isReady(reply) ? resolve(reply) : fail('its first message was unknown')));
      listen('error', (error) => fail(error instanceof Error ? error.message : String(error)));
      listen('exit', (code) => fail(`its thread ended with code ${code}`));
      const cancel = () =>
        reject(new CancelledError('HF_CANCELLED', 'The run was cancelled while its models were loading.'));
      // As many workers as the processor has threads wait for it at once, which Node would call a leak.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', cancel, once);
    });
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    waiting.abort();
  }
}

function isReady(reply: unknown): reply is Extract<Reply, { kind: 'ready' }> {
  return typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'ready';
}

function startSentence(why: string): string {
  return `ONNX Runtime could not be started (${why.split('\n')[0]}): it runs on Linux with glibc, on Windows and on Apple silicon; there, install handfirst again.`;
}

function noDevice(reports: readonly DeviceReport[], asked: string | undefined): string {
  const problems = reports.flatMap(({ problem }) => problem ?? []);
  const advice =
    asked === undefined || asked === 'cpu' || asked === 'auto'
      ? []
      : ['Use `device: cpu`, which always works.'];
  return [...problems, ...advice].join(' ');
}
