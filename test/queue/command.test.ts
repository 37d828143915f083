import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
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
  const worker = spawnWorker(queue, out, '--metrics', '0');
  await expect.poll(() => worker.events.length, { timeout: 300_000 }).toBeGreaterThan(0);
  const { fingerprint, metrics } = readySchema.parse(worker.events[0]);

  const command = ['batch', clip, '--out', out, '--queue', queue, '--bundle', TINY, '--json'];
  const batch = [...command, '--fps', '25', '--size', '64x64'];
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
});
