import { parentPort, workerData } from 'node:worker_threads';
import { LocalRunner } from './local-runner.js';
import { SessionHost } from './session-host.js';
import type { Reply, Request, ServeExtension, WorkerExtension, WorkerSettings } from './session-messages.js';
import type { FloatTensors } from './tensor.js';

/*
 * Entry of the worker thread that holds a bundle's sessions, since running one blocks its thread. Requests are served one after
 * another; a graph is loaded when it is first asked for.
 */

const port = parentPort;
if (!port) throw new Error('session-worker runs as a worker thread only');

const settings: WorkerSettings = workerData;
const cancelled = new Int32Array(settings.cancelled);
const host = await SessionHost.open(settings);
const { device, reports } = host;
if (settings.extension) await extend(settings.extension);
reply({ kind: 'ready', ...(device ? { device } : {}), reports });

let queue = Promise.resolve();
port.on('message', (request: Request) => {
  queue = queue.then(() => serve(request));
});

async function extend(extension: WorkerExtension): Promise<void> {
  const { serve }: { serve: ServeExtension } = await import(extension.module);
  const { folder, name } = settings;
  serve(extension.port, new LocalRunner(host, { folder, manifest: { name } }));
}

async function serve(request: Request): Promise<void> {
  if (request.kind === 'close') return close();
  const { id, graph } = request;
  let loading = true;
  try {
    if (Atomics.load(cancelled, id % cancelled.length) === id) return reply({ kind: 'skipped', id });
    const session = await host.session(graph);
    loading = false;
    if (request.kind === 'describe') {
      return reply({
        kind: 'description',
        id,
        description: { inputs: session.inputs, outputs: session.outputs },
      });
    }
    const { outputs, ms } = await session.run(request.inputs);
    reply({ kind: 'outputs', id, outputs, ms }, buffersOf(outputs));
  } catch (error) {
    reply({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error), loading });
  }
}

/** Buffers to hand over without a copy. */
function buffersOf(outputs: FloatTensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of Object.values(outputs)) {
    if (data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}

async function close(): Promise<void> {
  await host.close();
  // Whatever a driver has left behind, the thread ends.
  process.exit(0);
}

function reply(message: Reply, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
