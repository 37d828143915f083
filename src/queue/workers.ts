import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Arithmetic } from './fingerprint.js';
import { PREFIX, segmentQueue } from './names.js';

/** A worker is forgotten that has not been heard of for so long. */
const SECONDS = 60;
const AGAIN_MS = 20_000;

const announcedSchema = z.object({
  host: z.string(),
  pid: z.number(),
  fingerprint: z.string(),
  device: z.string(),
  threads: z.number(),
});

/** What a worker says of itself. */
export type AnnouncedWorker = z.output<typeof announcedSchema>;

const keyOf = (clips: string, id: string): string => `${PREFIX}:worker:${clips}:${id}`;

/** Lets others know of this worker until it is closed. */
export async function announce(
  client: Redis,
  clips: string,
  fingerprint: string,
  { device, threads }: Pick<Arithmetic, 'device' | 'threads'>,
): Promise<() => Promise<void>> {
  const key = keyOf(clips, randomUUID());
  const about: AnnouncedWorker = { host: hostname(), pid: process.pid, fingerprint, device, threads };
  const say = async (): Promise<void> => {
    await client.set(key, JSON.stringify(about), 'EX', SECONDS);
  };
  await say();
  const timer = setInterval(() => void say().catch(() => undefined), AGAIN_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await client.del(key).catch(() => undefined);
  };
}

/** The workers of a queue of clips that are alive. */
export async function listWorkers(client: Redis, clips: string): Promise<AnnouncedWorker[]> {
  const found: AnnouncedWorker[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', keyOf(clips, '*'), 'COUNT', 1000);
    for (const text of keys.length > 0 ? await client.mget(keys) : []) {
      const parsed = announcedSchema.safeParse(JSON.parse(text ?? 'null'));
      if (parsed.success) found.push(parsed.data);
    }
    cursor = next;
  } while (cursor !== '0');
  return found;
}

/** How a queue stands. */
export interface QueueStatus {
  /** Clips that nobody has begun. */
  readonly clipsWaiting: number;
  /** By fingerprint: workers, and segments and joins that wait, are in work, or have failed. */
  readonly fingerprints: readonly {
    readonly fingerprint: string;
    readonly workers: readonly AnnouncedWorker[];
    readonly waiting: number;
    readonly active: number;
  }[];
}

/** Looks at a queue of clips. */
export async function queueStatus(client: Redis, clips: string): Promise<QueueStatus> {
  const workers = await listWorkers(client, clips);
  const count = async (name: string) => {
    const queue = new Queue(name, { connection: client, prefix: PREFIX });
    try {
      return await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    } finally {
      await queue.close();
    }
  };
  const clipCounts = await count(clips);
  const known = new Set([
    ...workers.map(({ fingerprint }) => fingerprint.slice(0, 12)),
    ...(await queuesOf(client, clips)),
  ]);
  const fingerprints = [];
  for (const fingerprint of [...known].sort()) {
    const {
      waiting = 0,
      active = 0,
      delayed = 0,
      prioritized = 0,
    } = await count(segmentQueue(clips, fingerprint));
    const own = workers.filter((worker) => worker.fingerprint.startsWith(fingerprint));
    fingerprints.push({ fingerprint, workers: own, waiting: waiting + delayed + prioritized, active });
  }
  return { clipsWaiting: sum(clipCounts), fingerprints };
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Fingerprints that segments were begun for, whether their workers live or not. */
async function queuesOf(client: Redis, clips: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(
      cursor,
      'MATCH',
      `${PREFIX}:${segmentQueue(clips, '*')}:meta`,
      'COUNT',
      1000,
    );
    found.push(...keys.map((key) => key.split(':').at(-2)?.slice(-12) ?? ''));
    cursor = next;
  } while (cursor !== '0');
  return found.filter((name) => name !== '');
}
