import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { CancelledError } from '../../errors.js';
import { type Bundle, type BundleRunner, openRunner, type RunnerOptions } from '../../models/index.js';
import { revivedError } from '../../plain-error.js';
import type { DrawnFrame } from '../../stages/two-stage.js';
import type { ClipSetup, DrawReply, DrawRequest, FrameJob } from './draw-messages.js';

interface Pending {
  succeed(reply: DrawReply): void;
  fail(error: Error): void;
}

/** One drawing worker, as the main thread sees it. */
export class DrawClient {
  private readonly pending = new Map<number, Pending>();
  private readonly clips = new Map<number, Promise<void>>();
  private nextId = 1;
  private ended: Error | undefined;
  /** Milliseconds spent drawing, and inside ONNX Runtime within them, by graph. */
  readonly spent = { drawing: 0, graphs: new Map<string, number>() };

  private constructor(
    readonly runner: BundleRunner,
    private readonly port: MessagePort,
  ) {
    port.on('message', (reply: DrawReply) => {
      const pending = this.settle(reply.id);
      if (reply.kind === 'failed') pending?.fail(revivedError(reply.error));
      else pending?.succeed(reply);
    });
    // The worker is gone, by `close`, by a signal or because it died: what the runner then says of itself is the reason.
    port.on('close', () => void this.end());
    port.unref();
  }

  static async open(bundle: Bundle, options: RunnerOptions): Promise<DrawClient> {
    const { port1, port2 } = new MessageChannel();
    const fromSource = import.meta.url.endsWith('.ts');
    const module = new URL(fromSource ? './serve-draws.ts' : './serve-draws.js', import.meta.url).href;
    try {
      const runner = await openRunner(bundle, { ...options, extension: { module, port: port2 } });
      return new DrawClient(runner, port1);
    } catch (error) {
      port1.close();
      throw error;
    }
  }

  /** Frames that it has been given and has not drawn yet. */
  get load(): number {
    return this.pending.size;
  }

  /** Makes a clip ready, once. */
  openClip(clip: number, setup: ClipSetup): Promise<void> {
    let opened = this.clips.get(clip);
    if (!opened) {
      opened = this.ask((id) => ({ kind: 'open', id, clip, setup })).then(() => undefined);
      this.clips.set(clip, opened);
    }
    return opened;
  }

  closeClip(clip: number): void {
    if (this.clips.delete(clip)) this.post({ kind: 'close', clip });
  }

  /** Rejects with `HandfirstError`s; by the signal at once, and then the worker leaves the frame at its next graph. */
  async draw(clip: number, job: FrameJob, signal?: AbortSignal): Promise<DrawnFrame> {
    const reply = await this.ask((id) => ({ kind: 'draw', id, clip, job }), signal);
    if (reply.kind !== 'drawn') throw new Error(`a drawing worker answered with "${reply.kind}"`);
    this.spent.drawing += reply.ms;
    const { graphs } = this.spent;
    for (const [graph, ms] of Object.entries(reply.graphMs)) graphs.set(graph, (graphs.get(graph) ?? 0) + ms);
    return reply.frame;
  }

  async close(): Promise<void> {
    await this.runner.close();
  }

  private ask(request: (id: number) => DrawRequest, signal?: AbortSignal): Promise<DrawReply> {
    if (this.ended) return Promise.reject(this.ended);
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = this.nextId++;
    return new Promise<DrawReply>((resolve, reject) => {
      const skip = (): void => {
        this.post({ kind: 'skip', id });
        this.settle(id)?.fail(cancelled());
      };
      // Taken off by hand: after a garbage collection, Node forgets listeners that the `signal` option is to take off.
      const stopListening = (): void => signal?.removeEventListener('abort', skip);
      signal?.addEventListener('abort', skip, { once: true });
      this.pending.set(id, {
        succeed: (reply) => {
          stopListening();
          resolve(reply);
        },
        fail: (error) => {
          stopListening();
          reject(error);
        },
      });
      this.port.ref();
      this.post(request(id));
    });
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.port.unref();
    return pending;
  }

  private post(request: DrawRequest): void {
    if (!this.ended) this.port.postMessage(request);
  }

  private async end(): Promise<void> {
    const why = await this.runner.describe('').then(
      () => undefined,
      (error: unknown) => error,
    );
    this.ended ??= why instanceof Error ? why : cancelled();
    for (const id of [...this.pending.keys()]) this.settle(id)?.fail(this.ended);
  }
}

function cancelled(): CancelledError {
  return new CancelledError('HF_CANCELLED', 'The run was cancelled.');
}
