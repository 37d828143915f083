import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { connect } from '../../src/queue/connection.js';
import { openStore } from '../../src/queue/open-store.js';
import { Presence } from '../../src/queue/presence.js';
import { QueueRunner } from '../../src/queue/queue-runner.js';
import { knownStoreId, storeId } from '../../src/queue/store-id.js';
import { announce, queueStatus } from '../../src/queue/workers.js';
import { handfirst } from '../cli/run.js';
import { TINY, temporaryFolder, writeClip } from '../pipeline/write-clip.js';
import { NO_REDIS, RedisServer } from './redis.js';
import { spawnWorker } from './spawn-worker.js';

vi.setConfig({ testTimeout: 600_000 });

const readySchema = z.object({ event: z.literal('ready'), fingerprint: z.string(), metrics: z.string() });

it('serves a batch on the command line, with its status and its numbers', async ({ skip }) => {
  if (NO_REDIS) skip(NO_REDIS);
  const folder = temporaryFolder();
  const clip = writeClip(folder, 50);
  const { address: queue } = await RedisServer.start('secret');
  const out = join(folder, 'out');
  const own = temporaryFolder();
  const worker = spawnWorker(queue, out, '--metrics', '0', '--folder', relative('.', own));
  await expect.poll(() => worker.events.length, { timeout: 300_000 }).toBeGreaterThan(0);
  const { fingerprint, metrics } = readySchema.parse(worker.events[0]);

  const command = ['batch', clip, '--out', out, '--queue', queue, '--bundle', TINY, '--json'];
  const batch = [...command, '--fps', '25', '--size', '64x64'];
  // Looking changes nothing, in the queue as well.
  expect(JSON.parse((await handfirst(...batch, '--status')).out)).toMatchObject({
    missing: 1,
    queue: { clipsWaiting: 0, loading: 0 },
  });
  expect(readdirSync(join(out, '.handfirst')).sort()).toEqual(['aside', 'store.json']);
  const { code, out: said, err } = await handfirst(...batch);
  expect(code, said + err).toBe(0);
  expect(existsSync(join(out, 'clip.mp4'))).toBe(true);
  expect(said + err).not.toContain('secret');

  const status = JSON.parse((await handfirst(...batch, '--status')).out);
  expect(status).toMatchObject({ done: 1, missing: 0, queue: { clipsWaiting: 0 } });
  expect(status.queue.fingerprints).toEqual([
    {
      fingerprint: fingerprint.slice(0, 12),
      workers: [expect.objectContaining({ fingerprint, device: 'cpu', threads: 1 })],
      waiting: 0,
      active: 0,
    },
  ]);

  const numbers = await (await fetch(metrics)).text();
  const labels = `fingerprint="${fingerprint.slice(0, 12)}",device="cpu"`;
  // 50 frames are a segment of 48 and one of 2.
  expect(numbers).toContain(`handfirst_jobs_total{kind="segment",outcome="done",${labels}} 2`);
  expect(numbers).toContain(`handfirst_jobs_total{kind="join",outcome="done",${labels}} 1`);
  expect(numbers).toContain(`handfirst_frames_total{${labels}} 50`);
  expect((await fetch(new URL('/', metrics))).status).toBe(404);

  worker.child.kill('SIGTERM');
  expect(await worker.ended).toEqual([0, null]);
  expect(readdirSync(own)).toEqual([]);
});

it('counts a worker that is loading its models, and changes nothing by looking', async ({ skip }) => {
  if (NO_REDIS) skip(NO_REDIS);
  const { address } = await RedisServer.start();
  const client = await connect(address);
  onTestFinished(() => client.disconnect());
  const clips = 'clips-here-1-2';
  expect(await queueStatus(client, clips)).toEqual({ clipsWaiting: 0, loading: 0, fingerprints: [] });
  expect(await client.keys('*')).toEqual([]);

  const worker = await announce(client, clips, 1);
  const alone = async (): Promise<boolean> => {
    const presence = new Presence(client, clips, 6);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await presence.look();
    return presence.alone;
  };
  expect(await alone()).toBe(false);
  expect(await queueStatus(client, clips)).toEqual({ clipsWaiting: 0, loading: 1, fingerprints: [] });
  const fingerprint = 'f'.repeat(64);
  await worker.ready(fingerprint, 'cpu');
  expect(await alone()).toBe(false);
  expect(await queueStatus(client, clips)).toMatchObject({
    loading: 0,
    fingerprints: [{ fingerprint: fingerprint.slice(0, 12), workers: [{ device: 'cpu' }], active: 0 }],
  });
  await worker.close();
  expect(await alone()).toBe(true);

  // One that has another bundle is no help, and the batch says so.
  const strange = await announce(client, 'clips-here-1-3', 1);
  const notes: string[] = [];
  const store = await openStore(temporaryFolder());
  const runner = new QueueRunner({
    ...{ client, clips, store, lookMs: 5, patienceMs: 6 },
    note: (sentence) => notes.push(sentence),
  });
  onTestFinished(() => runner.close());
  const stop = new AbortController();
  const order = { key: 'a'.repeat(64), clip: { input: 'a', output: { path: 'a.mp4' } }, files: {} };
  const running = runner.run(order, stop.signal).catch((error: unknown) => error);
  await expect.poll(() => notes.length).toBe(1);
  stop.abort();
  expect(await running).toMatchObject({ code: 'HF_CANCELLED' });
  expect(notes[0]).toMatch(
    /^No worker serves this batch yet \(1 worker of this store: other version or bundle\)/,
  );
  await strange.close();
});

it('does not begin to work where its numbers cannot be served, and leaves nothing behind', async ({
  skip,
}) => {
  if (NO_REDIS) skip(NO_REDIS);
  const server = await RedisServer.start();
  const [own, store] = [temporaryFolder(), temporaryFolder()];
  // The queue's own port is taken.
  const worker = spawnWorker(server.address, store, '--folder', own, '--metrics', `127.0.0.1:${server.port}`);
  const [code] = await worker.ended;
  expect(code).toBe(2);
  expect(worker.events).toEqual([expect.objectContaining({ event: 'error', code: 'HF_PORT' })]);
  expect(readdirSync(own)).toEqual([]);
});

it('names a store anew whose name was cut off', async () => {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  const id = await storeId(store);
  expect(await storeId(store)).toBe(id);
  writeFileSync(join(folder, '.handfirst', 'store.json'), '');
  expect(await knownStoreId(store)).toBeUndefined();
  expect(await storeId(store)).toMatch(/^[0-9a-f]{8}$/);
});

it('leaves no folder behind when it cannot begin, or is stopped while it begins', async ({ skip }) => {
  if (NO_REDIS) skip(NO_REDIS);
  const { address } = await RedisServer.start();
  const own = temporaryFolder();
  const store = temporaryFolder();
  const command = ['worker', '--queue', address, '--store', store, '--bundle', TINY, '--folder', own];
  const { code } = await handfirst(...command, '--device', 'cuda', '--json');
  expect(code).toBe(5);
  expect(readdirSync(own)).toEqual([]);

  const stopped = spawnWorker(address, store, '--folder', own);
  await expect.poll(() => readdirSync(own).length, { timeout: 300_000, interval: 5 }).toBe(1);
  stopped.child.kill('SIGTERM');
  const [ended] = await stopped.ended;
  // It may have been ready in the same moment.
  expect([0, 130]).toContain(ended);
  expect(readdirSync(own)).toEqual([]);
});
