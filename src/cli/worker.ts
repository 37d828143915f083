import { Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors.js';
import { DEVICES } from '../models/index.js';
import { requirePackages } from '../packages.js';
import * as parse from './arguments.js';
import { queueOption } from './batch-flags.js';
import { coloursOf } from './colours.js';
import { EXIT_CODES } from './failure.js';
import { cancelOnSignals, untilStopped } from './signals.js';

interface WorkerFlags {
  readonly queue?: string;
  readonly store: string;
  readonly bundle?: string;
  readonly device?: string;
  readonly threads: number;
  readonly grace: number;
  readonly folder?: string;
  readonly metrics?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `handfirst worker --queue ADDRESS --store PLACE`. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('draw for the batches of a queue, until it is stopped')
    .addOption(queueOption('the queue that is served'))
    .requiredOption('--store <place>', 'the --out of the batches: a folder, or s3://bucket/prefix')
    .option('--bundle <name>', 'model bundle: a name or a folder (default: compact)')
    .addOption(
      new Option('--device <name>', 'where the models run (default: the first that works)').choices([
        'auto',
        ...DEVICES,
      ]),
    )
    .option('--threads <n>', 'CPU threads; start one worker for each core', parse.wholeNumber(1), 1)
    .option(
      '--grace <seconds>',
      'how long a segment may still take when the worker is stopped, before another gets it',
      parse.wholeNumber(0),
      30,
    )
    .option('--folder <folder>', "for what is in work (default: the system's temporary folder)")
    .addOption(
      new Option('--metrics <place>', 'serve numbers for Prometheus at a port, or HOST:PORT').argParser(
        place,
      ),
    )
    .option('--json', 'print every job as a JSON line')
    .option('--quiet', 'print nothing but failures')
    .addHelpText(
      'after',
      `\nExamples:
  handfirst worker --queue redis://queue.local:6379 --store /mnt/shared/videos
  handfirst worker --queue rediss://me:secret@queue.example:6380 --store s3://videos/lexicon --metrics 0.0.0.0:9464
${EXIT_CODES}`,
    )
    .action(serveQueue);
}

/** `9464` or `0.0.0.0:9464`. */
function place(text: string): string {
  if (/^(.+:)?\d{1,5}$/.test(text)) return text;
  throw new InvalidArgumentError('Give a port, or HOST:PORT.');
}

async function serveQueue(flags: WorkerFlags): Promise<void> {
  const { queue, store, bundle, device, threads, grace, folder, metrics } = flags;
  if (queue === undefined)
    throw new UsageError('HF_FIELD_MISSING', 'A worker needs the address of its `queue`.', {
      field: 'queue',
    });
  requirePackages('queue');
  const { openWorker, WorkerEvents } = await import('../queue/index.js');
  const events = new WorkerEvents();
  events.on('job', (job) =>
    tell(
      flags,
      'job',
      job,
      `${job.kind} of ${job.output}: ${job.outcome}${job.sentence ? ` (${job.sentence})` : ''}, ${job.seconds.toFixed(1)} s`,
      job.outcome !== 'failed',
    ),
  );
  events.on('fault', (sentence) => tell(flags, 'fault', { sentence }, `The queue: ${sentence}`, false));
  const asked = device === 'auto' ? undefined : device;
  const { signal } = cancelOnSignals();
  const worker = await openWorker({ queue, store, bundle, device: asked, threads, folder, events, signal });
  const labels = { fingerprint: worker.fingerprint.slice(0, 12), device: worker.arithmetic.device };
  const served =
    metrics === undefined
      ? undefined
      : await openMetrics(events, labels, metrics).catch(async (error: unknown) => {
          await worker.close(0);
          throw error;
        });
  const { fingerprint, arithmetic } = worker;
  tell(
    flags,
    'ready',
    { fingerprint, arithmetic, metrics: served?.address },
    `Ready on ${arithmetic.device}, fingerprint ${fingerprint.slice(0, 12)}${served ? `, numbers at ${served.address}` : ''}.`,
    true,
  );
  await untilStopped(signal);
  tell(flags, 'stopping', {}, `Stopping: the job in work is finished, or returned after ${grace} s.`, true);
  await served?.close();
  await worker.close(grace * 1000);
  // BullMQ would still wait for a server that is away.
  process.exit();
}

async function openMetrics(
  events: InstanceType<typeof import('../queue/index.js').WorkerEvents>,
  labels: Record<string, string>,
  at: string,
) {
  requirePackages('metrics');
  const { countJobs, serveMetrics } = await import('../queue/metrics.js');
  return serveMetrics(countJobs(events, labels), at);
}

/** A line for programs, or a sentence for people; `usual` ones are left out where little is to be said. */
function tell(
  { json, quiet }: WorkerFlags,
  event: string,
  fields: object,
  sentence: string,
  usual: boolean,
): void {
  if (json) process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  else if (!quiet || !usual) {
    const { dim, yellow } = coloursOf(process.stderr);
    process.stderr.write(`${usual ? dim(sentence) : yellow(sentence)}\n`);
  }
}
