import { from, lastValueFrom, mergeMap } from 'rxjs';
import { Contents } from './content.js';
import type { VideoState } from './done.js';
import { readFailed } from './failed.js';
import type { BatchItem } from './items.js';
import type { BundleId } from './order.js';
import { prepare } from './prepare.js';
import type { BatchOptions, ListedFailure } from './run-batch.js';
import type { Store } from './store.js';

/** Clips that are looked at at a time. */
const LOOKS = 4;

/** How the clips of a batch stand. */
export interface BatchStatus {
  /** Clips by their videos' state, without those that have failed. */
  readonly counts: Readonly<Record<VideoState | 'failed', number>>;
  /** Clips that cannot be drawn as they are given, or that the last batch could not draw. */
  readonly failures: readonly ListedFailure[];
}

/** How the clips of a batch stand, without drawing any or writing anything. */
export async function batchStatus({
  items,
  bundle,
  store,
}: Pick<BatchOptions, 'items' | 'bundle' | 'store'>): Promise<BatchStatus> {
  const counts = { done: 0, changed: 0, missing: 0, failed: 0, foreign: 0 };
  const failures = new Map<BatchItem, ListedFailure>();
  const contents = new Contents();
  const looked = from(items).pipe(
    mergeMap(async (item) => {
      const stands = await standing(item, bundle, store, contents);
      counts[typeof stands === 'string' ? stands : 'failed'] += 1;
      if (typeof stands !== 'string') failures.set(item, stands);
    }, LOOKS),
  );
  await lastValueFrom(looked, { defaultValue: undefined });
  return { counts, failures: items.flatMap((item) => failures.get(item) ?? []) };
}

async function standing(
  item: BatchItem,
  bundle: BundleId,
  store: Store,
  contents: Contents,
): Promise<VideoState | ListedFailure> {
  if ('failure' in item) return { input: item.input, ...item.failure };
  const name = { input: item.input, output: item.output.path };
  const prepared = await prepare(item, bundle, store, contents);
  if ('failure' in prepared) return { ...name, ...prepared.failure };
  const { order, state } = prepared;
  const failure = state === 'done' || state === 'foreign' ? undefined : await readFailed(store, order);
  return failure ? { ...name, ...failure } : state;
}
