import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import {
  DelayedError,
  FlowProducer,
  type Job,
  Queue,
  UnrecoverableError,
  WaitingError,
  Worker,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  BundleError,
  CancelledError,
  HandfirstError,
  OutputError,
  PoseFileError,
  UsageError,
} from '../errors.js';
import { segmentRecordSchema } from '../video/index.js';
import { flowOf } from './flow.js';
import { clipJobSchema, joinJobSchema, packFailure, segmentJobSchema } from './jobs.js';
import { PREFIX, segmentQueue } from './names.js';
import type { Stage } from './stage.js';

/** What a worker has done. */
export interface WorkerEvent {
  readonly kind: 'plan' | 'segment' | 'join';
  readonly outcome: 'done' | 'failed' | 'returned';
  /** The clip's video. */
  readonly output: string;
  /** Frames of a segment that was drawn. */
  readonly frames: number;
  readonly seconds: number;
  /** Why it failed or was returned. */
  readonly sentence?: string;
}

/** `job`: one is over. `fault`: what goes wrong with the queue itself, and is tried again. */
export class WorkerEvents extends EventEmitter<{ job: [WorkerEvent]; fault: [string] }> {}

/** Times in milliseconds; for tests, which cannot wait as long as machines should. */
export interface WorkerTimes {
  /** After it, a worker that is not heard of counts as dead. */
  readonly lock: number;
  /** How often that is looked at. */
  readonly check: number;
  /** Pause of a job whose disk is full. */
  readonly full: number;
  /** First pause before a failed job is tried again; the next are longer. */
  readonly retry: number;
}

export const WORKER_TIMES: WorkerTimes = { lock: 30_000, check: 15_000, full: 15_000, retry: 1000 };

/** What a worker needs. */
export interface QueueWorkerOptions {
  readonly client: Redis;
  /** Name of the queue of clips, of `clipQueue`. */
  readonly clips: string;
  /** Of `fingerprintOf`. */
  readonly fingerprint: string;
  readonly stage: Stage;
  readonly events?: WorkerEvents;
  readonly times?: Partial<WorkerTimes>;
}

/** Workers may die this often while they draw one segment: machines that are taken away are no fault of the clip. */
const DEATHS = 5;
/** How long the same fault of the queue is not reported again, in milliseconds. */
const QUIET_MS = 60_000;
const LOOK_MS = 500;
/** Looks in a row that find no connection, before a worker that is to stop does not wait for it. */
const LOOKS_AWAY = 4;

/** Whether so many segments wait, beside those in work, that no further clip need be begun. */
function isEnough({ waiting = 0, active = 0 }: Record<string, number>): boolean {
  return waiting >= 2 * active + 4;
}

/** Begins clips, draws segments one at a time, and joins them, until it is stopped. */
export class QueueWorker {
  private readonly stopper = new AbortController();
  private readonly times: WorkerTimes;
  private readonly flows: FlowProducer;
  private readonly segments: Queue;
  private readonly workers: readonly [clips: Worker, segments: Worker];
  private readonly watching: Promise<void>;
  private readonly stopWatching = new AbortController();

  constructor(private readonly options: QueueWorkerOptions) {
    const { client, clips, fingerprint } = options;
    this.times = { ...WORKER_TIMES, ...options.times };
    const base = { connection: client, prefix: PREFIX };
    const name = segmentQueue(clips, fingerprint);
    this.flows = new FlowProducer(base);
    this.segments = new Queue(name, base);
    const { lock: lockDuration, check: stalledInterval } = this.times;
    const how = { ...base, concurrency: 1, lockDuration, stalledInterval, maxStalledCount: DEATHS };
    this.workers = [
      new Worker(clips, (job, token) => this.guarded('plan', job, token, () => this.plan(job)), how),
      new Worker(name, (job, token) => this.serve(job, token), how),
    ];
    const said = new Map<string, number>();
    // While the server is away each of four connections says so every few seconds.
    const fault = ({ message }: Error): void => {
      const now = performance.now();
      if (now - (said.get(message) ?? -Infinity) < QUIET_MS) return;
      said.set(message, now);
      options.events?.emit('fault', message);
    };
    for (const worker of this.workers) worker.on('error', fault);
    this.flows.on('error', fault);
    this.segments.on('error', fault);
    this.watching = this.watch();
  }

  /**
   * Takes no further job; the one in work is finished, or after `graceMs` returned to the queue. Where the queue's server is away then,
   * nothing waits for it: others get the job when this worker has not been heard of for a while.
   */
  async stop(graceMs: number): Promise<void> {
    const over = new AbortController();
    const away = this.untilAway(graceMs, over.signal).catch(() => undefined);
    this.stopWatching.abort();
    await Promise.race([this.close(), away]);
    over.abort();
    await away;
  }

  private async close(): Promise<void> {
    await Promise.all([...this.workers.map((worker) => worker.close()), this.watching]);
    await this.flows.close();
    await this.segments.close();
  }

  /** Stops the job in work after the time of grace; resolves if there is no connection to the server from then on. */
  private async untilAway(graceMs: number, signal: AbortSignal): Promise<void> {
    const { client } = this.options;
    await wait(graceMs, undefined, { signal });
    this.stopper.abort();
    for (let looks = 0; looks < LOOKS_AWAY; looks = client.status === 'ready' ? 0 : looks + 1)
      await wait(LOOK_MS, undefined, { signal });
  }

  private async plan(job: Job): Promise<{ queue: string }> {
    const { order } = clipJobSchema.parse(job.data);
    const { clips, fingerprint, stage } = this.options;
    const planned = await stage.plan(order, this.stopper.signal);
    const queue = segmentQueue(clips, fingerprint);
    await this.flows.add(flowOf(order, planned, queue, this.times.retry));
    return { queue };
  }

  private serve(job: Job, token: string | undefined): Promise<unknown> {
    const { stage } = this.options;
    const { signal } = this.stopper;
    if (job.name === 'segment')
      return this.guarded('segment', job, token, () => {
        const { order, video, segment } = segmentJobSchema.parse(job.data);
        return stage.draw(order, video, segment, signal);
      });
    return this.guarded('join', job, token, async () => {
      const [failure] = Object.values(await job.getIgnoredChildrenFailures());
      if (failure !== undefined) {
        await job.removeUnprocessedChildren();
        throw new UnrecoverableError(failure);
      }
      const records = Object.values(await job.getChildrenValues());
      return stage.join(joinJobSchema.parse(job.data), z.array(segmentRecordSchema).parse(records), signal);
    });
  }

  /** Runs a job, and sorts what goes wrong: return it, try it again later, or give it up. */
  private async guarded<T>(
    kind: WorkerEvent['kind'],
    job: Job,
    token: string | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const start = performance.now();
    const tell = (outcome: WorkerEvent['outcome'], sentence?: string): void => {
      const seconds = (performance.now() - start) / 1000;
      const frames = kind === 'segment' && outcome === 'done' ? Number(job.data.segment?.frames ?? 0) : 0;
      const output = String(job.data.order?.clip?.output?.path ?? job.id);
      this.options.events?.emit('job', { kind, outcome, output, frames, seconds, sentence });
    };
    try {
      const result = await work();
      tell('done');
      return result;
    } catch (error) {
      if (error instanceof UnrecoverableError) {
        tell('failed', error.message);
        throw error;
      }
      if (this.stopper.signal.aborted || error instanceof CancelledError) {
        await job.moveToWait(token);
        tell('returned', 'The worker is stopping.');
        throw new WaitingError();
      }
      const sentence = error instanceof Error ? error.message : String(error);
      if (error instanceof OutputError && error.code === 'HF_OUTPUT_FULL') {
        await job.moveToDelayed(Date.now() + this.times.full, token);
        tell('returned', sentence);
        throw new DelayedError();
      }
      tell('failed', sentence);
      throw isOfClip(error) ? new UnrecoverableError(packFailure(error)) : new Error(packFailure(error));
    }
  }

  /** No further clip is begun while enough segments wait, so that clips are finished one after another. */
  private async watch(): Promise<void> {
    const { signal } = this.stopWatching;
    const [clips] = this.workers;
    while (!signal.aborted) {
      try {
        const enough = isEnough(await this.segments.getJobCounts('waiting', 'active'));
        if (signal.aborted) return;
        if (enough && !clips.isPaused()) await clips.pause(true);
        else if (!enough && clips.isPaused()) await clips.resume();
      } catch (error) {
        if (!signal.aborted) this.options.events?.emit('fault', String(error));
      }
      await wait(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** Whether it is the clip that is wrong, so that no worker can draw it. */
function isOfClip(error: unknown): boolean {
  if (!(error instanceof HandfirstError)) return false;
  return error instanceof PoseFileError || error instanceof UsageError || error instanceof BundleError;
}
