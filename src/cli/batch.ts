import { Command } from 'commander';
import {
  BatchEvents,
  type BatchItem,
  bundleId,
  type ClipRunner,
  FolderStore,
  findRows,
  itemsOf,
  Pool,
  runBatch,
  type Store,
  usualWorkers,
} from '../batch/index.js';
import { counted } from '../counted.js';
import { BatchError, UsageError } from '../errors.js';
import { DEFAULT_BUNDLE } from '../models/index.js';
import { requirePackages } from '../packages.js';
import { type BatchFlags, batchFlags, sharedOptions } from './batch-flags.js';
import { type BatchReporter, jsonBatchReporter, reportPlace, terminalBatchReporter } from './batch-report.js';
import { printBatchStatus } from './batch-status.js';
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
    if (flags.status) return await printBatchStatus(items, { bundle, store, command, flags });
    const summary = await drawAll(items, { bundle, store, reporter, flags });
    const report = reportPlace(flags.out);
    reporter.done(summary, report);
    if (summary.failed > 0)
      throw new BatchError(
        'HF_BATCH_FAILED',
        `${summary.failed} of ${counted(summary.total, 'clip')} could not be drawn${summary.failed < summary.total ? ', and the others are done' : ''}: see the sentences above and in ${report}; the same command tries again.`,
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

async function drawAll(items: readonly BatchItem[], { bundle, store, reporter, flags }: Drawing) {
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
  requirePackages('queue');
  const { openQueueRunner } = await import('../queue/index.js');
  return openQueueRunner({ queue, store, bundle }, { note: reporter.note });
}

async function storeOf({ out, queue, status: look }: BatchFlags): Promise<Store> {
  if (!out.startsWith('s3://')) return FolderStore.open(out, { look });
  if (queue === undefined)
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `Videos go to ${out} by workers alone: give a \`queue\`, or a folder.`,
      { field: 'queue' },
    );
  const { openStore } = await import('../queue/open-store.js');
  return openStore(out);
}
