import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX, segmentQueue } from './names.js';

/** A worker is forgotten that has not been heard of for so long. */
const SECONDS = 60;
const AGAIN_MS = 20_000;

const announcedSchema = z.object({
  host: z.string(),
  pid: z.number(),
  threads: z.number(),
  /** Undefined while models are loaded, which decides both. */
  fingerprint: z.string().optional(),
  device: z.string().optional(),
});

/** What a worker says of itself. */
export type AnnouncedWorker = z.output<typeof announcedSchema>;

const keyOf = (clips: string, id: string): string => `${PREFIX}:worker:${clips}:${id}`;

/** A worker that others know of. */
export interface Announcement {
  /** Its models are loaded: it takes jobs. */
  ready(fingerprint: string, device: string): Promise<void>;
  /** Others forget it. */
  close(): Promise<void>;
}

/** Lets others know of this worker, which is loading its models, until it is closed. */
export async function announce(client: Redis, clips: string, threads: number): Promise<Announcement> {
  const key = keyOf(clips, randomUUID());
  let about: AnnouncedWorker = { host: hostname(), pid: process.pid, threads };
  const say = async (): Promise<void> => {
    await client.set(key, JSON.stringify(about), 'EX', SECONDS);
  };
  await say();
  const timer = setInterval(() => void say().catch(() => undefined), AGAIN_MS);
  timer.unref();
  return {
    async ready(fingerprint, device) {
      about = { ...about, fingerprint, device };
      await say();
    },
    async close() {
      clearInterval(timer);
      // Without a server it would wait for one; the key is forgotten by itself.
      if (client.status === 'ready') await client.del(key).catch(() => undefined);
    },
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
  /** Clips that no worker has begun. */
  readonly clipsWaiting: number;
  /** Workers that are loading their models. */
  readonly loading: number;
  /** By fingerprint: workers, and segments and joins that wait, are in work, or have failed. */
  readonly fingerprints: readonly {
    readonly fingerprint: string;
    readonly workers: readonly AnnouncedWorker[];
    readonly waiting: number;
    readonly active: number;
  }[];
}

/** A queue that was never used. */
export const NO_QUEUE: QueueStatus = { clipsWaiting: 0, loading: 0, fingerprints: [] };

/** Looks at a queue of clips, and changes nothing in it. */
export async function queueStatus(client: Redis, clips: string): Promise<QueueStatus> {
  const workers = await listWorkers(client, clips);
  const count = async (name: string) => {
    const queue = new Queue(name, { connection: client, prefix: PREFIX, skipMetasUpdate: true });
    try {
      return await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    } finally {
      await queue.close();
    }
  };
  const clipCounts = await count(clips);
  const known = new Set([
    ...workers.flatMap(({ fingerprint }) => fingerprint?.slice(0, 12) ?? []),
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
    const own = workers.filter((worker) => worker.fingerprint?.startsWith(fingerprint));
    fingerprints.push({ fingerprint, workers: own, waiting: waiting + delayed + prioritized, active });
  }
  const loading = workers.filter(({ fingerprint }) => fingerprint === undefined).length;
  return { clipsWaiting: sum(clipCounts), loading, fingerprints };
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
