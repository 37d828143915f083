import type { BundleId, ClipRunner, Store } from '../batch/index.js';
import { connect, serverWarnings } from './connection.js';
import { clipQueue } from './names.js';
import { QueueRunner, type QueueRunnerOptions } from './queue-runner.js';
import { knownStoreId, storeId } from './store-id.js';
import { NO_QUEUE, type QueueStatus, queueStatus } from './workers.js';

/** Where a batch's clips go. */
export interface QueuePlace {
  /** Address of the queue. */
  readonly queue: string;
  readonly store: Store;
  readonly bundle: BundleId;
}

/** A runner that gives clips to the workers of a queue. Throws `QueueError`. */
export async function openQueueRunner(
  { queue, store, bundle }: QueuePlace,
  { note, lookMs, patienceMs }: Pick<QueueRunnerOptions, 'note' | 'lookMs' | 'patienceMs'> = {},
): Promise<ClipRunner> {
  const client = await connect(queue);
  try {
    for (const sentence of await serverWarnings(client)) note?.(sentence);
    const clips = clipQueue(await storeId(store), bundle);
    const runner = new QueueRunner({ client, clips, store, note, lookMs, patienceMs });
    return {
      width: runner.width,
      run: (order, signal) => runner.run(order, signal),
      async close() {
        await runner.close();
        client.disconnect();
      },
    };
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

/** How the queue of a batch stands; nothing is written. Throws `QueueError`. */
export async function statusOf({ queue, store, bundle }: QueuePlace): Promise<QueueStatus> {
  const client = await connect(queue);
  try {
    const id = await knownStoreId(store);
    return id === undefined ? NO_QUEUE : await queueStatus(client, clipQueue(id, bundle));
  } finally {
    client.disconnect();
  }
}
