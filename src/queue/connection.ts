import type { Redis } from 'ioredis';
import { QueueError } from '../errors.js';
import { requirePackages } from '../packages.js';
import { reasonOf } from '../reason.js';

/** How long a server may take to answer at the beginning. */
const PATIENCE_MS = 10_000;
/** The oldest that BullMQ works with. */
const OLDEST = 6;
const LONGEST_PAUSE_MS = 5000;

/** The address without its password, for sentences. */
function shownAddress(address: string): string {
  return address.replace(/(\/\/[^:/@]*):.*@/, '$1:***@');
}

/**
 * Connects to Redis or Valkey, and looks that it can be used. What happens to the connection later is waited out: the server may be started
 * again. Throws `QueueError`, and `UsageError` where the packages are missing.
 */
export async function connect(address: string): Promise<Redis> {
  requirePackages('queue');
  const database = databaseOf(address);
  const { Redis } = await import('ioredis');
  let ready = false;
  const client = new Redis(address, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (ready ? Math.min(100 * 2 ** times, LONGEST_PAUSE_MS) : null),
  });
  let failure: unknown;
  client.on('error', (error) => {
    failure = error;
  });
  try {
    await client.connect();
    checkServer(await client.info('server'), address);
    // The client itself goes on with the first database where there is no such one.
    if (database > 0) await client.select(database);
    ready = true;
    return client;
  } catch (error) {
    client.disconnect();
    if (error instanceof QueueError) throw error;
    throw refusal(address, failure ?? error);
  }
}

/** The number of the database in an address, 0 where it names none. Throws `QueueError` for what is no address. */
function databaseOf(address: string): number {
  const url = /^rediss?:\/\//.test(address) && URL.canParse(address) ? new URL(address) : undefined;
  const path = url && /^\/?(\d*)$/.exec(url.pathname);
  if (path) return Number(path[1] ?? 0);
  throw new QueueError(
    'HF_QUEUE_UNREACHABLE',
    `${shownAddress(address)} is no address of a queue: give one such as redis://127.0.0.1:6379 or redis://NAME:PASSWORD@HOST:PORT/DATABASE, with signs such as @, / and # of a password as %40, %2F and %23.`,
    { field: 'queue' },
  );
}

function checkServer(info: string, address: string): void {
  const version = /^redis_version:(\d+)/m.exec(info)?.[1];
  if (Number(version) >= OLDEST) return;
  throw new QueueError(
    'HF_QUEUE_UNREACHABLE',
    `The server at ${shownAddress(address)} is Redis ${version}: install Redis ${OLDEST}.2 or newer, or Valkey.`,
    { field: 'queue' },
  );
}

function refusal(address: string, error: unknown): QueueError {
  const why = reasonOf(error);
  const shown = shownAddress(address);
  if (/WRONGPASS|NOAUTH|NOPERM|invalid password|AUTH/i.test(why))
    return new QueueError(
      'HF_QUEUE_PASSWORD',
      `The queue at ${shown} refuses the name or the password: give them in its address, redis://NAME:PASSWORD@HOST:PORT.`,
      { field: 'queue' },
    );
  if (/DB index/i.test(why))
    return new QueueError(
      'HF_QUEUE_UNREACHABLE',
      `The server at ${shown} has no database of that number: give another after the last / of the address, or none.`,
      { field: 'queue' },
    );
  return new QueueError(
    'HF_QUEUE_UNREACHABLE',
    `No queue answers at ${shown} (${why}): start Redis or Valkey there, or correct the address.`,
    { field: 'queue' },
  );
}

/** What of the server's settings loses work; sentences. */
export async function serverWarnings(client: Redis): Promise<string[]> {
  const info = await client.info();
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  const warnings: string[] = [];
  if (policy !== undefined && policy !== 'noeviction')
    warnings.push(
      `The queue's server forgets keys when its memory is full (maxmemory-policy ${policy}): set it to noeviction, or clips get lost.`,
    );
  if (/^aof_enabled:0/m.test(info))
    warnings.push(
      "The queue's server keeps no append-only file: when it is started again, clips in work are lost. A batch that is running gives its own once more, others have to be given again (appendonly yes avoids that).",
    );
  return warnings;
}
