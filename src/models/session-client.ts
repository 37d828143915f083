import type { Worker } from 'node:worker_threads';
import { CancelledError, DeviceError, type HandfirstError } from '../errors.js';
import type { BundleRunner } from './bundle-runner.js';
import type { Device, DeviceReport } from './devices.js';
import { graphFailure, runCancelled } from './graph-failure.js';
import type { GraphFolder } from './graph-folder.js';
import type { GraphDescription, Reply, Request } from './session-messages.js';
import type { FloatTensors, Tensor, Tensors } from './tensor.js';

interface Pending {
  succeed(reply: Reply): void;
  fail(error: HandfirstError): void;
  readonly graph: string;
  readonly signal?: AbortSignal;
}

/** What a client speaks for. `worker` has already said which device it uses. */
export interface SessionConnection {
  readonly worker: Worker;
  readonly flags: Int32Array;
  readonly device: Device;
  readonly devices: readonly DeviceReport[];
  readonly bundle: GraphFolder;
  readonly signal?: AbortSignal;
}

/** The main thread's side of a session worker: requests by number, and an end for each of them whatever happens to the worker. */
export class SessionClient implements BundleRunner {
  readonly device: Device;
  readonly devices: readonly DeviceReport[];
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  /** What listens to the signals of requests that wait. */
  private readonly watched = new Map<AbortSignal, () => void>();
  /** Fires when the worker is gone, and takes all listeners off. */
  private readonly over = new AbortController();
  private nextId = 1;
  private spentMs = 0;
  /** Why no further request is taken. */
  private ended: HandfirstError | undefined;

  constructor(private readonly connection: SessionConnection) {
    const { worker, signal } = connection;
    this.worker = worker;
    this.device = connection.device;
    this.devices = connection.devices;
    worker.on('message', (reply: Reply) => this.receive(reply));
    worker.on('error', (error) => this.end(this.crashed(error.message)));
    this.exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.end(this.crashed(`it ended with code ${code}`));
        this.over.abort();
        resolve();
      });
    });
    signal?.addEventListener('abort', () => void this.close(), { once: true, signal: this.over.signal });
    if (signal?.aborted) void this.close();
    // An idle worker does not keep the program alive.
    worker.unref();
  }

  get busyMs(): number {
    return this.spentMs;
  }

  async run(graph: string, inputs: Tensors, signal?: AbortSignal): Promise<FloatTensors> {
    const request = (id: number): Request => ({ kind: 'run', id, graph, inputs: compacted(inputs) });
    const reply = await this.ask(request, graph, signal);
    if (reply.kind !== 'outputs') throw this.unexpected(reply);
    this.spentMs += reply.ms;
    return reply.outputs;
  }

  async describe(graph: string): Promise<GraphDescription> {
    const reply = await this.ask((id) => ({ kind: 'describe', id, graph }), graph);
    if (reply.kind !== 'description') throw this.unexpected(reply);
    return reply.description;
  }

  /** Frees the sessions and ends the worker, after the run that it may be in; requests that wait are rejected. */
  async close(): Promise<void> {
    if (!this.ended) {
      this.skipPending();
      this.end(new CancelledError('HF_CANCELLED', 'The run was cancelled: its models were closed.'));
      this.worker.ref();
      this.post({ kind: 'close' });
    }
    await this.exited;
  }

  private ask(request: (id: number) => Request, graph: string, signal?: AbortSignal): Promise<Reply> {
    if (this.ended) return Promise.reject(this.ended);
    if (signal?.aborted) return Promise.reject(runCancelled());
    const id = this.nextId++;
    return new Promise<Reply>((resolve, reject) => {
      this.pending.set(id, { succeed: resolve, fail: reject, graph, signal });
      if (signal) this.watch(signal);
      this.worker.ref();
      try {
        this.post(request(id));
      } catch (error) {
        this.settle(id);
        reject(error);
      }
    });
  }

  /** One listener a signal, however many requests wait with it. */
  private watch(signal: AbortSignal): void {
    if (this.watched.has(signal)) return;
    const cancel = () => {
      for (const [id, pending] of [...this.pending]) {
        if (pending.signal !== signal) continue;
        this.skip(id);
        this.settle(id)?.fail(runCancelled());
      }
    };
    this.watched.set(signal, cancel);
    signal.addEventListener('abort', cancel, { once: true });
  }

  /** Models that stay open see many runs come and go: nothing of a run's signal is kept once no request waits with it. */
  private unwatch(signal: AbortSignal): void {
    const cancel = this.watched.get(signal);
    if (!cancel || [...this.pending.values()].some((pending) => pending.signal === signal)) return;
    signal.removeEventListener('abort', cancel);
    this.watched.delete(signal);
  }

  private receive(reply: Reply): void {
    if (reply.kind === 'ready') return;
    const pending = this.settle(reply.id);
    if (!pending) return;
    const { bundle, device } = this.connection;
    if (reply.kind === 'failed')
      pending.fail(graphFailure(bundle, { ...reply, graph: pending.graph, device }));
    else pending.succeed(reply);
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (pending?.signal) this.unwatch(pending.signal);
    // One that is closing keeps the program alive until it has gone, also past replies that are no longer waited for.
    if (this.pending.size === 0 && !this.ended) this.worker.unref();
    return pending;
  }

  private end(error: HandfirstError): void {
    this.ended ??= error;
    for (const id of [...this.pending.keys()]) this.settle(id)?.fail(error);
  }

  private skipPending(): void {
    for (const id of this.pending.keys()) this.skip(id);
  }

  /** The worker does not begin a request whose flag is set. */
  private skip(id: number): void {
    const { flags } = this.connection;
    Atomics.store(flags, id % flags.length, id);
  }

  private post(request: Request): void {
    this.worker.postMessage(request);
  }

  private crashed(why: string): DeviceError {
    return new DeviceError(
      'HF_DEVICE_DIED',
      `The thread that runs the models on ${this.device} died (${why.split('\n')[0]}): give the program more memory, or use fewer threads or another device.`,
    );
  }

  private unexpected(reply: Reply): HandfirstError {
    return reply.kind === 'skipped'
      ? runCancelled()
      : new DeviceError(
          'HF_DEVICE_DIED',
          `The session worker answered with "${reply.kind}": install handfirst again.`,
        );
  }
}

/** Views of larger buffers are copied first, since posting one would copy the whole buffer. */
function compacted(inputs: Tensors): Tensors {
  const whole = ({ dims, data }: Tensor): Tensor => ({
    dims,
    data: data.byteLength === data.buffer.byteLength ? data : data.slice(),
  });
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, whole(tensor)]));
}
