import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClipOrder, FolderStore, hashOf } from '../src/batch/index.js';
import { connect } from '../src/queue/connection.js';
import { QueueRunner } from '../src/queue/queue-runner.js';

/*
 * What the queue costs, by workers that draw nothing (`fake-worker.ts`), on a redis-server of its own.
 */

const SEGMENT_MS = 2000;
const SEGMENTS_A_WORKER = 20;
const SEGMENTS_A_CLIP = 10;
const COUNTS = [1, 2, 16];
const LOOK_MS = 50;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function startRedis(folder: string): Promise<{ child: ChildProcess; address: string }> {
  const port = await freePort();
  const flags = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  const child = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Ready to accept connections')) resolve();
    });
  });
  return { child, address: `redis://127.0.0.1:${port}` };
}

function order(index: number): ClipOrder {
  return { key: hashOf([index]), clip: { input: 'none', output: { path: `${index}.mp4` } }, files: {} };
}

/** Seconds from the moment at which clips are given to workers that are ready, until all are known to be done. */
async function measure(address: string, folder: string, workers: number): Promise<number> {
  const clips = `clips-bench-${workers}`;
  const args = [address, clips, String(SEGMENTS_A_CLIP), String(SEGMENT_MS)];
  const entry = fileURLToPath(new URL('fake-worker.ts', import.meta.url));
  const children = Array.from({ length: workers }, () => fork(entry, args));
  await Promise.all(children.map((child) => once(child, 'message')));
  const client = await connect(address);
  const runner = new QueueRunner({ client, clips, store: await FolderStore.open(folder), lookMs: LOOK_MS });
  const count = (workers * SEGMENTS_A_WORKER) / SEGMENTS_A_CLIP;
  const start = performance.now();
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  await Promise.all(Array.from({ length: count }, (_, index) => runner.run(order(index), signal)));
  const seconds = (performance.now() - start) / 1000;
  await runner.close();
  client.disconnect();
  for (const child of children) {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
  return seconds;
}

/** Prints efficiency and overhead for several numbers of workers. */
export async function benchWorkers(row: (what: string, value: string, aim?: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'handfirst-bench-'));
  const { child, address } = await startRedis(folder);
  try {
    process.stdout.write(
      `${SEGMENTS_A_WORKER} segments a worker, each of ${SEGMENT_MS / 1000} s in which the processor is idle\n\n`,
    );
    for (const workers of COUNTS) {
      const seconds = await measure(address, folder, workers);
      const ideal = (SEGMENTS_A_WORKER * SEGMENT_MS) / 1000;
      const name = `${workers} worker${workers > 1 ? 's' : ''}`;
      row(`${name}, efficiency`, (ideal / seconds).toFixed(3), workers === 16 ? 'aim: at least 0.95' : '');
      row(`${name}, overhead a segment`, `${(((seconds - ideal) * 1000) / SEGMENTS_A_WORKER).toFixed(0)} ms`);
    }
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}
