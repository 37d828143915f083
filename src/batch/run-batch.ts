import { EventEmitter, setMaxListeners } from 'node:events';
import { from, lastValueFrom, mergeMap } from 'rxjs';
import { CancelledError, HandfirstError } from '../errors.js';
import { Contents } from './content.js';
import { type ClipState, type DoneClip, stateOf } from './done.js';
import { type ClipFailure, clipFailureOf } from './failure.js';
import { type ClipOptions, REPORT } from './items.js';
import { type BundleId, type ClipOrder, orderOf } from './order.js';
import type { ClipOutcome, ClipRunner } from './runner.js';
import type { Store } from './store.js';

/** A clip that is finished, or failed. */
export type ClipEvent = {
  readonly input: string;
  readonly output: string;
} & (
  | { readonly state: 'done' | 'unchanged'; readonly done: DoneClip }
  | { readonly state: 'failed'; readonly failure: ClipFailure }
);

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
  readonly items: readonly ClipOptions[];
  readonly bundle: BundleId;
  readonly store: Store;
  readonly runner: ClipRunner;
  /** Replace what is under a clip's name and was made by no batch. */
  readonly force?: boolean;
  readonly events?: BatchEvents;
  readonly signal?: AbortSignal;
}

/** What `runBatch` has done; `batch.json` in the store holds the same. */
export interface BatchSummary extends BatchProgress {
  readonly seconds: number;
  readonly failures: readonly (ClipFailure & { readonly input: string; readonly output: string })[];
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
  const failures: BatchSummary['failures'][number][] = [];
  const warnings: BatchSummary['warnings'][number][] = [];
  const contents = new Contents();
  const heard = (event: ClipEvent): void => {
    const { input, output } = event;
    counts[event.state] += 1;
    if (event.state === 'failed') failures.push({ input, output, ...event.failure });
    else for (const sentence of event.done.warnings) warnings.push({ output, sentence });
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
  item: ClipOptions,
  { bundle, store, runner, force = false }: BatchOptions,
  contents: Contents,
  signal: AbortSignal,
): Promise<ClipEvent> {
  const name = { input: item.input, output: item.output.path };
  if (signal.aborted) throw new CancelledError('HF_CANCELLED', 'Cancelled before the end.');
  const prepared = await prepare(item, bundle, store, contents);
  if ('failure' in prepared) return { ...name, state: 'failed', failure: prepared.failure };
  const { order, state, done } = prepared;
  if (state === 'done' && done) return { ...name, state: 'unchanged', done };
  if (state === 'foreign' && !force) return { ...name, state: 'failed', failure: exists(name.output) };
  const outcome: ClipOutcome = await runner.run(order, signal);
  return outcome.kind === 'done'
    ? { ...name, state: 'done', done: outcome.done }
    : { ...name, state: 'failed', failure: outcome.failure };
}

type Prepared = { order: ClipOrder; state: ClipState; done?: DoneClip } | { failure: ClipFailure };

/** The order, and how the clip stands; what is wrong with its files is a failure of the clip. */
async function prepare(
  item: ClipOptions,
  bundle: BundleId,
  store: Store,
  contents: Contents,
): Promise<Prepared> {
  try {
    const order = await orderOf(item, bundle, contents);
    return { order, ...(await stateOf(store, order)) };
  } catch (error) {
    if (!(error instanceof HandfirstError)) throw error;
    return { failure: clipFailureOf(error) };
  }
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
    `Cancelled; ${done + unchanged} of ${total} clips are done, and the same command goes on from there.`,
  );
}

/** How the clips of a batch stand, without drawing any. */
export async function batchStatus({
  items,
  bundle,
  store,
}: Pick<BatchOptions, 'items' | 'bundle' | 'store'>): Promise<Record<ClipState | 'unreadable', number>> {
  const counts = { done: 0, changed: 0, missing: 0, foreign: 0, unreadable: 0 };
  const contents = new Contents();
  const looked = from(items).pipe(
    mergeMap(async (item) => {
      const prepared = await prepare(item, bundle, store, contents);
      counts['failure' in prepared ? 'unreadable' : prepared.state] += 1;
    }, 4),
  );
  await lastValueFrom(looked, { defaultValue: undefined });
  return counts;
}
