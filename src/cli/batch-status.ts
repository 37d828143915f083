import type { Command } from 'commander';
import { type BatchItem, type BatchStatus, type BundleId, batchStatus, type Store } from '../batch/index.js';
import { counted } from '../counted.js';
import { requirePackages } from '../packages.js';
import type { QueueStatus } from '../queue/index.js';
import type { BatchFlags } from './batch-flags.js';
import { withFlags } from './flags-of.js';

/** What each state means, after a number of clips. */
const STATES: Readonly<Record<keyof BatchStatus['counts'], string>> = {
  done: 'done',
  changed: 'done, but with other content or options',
  missing: 'not done',
  failed: 'failed',
  foreign: 'whose name something else has',
};

interface Looked {
  readonly bundle: BundleId;
  readonly store: Store;
  readonly command: Command;
  readonly flags: BatchFlags;
}

/** Prints how the clips of a batch stand, and the queue that draws them. */
export async function printBatchStatus(
  items: readonly BatchItem[],
  { bundle, store, command, flags }: Looked,
): Promise<void> {
  const { counts, failures: found } = await batchStatus({ items, bundle, store });
  const failures = found.map((failure) => ({ ...failure, message: withFlags(failure.message, command) }));
  const queue = await queueStatus(flags.queue, store, bundle);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...counts, failures, ...(queue ? { queue } : {}) })}\n`);
    return;
  }
  for (const state of Object.keys(STATES))
    if (isState(state)) process.stdout.write(line(counts[state], 'clip', STATES[state]));
  for (const { input, message } of failures)
    process.stdout.write(`failed: ${message.includes(input) ? message : `${input}: ${message}`}\n`);
  if (queue) printQueue(queue);
}

function isState(name: string): name is keyof typeof STATES {
  return name in STATES;
}

function line(count: number, what: string, more: string): string {
  const [number = '', noun = ''] = counted(count, what).split(' ');
  return `${number.padStart(8)}  ${noun} ${more}\n`;
}

async function queueStatus(
  queue: string | undefined,
  store: Store,
  bundle: BundleId,
): Promise<QueueStatus | undefined> {
  if (queue === undefined) return undefined;
  requirePackages('queue');
  const { statusOf } = await import('../queue/index.js');
  return statusOf({ queue, store, bundle });
}

function printQueue({ clipsWaiting, loading, fingerprints }: QueueStatus): void {
  process.stdout.write(line(clipsWaiting, 'clip', 'in the queue that no worker has begun'));
  if (loading > 0) process.stdout.write(line(loading, 'worker', 'loading models'));
  for (const { fingerprint, workers, waiting, active } of fingerprints)
    process.stdout.write(
      line(
        workers.length,
        'worker',
        `of fingerprint ${fingerprint}: jobs in work: ${active}, waiting: ${waiting}`,
      ),
    );
}
