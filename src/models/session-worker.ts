import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Device, type DeviceReport, knownProblem, repairable, triedProblem } from './devices.js';
import { InputStore } from './kept-inputs.js';
import { machineFacts } from './machine.js';
import { openSession, type Session, supportedDevices } from './ort.js';
import type { Reply, Request, WorkerSettings } from './session-messages.js';
import type { FloatTensors } from './tensor.js';

/*
 * Entry of the worker thread that holds a bundle's sessions, since running one blocks its thread. Requests are served one after
 * another; a graph is loaded when it is first asked for.
 */

/** `y = x` for float32 [1]: tells whether a device can be used at all. Made with onnx, opset 17. */
const PROBE = Buffer.from(
  'CAg6OwoQCgF4EgF5IghJZGVudGl0eRIFcHJvYmVaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAR',
  'base64',
);

const port = parentPort;
if (!port) throw new Error('session-worker runs as a worker thread only');

const settings: WorkerSettings = workerData;
const cancelled = new Int32Array(settings.cancelled);
const store = new InputStore();
const sessions = new Map<string, Promise<Session>>();
const choice = await chooseDevice();
reply({ kind: 'ready', ...choice });

let queue = Promise.resolve();
port.on('message', (request: Request) => {
  queue = queue.then(() => serve(request));
});

async function chooseDevice(): Promise<{ device?: Device; reports: DeviceReport[] }> {
  const reports: DeviceReport[] = [];
  const found = machineFacts(supportedDevices());
  // The only device asked for is tried even where no graphics processor was seen: its driver knows better.
  const facts = settings.devices.length === 1 ? { ...found, graphics: true } : found;
  for (const device of settings.devices) {
    const problem = knownProblem(device, facts) ?? (await tryDevice(device));
    reports.push(problem ? { device, problem, repairable: repairable(device, found) } : { device });
    if (!problem) return { device, reports };
  }
  return { reports };
}

async function tryDevice(device: Device): Promise<string | undefined> {
  try {
    const session = await openSession(PROBE, { device });
    await session.run({ x: { dims: [1], data: Float32Array.of(1) } });
    await session.release();
    return undefined;
  } catch (error) {
    return triedProblem(device, messageOf(error));
  }
}

async function serve(request: Request): Promise<void> {
  if (request.kind === 'close') return close();
  const { id, graph } = request;
  let loading = true;
  try {
    // Also what is skipped may bring inputs that later requests name.
    const inputs = request.kind === 'run' ? store.receive(request.sent) : undefined;
    if (Atomics.load(cancelled, id % cancelled.length) === id) return reply({ kind: 'skipped', id });
    const session = await sessionOf(graph);
    loading = false;
    if (!inputs) {
      return reply({
        kind: 'description',
        id,
        description: { inputs: session.inputs, outputs: session.outputs },
      });
    }
    const { outputs, ms } = await session.run(inputs);
    reply({ kind: 'outputs', id, outputs, ms }, buffersOf(outputs));
  } catch (error) {
    reply({ kind: 'failed', id, message: messageOf(error), loading });
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

function sessionOf(graph: string): Promise<Session> {
  const device = choice.device;
  if (!device) throw new Error('no device can be used');
  let session = sessions.get(graph);
  if (!session) {
    session = openSession(path.join(settings.folder, graph), { device, threads: settings.threads });
    sessions.set(graph, session);
  }
  return session;
}

async function close(): Promise<void> {
  for (const session of sessions.values()) {
    await session.then((opened) => opened.release()).catch(() => undefined);
  }
  // Whatever a driver has left behind, the thread ends.
  process.exit(0);
}

function reply(message: Reply, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
