import { EventEmitter, setMaxListeners } from 'node:events';
import { from, lastValueFrom, mergeMap } from 'rxjs';
import { counted } from '../counted.js';
import { CancelledError } from '../errors.js';
import { Contents } from './content.js';
import type { DoneClip } from './done.js';
import { removeFailed, writeFailed } from './failed.js';
import type { ClipFailure } from './failure.js';
import { type BatchItem, REPORT } from './items.js';
import type { BundleId } from './order.js';
import { prepare } from './prepare.js';
import type { ClipOutcome, ClipRunner } from './runner.js';
import type { Store } from './store.js';

/** A clip that is finished, or failed. */
export type ClipEvent =
  | {
      readonly state: 'done' | 'unchanged';
      readonly input: string;
      readonly output: string;
      readonly done: DoneClip;
    }
  | (FailedClip & { readonly state: 'failed' });

/** A clip that could not be drawn. */
export interface FailedClip {
  readonly input: string;
  /** Undefined where the manifest's line gives it none that can be used. */
  readonly output?: string;
  readonly failure: ClipFailure;
}

/** How far a batch is. */
export interface BatchProgress {
  readonly total: number;
  /** Drawn in this run. */
  readonly done: number;
  /** Found as an earlier run left them. */
  readonly unchanged: number;
  readonly failed: number;
  /** Frames of the clips that this run has finished. */
  readonly frames: number;
}

/** `clip`: one is finished or failed. `progress`: after each. */
export class BatchEvents extends EventEmitter<{ clip: [ClipEvent]; progress: [BatchProgress] }> {}

/** What `runBatch` needs. */
export interface BatchOptions {
  readonly items: readonly BatchItem[];
  readonly bundle: BundleId;
  readonly store: Store;
  readonly runner: ClipRunner;
  /** Replace what is under a clip's name and was made by no batch. */
  readonly force?: boolean;
  readonly events?: BatchEvents;
  readonly signal?: AbortSignal;
}

/** A failure in a list. */
export type ListedFailure = ClipFailure & Omit<FailedClip, 'failure'>;

/** What `runBatch` has done; `batch.json` in the store holds the same. */
export interface BatchSummary extends BatchProgress {
  readonly seconds: number;
  readonly failures: readonly ListedFailure[];
  readonly warnings: readonly { readonly output: string; readonly sentence: string }[];
}

/**
 * Draws what is missing or changed of a batch: what its inputs' content, options and bundle decide and the store does not hold already. A
 * clip that fails is listed, and the others are drawn. Rejects with `CancelledError`, and where nothing can be drawn at all.
 */
export async function runBatch(options: BatchOptions): Promise<BatchSummary> {
  const { items, store, runner, events } = options;
  const start = performance.now();
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  // Every clip that is in work listens to it.
  setMaxListeners(0, signal);
  const counts = { total: items.length, done: 0, unchanged: 0, failed: 0, frames: 0 };
  const failures: ListedFailure[] = [];
  const warnings: BatchSummary['warnings'][number][] = [];
  const contents = new Contents();
  const heard = (event: ClipEvent): void => {
    counts[event.state] += 1;
    if (event.state === 'failed') {
      const { input, output, failure } = event;
      failures.push({ input, output, ...failure });
    } else for (const sentence of event.done.warnings) warnings.push({ output: event.output, sentence });
    if (event.state === 'done') counts.frames += event.done.frames;
    events?.emit('clip', event);
    events?.emit('progress', { ...counts });
  };
  events?.emit('progress', { ...counts });
  try {
    const drawn = from(items).pipe(
      mergeMap(async (item) => heard(await drawOne(item, options, contents, signal)), runner.width),
    );
    await lastValueFrom(drawn, { defaultValue: undefined });
  } catch (error) {
    stop.abort();
    throw error instanceof CancelledError ? cancelled(counts) : error;
  }
  const seconds = (performance.now() - start) / 1000;
  const summary = { ...counts, seconds, failures, warnings };
  await store.write(REPORT, `${JSON.stringify(summary, undefined, 2)}\n`);
  return summary;
}

async function drawOne(
  item: BatchItem,
  { bundle, store, runner, force = false }: BatchOptions,
  contents: Contents,
  signal: AbortSignal,
): Promise<ClipEvent> {
  if (signal.aborted) throw new CancelledError('HF_CANCELLED', 'Cancelled before the end.');
  if ('failure' in item) return { ...item, state: 'failed' };
  const name = { input: item.input, output: item.output.path };
  const prepared = await prepare(item, bundle, store, contents);
  if ('failure' in prepared) return { ...name, state: 'failed', failure: prepared.failure };
  const { order, state, done } = prepared;
  if (state === 'done' && done) return { ...name, state: 'unchanged', done };
  if (state === 'foreign' && !force) return { ...name, state: 'failed', failure: exists(name.output) };
  const outcome: ClipOutcome = await runner.run(order, signal);
  if (outcome.kind === 'done') {
    await removeFailed(store, order);
    return { ...name, state: 'done', done: outcome.done };
  }
  await writeFailed(store, order, outcome.failure);
  return { ...name, state: 'failed', failure: outcome.failure };
}

function exists(output: string): ClipFailure {
  return {
    code: 'HF_OUTPUT_EXISTS',
    message: `${output} exists already and was not made by a batch: add \`force: true\` to replace it, or name another output.`,
  };
}

function cancelled({ total, done, unchanged }: BatchProgress): CancelledError {
  return new CancelledError(
    'HF_CANCELLED',
    `Cancelled with ${done + unchanged} of ${counted(total, 'clip')} done; the same command goes on from there.`,
  );
}
