import { setTimeout as wait } from 'node:timers/promises';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  type ClipOrder,
  type ClipOutcome,
  type ClipRunner,
  doneSchema,
  type Store,
  stateOf,
} from '../batch/index.js';
import { counted } from '../counted.js';
import { CancelledError, QueueError } from '../errors.js';
import { jobOptions } from './flow.js';
import { storeInputs } from './inputs.js';
import { unpackFailure } from './jobs.js';
import { PREFIX } from './names.js';
import { Presence } from './presence.js';
import { WORKER_TIMES } from './worker.js';

/** What a batch needs to give its clips to workers. */
export interface QueueRunnerOptions {
  readonly client: Redis;
  /** Name of the queue of clips, of `clipQueue`. */
  readonly clips: string;
  readonly store: Store;
  /** Hears what the user should know of the queue. */
  readonly note?: (sentence: string) => void;
  /** Milliseconds between two looks at a clip; default 1000. */
  readonly lookMs?: number;
  /** Milliseconds after which a clip whose workers have all gone is given to others; default 60,000. */
  readonly patienceMs?: number;
}

/** Clips in the queue at a time: enough for hundreds of workers, and little for the server's memory. */
const IN_QUEUE = 1000;
/** How often a clip is given that gets lost in the queue. */
const TIMES_LOST = 3;
/** How long the server may be silent before a note says so, in milliseconds. */
const SILENCE_MS = 5000;

const plannedSchema = z.object({ queue: z.string() });
type Look = ClipOutcome | 'waiting' | 'lost' | 'deserted';

/** Gives clips to the workers of a queue, and receives how each ended. A clip that two batches share is drawn once. */
export class QueueRunner implements ClipRunner {
  readonly width = IN_QUEUE;
  private readonly queue: Queue;
  private readonly others = new Map<string, Queue>();
  private readonly stored = new Set<string>();
  private readonly presence: Presence;
  private said = false;
  private silent = false;

  constructor(private readonly options: QueueRunnerOptions) {
    const { client, clips, patienceMs = 60_000 } = options;
    this.queue = this.open(clips);
    this.presence = new Presence(client, clips, patienceMs);
  }

  async run(order: ClipOrder, signal: AbortSignal): Promise<ClipOutcome> {
    const { store, lookMs = 1000 } = this.options;
    await storeInputs(store, order, this.stored);
    await this.heard(signal, () => this.removeFinished(order.key));
    for (let lost = 0; lost < TIMES_LOST; ) {
      const options = { ...jobOptions(WORKER_TIMES.retry), jobId: order.key };
      await this.heard(signal, () => this.queue.add('clip', { order }, options));
      let look: Look = 'waiting';
      while (look === 'waiting') {
        await wait(lookMs, undefined, { signal }).catch(() => undefined);
        look = await this.heard(signal, async () => {
          await this.presence.look();
          this.tellAlone();
          return this.look(order.key);
        });
      }
      if (typeof look !== 'string') return look;
      const { state, done } = await stateOf(store, order);
      if (state === 'done' && done) return { kind: 'done', done };
      if (look === 'lost') lost += 1;
      await this.remove(order.key);
    }
    throw new QueueError(
      'HF_QUEUE_LOST',
      `${order.clip.output.path} got lost in the queue ${TIMES_LOST} times: check that Redis keeps an append-only file (appendonly yes) and evicts nothing (maxmemory-policy noeviction), then give the same command again.`,
      { file: order.clip.output.path },
    );
  }

  async close(): Promise<void> {
    for (const queue of this.others.values()) await queue.close();
  }

  /**
   * What a question to the server gives, whose answer is waited for as long as that is away: said once, and ended by `signal`. Throws
   * `CancelledError`.
   */
  private async heard<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const cancelled = () => new CancelledError('HF_CANCELLED', 'Cancelled before the end.');
    if (signal.aborted) throw cancelled();
    const answer = ask();
    // It may fail after nobody waits for it any more.
    answer.catch(() => undefined);
    const silence = wait(SILENCE_MS, undefined, { signal: over.signal }).then(
      () => this.tellSilence(),
      () => undefined,
    );
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(cancelled()), { once: true, signal: over.signal });
    });
    try {
      const given = await Promise.race([answer, ended]);
      this.silent = false;
      return given;
    } finally {
      over.abort();
      await silence;
    }
  }

  private tellSilence(): void {
    if (this.silent) return;
    this.silent = true;
    this.options.note?.(
      "The queue's server does not answer: the batch waits for it. Start Redis or Valkey again, or end the batch with Ctrl-C and give the same command later.",
    );
  }

  private open(name: string): Queue {
    const known = this.others.get(name);
    if (known) return known;
    const queue = new Queue(name, { connection: this.options.client, prefix: PREFIX });
    queue.on('error', () => undefined);
    this.others.set(name, queue);
    return queue;
  }

  /** How the clip stands: first its planning, then its joining in the queue that the planning names. */
  private async look(key: string): Promise<Look> {
    const job: Job | undefined = await this.queue.getJob(key);
    if (!job) return 'lost';
    if (job.finishedOn === undefined) return 'waiting';
    if (job.failedReason) return failed(job);
    const { queue } = plannedSchema.parse(job.returnvalue);
    const join: Job | undefined = await this.open(queue).getJob(key);
    if (!join) return 'lost';
    if (join.finishedOn === undefined) return this.presence.isDeserted(queue) ? 'deserted' : 'waiting';
    if (join.failedReason) return failed(join);
    return { kind: 'done', done: doneSchema.parse(join.returnvalue) };
  }

  /** What an earlier batch left is over: the clip is to be drawn, or it would not be given. */
  private async removeFinished(key: string): Promise<void> {
    if ((await this.look(key)) !== 'waiting') await this.remove(key);
  }

  /** Another batch may remove it in the same moment, or a worker be at it: then it stays. */
  private async remove(key: string): Promise<void> {
    const job: Job | undefined = await this.queue.getJob(key);
    const planned = plannedSchema.safeParse(job?.returnvalue);
    const join: Job | undefined = planned.success
      ? await this.open(planned.data.queue).getJob(key)
      : undefined;
    await join?.remove().catch(() => undefined);
    await job?.remove().catch(() => undefined);
  }

  private tellAlone(): void {
    if (this.said || !this.presence.alone) return;
    this.said = true;
    const { strangers } = this.presence;
    const others =
      strangers === 0 ? '' : ` (${counted(strangers, 'worker')} of this store: other version or bundle)`;
    this.options.note?.(
      `No worker serves this batch yet${others}: start \`handfirst worker\` with the same queue and store, and with the same version and bundle.`,
    );
  }
}

function failed(job: Job): ClipOutcome {
  return { kind: 'failed', failure: unpackFailure(job.failedReason) };
}
