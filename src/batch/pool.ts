import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { CancelledError } from '../errors.js';
import { type ClipFailure, errorOfAll } from './failure.js';
import type { ClipOrder } from './order.js';
import { type PoolRequest, type PoolSettings, poolReplySchema } from './pool-messages.js';
import type { ClipOutcome, ClipRunner } from './runner.js';

/** What a pool needs to know. */
export interface PoolOptions extends Omit<PoolSettings, 'kind'> {
  /** Processes. */
  readonly workers: number;
  /** Hears of frames as they are written. */
  readonly frames?: (count: number) => void;
}

/** How often a clip is begun whose process dies. */
const ATTEMPTS = 2;

const DIED =
  'The process that drew it died (REASON), twice: give the batch fewer `workers`, so that each has more memory, or look at the clip.';

/** Processes of this machine, each with its own models. One that dies is replaced, and its clip is begun again once. */
export class Pool implements ClipRunner {
  readonly width: number;
  private readonly idle: ChildProcess[] = [];
  private readonly all = new Set<ChildProcess>();

  constructor(private readonly options: PoolOptions) {
    this.width = options.workers;
  }

  async run(order: ClipOrder, signal: AbortSignal): Promise<ClipOutcome> {
    let reason = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (signal.aborted) throw cancelled();
      const child = this.idle.pop() ?? this.start();
      const outcome = await this.draw(child, order, signal);
      if (typeof outcome !== 'string') {
        this.idle.push(child);
        return outcome;
      }
      reason = outcome;
    }
    return {
      kind: 'failed',
      failure: { code: 'HF_PROCESS_DIED', message: DIED.replace('REASON', reason) },
    };
  }

  /** Ends every process, after what it is at. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.all].map(async (child) => {
        const ended = once(child, 'exit');
        if (child.connected) child.disconnect();
        await ended;
      }),
    );
  }

  private start(): ChildProcess {
    const { workers: _, frames: __, ...settings } = this.options;
    const fromSource = import.meta.url.endsWith('.ts');
    const entry = fromSource ? './pool-process-from-source.mjs' : './pool-process.js';
    const child = fork(new URL(entry, import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.all.add(child);
    child.once('exit', () => {
      this.all.delete(child);
      const at = this.idle.indexOf(child);
      if (at >= 0) this.idle.splice(at, 1);
    });
    send(child, { kind: 'settings', ...settings });
    return child;
  }

  /** The outcome, or why the process died before there was one. */
  private draw(child: ChildProcess, order: ClipOrder, signal: AbortSignal): Promise<ClipOutcome | string> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const end = (finish: () => void): void => {
        over.abort();
        child.off('message', hear).off('exit', die).off('error', fault);
        finish();
      };
      const hear = (message: unknown): void => {
        const reply = poolReplySchema.parse(message);
        const ofAll = reply.kind === 'failed' ? errorOf(reply.failure) : undefined;
        if (reply.kind === 'frames') this.options.frames?.(reply.count);
        else if (ofAll) end(() => reject(ofAll));
        else end(() => resolve(reply));
      };
      const die = (code: number | null, name: string | null): void =>
        end(() => (signal.aborted ? reject(cancelled()) : resolve(name ?? `exit code ${code}`)));
      const fault = (error: Error): void => end(() => resolve(error.message));
      child.on('message', hear).once('exit', die).once('error', fault);
      signal.addEventListener('abort', () => send(child, { kind: 'cancel' }), { signal: over.signal });
      send(child, { kind: 'draw', order });
    });
  }
}

function send(child: ChildProcess, message: PoolRequest): void {
  if (child.connected) child.send(message, () => undefined);
}

/** The error that ends the batch; undefined where the clip alone is at fault. */
function errorOf(failure: ClipFailure): Error | undefined {
  return failure.code === 'HF_CANCELLED' ? cancelled() : errorOfAll(failure);
}

function cancelled(): CancelledError {
  return new CancelledError('HF_CANCELLED', 'Cancelled before the end.');
}
