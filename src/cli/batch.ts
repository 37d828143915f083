import { posix } from 'node:path';
import { Command } from 'commander';
import {
  BatchEvents,
  batchStatus,
  bundleId,
  type ClipOptions,
  type ClipRunner,
  FolderStore,
  findRows,
  itemsOf,
  Pool,
  REPORT,
  runBatch,
  type Store,
  usualWorkers,
} from '../batch/index.js';
import { BatchError, UsageError } from '../errors.js';
import { DEFAULT_BUNDLE } from '../models/index.js';
import { requirePackages } from '../packages.js';
import { type BatchFlags, batchFlags, sharedOptions } from './batch-flags.js';
import { type BatchReporter, jsonBatchReporter, terminalBatchReporter } from './batch-report.js';
import { EXIT_CODES } from './failure.js';
import { cancelOnSignals } from './signals.js';

/** `handfirst batch LIST|DIR|GLOB ... --out DIR`. */
export function batchCommand(): Command {
  const command = new Command('batch')
    .description('draw many keypoint files; a second run draws only what is missing or changed')
    .argument('<inputs...>', 'manifests (.csv, .jsonl), folders, patterns, or keypoint files');
  for (const { heading, flags } of batchFlags()) {
    command.optionsGroup(`${heading}:`);
    for (const flag of flags) command.addOption(flag);
  }
  return command
    .optionsGroup('Other:')
    .addHelpText(
      'after',
      `\nA manifest has a line a clip, with any of: file, output, range, prompt, signer, reference, seed, person, sequence,
format, fps, size. Names in it start where it lies; what it leaves out is what the flags say.

Examples:
  handfirst batch signs/ --out videos
  handfirst batch "signs/*.pose" --out videos --signer liam --workers 4
  handfirst batch clips.csv --out /mnt/shared/videos --queue redis://queue.local:6379
${EXIT_CODES}`,
    )
    .action(async (inputs: string[], flags: BatchFlags) => runAction(command, inputs, flags));
}

async function runAction(command: Command, inputs: readonly string[], flags: BatchFlags): Promise<void> {
  const items = itemsOf(await findRows(inputs), sharedOptions(flags), flags.extension);
  const bundle = await bundleId(flags.bundle ?? DEFAULT_BUNDLE);
  const store = await storeOf(flags);
  const reporter = flags.json
    ? jsonBatchReporter(command)
    : terminalBatchReporter(command, process.stderr.isTTY === true, flags.quiet ?? false);
  try {
    if (flags.status) return await printStatus(items, { bundle, store, flags });
    const summary = await drawAll(items, { bundle, store, reporter, flags });
    reporter.done(summary, posix.join(flags.out, REPORT));
    if (summary.failed > 0)
      throw new BatchError(
        'HF_BATCH_FAILED',
        `${summary.failed} of ${summary.total} clips could not be drawn, and the others are done: see the sentences above and in ${posix.join(flags.out, REPORT)}; the same command tries them again.`,
      );
  } finally {
    reporter.stop();
    await store.close();
  }
}

interface Drawing {
  readonly bundle: { name: string; sha256: string };
  readonly store: Store;
  readonly reporter: BatchReporter;
  readonly flags: BatchFlags;
}

async function drawAll(items: readonly ClipOptions[], { bundle, store, reporter, flags }: Drawing) {
  const events = new BatchEvents();
  events.on('clip', reporter.clip).on('progress', reporter.progress);
  const { signal, release } = cancelOnSignals();
  const runner = await openRunner({ bundle, store, reporter, flags });
  try {
    return await runBatch({ items, bundle, store, runner, force: flags.force, events, signal });
  } finally {
    await runner.close();
    release();
  }
}

function openPool(
  { out, bundle, verify, device, threads = 1, workers }: BatchFlags,
  frames: (count: number) => void,
): ClipRunner {
  const asked = device === 'auto' ? undefined : device;
  const count = workers ?? usualWorkers(asked, threads);
  if (count > 256)
    throw new UsageError(
      'HF_FIELD_VALUE',
      `${count} \`workers\` are too many for one machine: give up to 256.`,
      {
        field: 'workers',
      },
    );
  return new Pool({ out, bundle, verify, device: asked, threads, workers: count, frames });
}

/** Processes of this machine, or the workers of a queue. */
async function openRunner({ bundle, store, reporter, flags }: Drawing): Promise<ClipRunner> {
  const { queue } = flags;
  if (queue === undefined) return openPool(flags, reporter.frames);
  for (const field of ['workers', 'device', 'threads'] as const)
    if (flags[field] !== undefined)
      throw new UsageError(
        'HF_FIELDS_CONFLICT',
        `The workers of a queue have a \`${field}\` of their own: leave it out here, and give it to \`handfirst worker\`.`,
        { field },
      );
  if (flags.signKey !== undefined)
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      'A private key goes to no other machine, so workers of a queue do not sign: leave `signKey` and `signCertificate` out.',
      { field: 'signKey' },
    );
  const { openQueueRunner } = await queueRoom();
  return openQueueRunner({ queue, store, bundle }, { note: reporter.note });
}

async function storeOf({ out, queue }: BatchFlags): Promise<Store> {
  if (!out.startsWith('s3://')) return FolderStore.open(out);
  if (queue === undefined)
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `Videos go to ${out} by workers alone: give a \`queue\`, or a folder.`,
      { field: 'queue' },
    );
  const { openStore } = await import('../queue/open-store.js');
  return openStore(out);
}

/** The room of queues, whose packages may be missing. */
async function queueRoom() {
  requirePackages('queue');
  return import('../queue/index.js');
}

/** What each state means, after a number of clips. */
const STATES: Readonly<Record<string, string>> = {
  done: 'done',
  changed: 'done, but with other content or options',
  missing: 'not done',
  foreign: 'whose name something else has',
  unreadable: 'whose files cannot be read',
};

async function printStatus(
  items: readonly ClipOptions[],
  { bundle, store, flags }: Omit<Drawing, 'reporter'>,
): Promise<void> {
  const counts = await batchStatus({ items, bundle, store });
  const { queue, json } = flags;
  const status =
    queue === undefined ? undefined : await (await queueRoom()).statusOf({ queue, store, bundle });
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...counts, ...(status ? { queue: status } : {}) })}\n`);
    return;
  }
  const line = (count: number, what: string): string => `${String(count).padStart(8)}  ${what}\n`;
  for (const [state, count] of Object.entries(counts))
    process.stdout.write(line(count, `clips ${STATES[state]}`));
  if (!status) return;
  process.stdout.write(line(status.clipsWaiting, 'clips in the queue that nobody has begun'));
  for (const { fingerprint, workers, waiting, active } of status.fingerprints)
    process.stdout.write(
      line(
        workers.length,
        `workers of fingerprint ${fingerprint}: ${active} jobs in work, ${waiting} waiting`,
      ),
    );
}
