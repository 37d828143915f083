import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bundleId } from '../../src/batch/index.js';
import { openQueueRunner, openWorker } from '../../src/queue/index.js';
import { openStore } from '../../src/queue/open-store.js';
import { TINY, temporaryFolder, writeClip } from '../pipeline/write-clip.js';
import { canMount, SmallDisk } from '../video/disk-full.js';
import { freePort, NO_REDIS, RedisServer } from './redis.js';
import { drawAlone, drawByQueue, sha256, startWorker, writeManifest } from './setup.js';
import { spawnWorker } from './spawn-worker.js';

vi.setConfig({ testTimeout: 600_000 });

describe('a batch by a queue', () => {
  it('loses nothing when a worker is killed in the middle', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    const clip = writeClip(folder, 120);
    const { address: queue } = await RedisServer.start();
    const out = join(folder, 'out');
    const killed = spawnWorker(queue, out);
    const drawn = drawByQueue(writeManifest(folder, ['clip,a.mp4']), queue, out);
    const segments = () =>
      killed.events.filter(({ kind, outcome }) => kind === 'segment' && outcome === 'done');
    await expect.poll(() => segments().length, { timeout: 300_000 }).toBeGreaterThanOrEqual(2);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { jobs } = await startWorker({ queue, store: out });
    expect(await drawn).toMatchObject({ done: 1, failed: 0, frames: 120 });
    // What the first has finished is not drawn again; only the segment that it was at.
    const again = jobs.filter(({ kind, outcome }) => kind === 'segment' && outcome === 'done');
    expect(again.length).toBeLessThanOrEqual(15 - segments().length);
    await drawAlone(clip, join(folder, 'alone.mp4'));
    expect(sha256(join(out, 'a.mp4'))).toBe(sha256(join(folder, 'alone.mp4')));
  });

  it('goes on when Redis is killed and started again', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    const clip = writeClip(folder, 80);
    const server = await RedisServer.start();
    const out = join(folder, 'out');
    const { jobs } = await startWorker({ queue: server.address, store: out });
    const drawn = drawByQueue(writeManifest(folder, ['clip,a.mp4', 'clip,b.mp4']), server.address, out);
    await expect.poll(() => jobs.length, { timeout: 300_000, interval: 50 }).toBeGreaterThanOrEqual(3);
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await server.begin();
    expect(await drawn).toMatchObject({ done: 2, failed: 0, frames: 160 });
    await drawAlone(clip, join(folder, 'alone.mp4'));
    // The videos differ in nothing, since a video does not hold its own name.
    expect(sha256(join(out, 'a.mp4'))).toBe(sha256(join(folder, 'alone.mp4')));
    expect(sha256(join(out, 'b.mp4'))).toBe(sha256(join(folder, 'alone.mp4')));
  });

  it.for(['worker', 'store'])('waits while the disk of the %s is full', async (whose, { skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    if (!canMount(folder)) skip('Small file systems need root on Linux.');
    const clip = writeClip(folder, 40);
    const { address: queue } = await RedisServer.start();
    const disk = new SmallDisk(join(folder, 'disk'), 24);
    onTestFinished(() => disk.remove());
    const out = whose === 'store' ? disk.folder : join(folder, 'out');
    const { jobs } = await startWorker({
      queue,
      store: out,
      ...(whose === 'worker' ? { folder: disk.folder } : {}),
    });
    const drawn = drawByQueue(writeManifest(folder, ['clip,a.mp4']), queue, out).catch(
      (error: unknown) => error,
    );
    if (whose === 'worker')
      await expect
        .poll(() => jobs.filter(({ sentence }) => /is full/.test(sentence ?? '')).length, {
          timeout: 200_000,
        })
        .toBeGreaterThan(1);
    else expect(await drawn).toMatchObject({ code: 'HF_OUTPUT_FULL' });
    disk.grow(64 * 1024);
    const end = whose === 'worker' ? drawn : drawByQueue(join(folder, 'clips.csv'), queue, out);
    expect(await end).toMatchObject({ done: 1, failed: 0 });
    await drawAlone(clip, join(folder, 'alone.mp4'));
    expect(sha256(join(out, 'a.mp4'))).toBe(sha256(join(folder, 'alone.mp4')));
  });

  it('is not held up by a clip that nobody can draw', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    writeClip(folder, 12);
    writeFileSync(join(folder, 'ruin.pose'), 'this is no keypoint file');
    const { address: queue } = await RedisServer.start();
    const out = join(folder, 'out');
    const { jobs } = await startWorker({ queue, store: out });
    const manifest = writeManifest(folder, [
      'ruin.pose,ruin.mp4',
      'clip,a.mp4',
      'clip,b.mp4',
      'none.pose,none.mp4',
    ]);
    const summary = await drawByQueue(manifest, queue, out);
    expect(summary).toMatchObject({ done: 2, failed: 2 });
    expect(summary.failures.map(({ output, code }) => [output, code]).sort()).toEqual([
      ['none.mp4', 'HF_POSE_UNREADABLE'],
      ['ruin.mp4', 'HF_POSE_DAMAGED'],
    ]);
    // The sentence names the file as the batch has it, not the worker's copy.
    const ruined = summary.failures.find(({ output }) => output === 'ruin.mp4');
    expect(ruined?.message).toContain('ruin.pose');
    expect(ruined?.message).not.toContain('inputs');
    // A clip that is wrong is not tried again, unless the batch is given again.
    expect(jobs.filter(({ output }) => output === 'ruin.mp4')).toHaveLength(1);
    expect(await drawByQueue(manifest, queue, out)).toMatchObject({ done: 0, unchanged: 2, failed: 2 });
    expect(jobs.filter(({ output }) => output === 'ruin.mp4')).toHaveLength(2);
  });

  it('shares its clips with another that is given at the same time', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    writeClip(folder, 16);
    const { address: queue } = await RedisServer.start();
    const out = join(folder, 'out');
    const workers = [await startWorker({ queue, store: out }), await startWorker({ queue, store: out })];
    const manifest = writeManifest(folder, ['clip,a.mp4', 'clip,b.mp4', 'clip,c.mp4']);
    const [first, second] = await Promise.all([
      drawByQueue(manifest, queue, out),
      drawByQueue(manifest, queue, out),
    ]);
    for (const summary of [first, second]) {
      expect(summary.done + summary.unchanged).toBe(3);
      expect(summary.failed).toBe(0);
    }
    const drawn = workers.flatMap(({ jobs }) => jobs.filter(({ kind }) => kind === 'segment'));
    expect(drawn.length).toBe(6);
    expect(readdirSync(out).sort()).toEqual(['.handfirst', 'a.mp4', 'b.mp4', 'batch.json', 'c.mp4']);
  });

  it('is finished by others when a worker is stopped, which returns its segment', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    const clip = writeClip(folder, 60);
    const { address: queue } = await RedisServer.start();
    const out = join(folder, 'out');
    const stopped = spawnWorker(queue, out, '--grace', '0');
    const drawn = drawByQueue(writeManifest(folder, ['clip,a.mp4']), queue, out);
    await expect
      .poll(() => stopped.events.some(({ kind }) => kind === 'segment'), { timeout: 300_000 })
      .toBe(true);
    stopped.child.kill('SIGTERM');
    expect(await stopped.ended).toEqual([0, null]);
    expect(stopped.events.map(({ event }) => event)).toContain('stopping');
    await startWorker({ queue, store: out });
    expect(await drawn).toMatchObject({ done: 1, failed: 0 });
    await drawAlone(clip, join(folder, 'alone.mp4'));
    expect(sha256(join(out, 'a.mp4'))).toBe(sha256(join(folder, 'alone.mp4')));
  });

  it('lets a worker stop that cannot reach Redis, and is finished by others', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    const own = temporaryFolder();
    const clip = writeClip(folder, 60);
    const server = await RedisServer.start();
    const out = join(folder, 'out');
    const stopped = spawnWorker(server.address, out, '--grace', '1', '--folder', own);
    const drawn = drawByQueue(writeManifest(folder, ['clip,a.mp4']), server.address, out);
    await expect
      .poll(() => stopped.events.some(({ kind }) => kind === 'segment'), { timeout: 300_000 })
      .toBe(true);
    await server.kill();
    stopped.child.kill('SIGTERM');
    expect(await stopped.ended).toEqual([0, null]);
    expect(readdirSync(own)).toEqual([]);
    await server.begin();
    await startWorker({ queue: server.address, store: out });
    expect(await drawn).toMatchObject({ done: 1, failed: 0 });
    await drawAlone(clip, join(folder, 'alone.mp4'));
    expect(sha256(join(out, 'a.mp4'))).toBe(sha256(join(folder, 'alone.mp4')));
  });

  it('gives the clips of workers that have gone to others, who calculate otherwise', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    const clip = writeClip(folder, 60);
    const { address: queue } = await RedisServer.start();
    const out = join(folder, 'out');
    const gone = await startWorker({ queue, store: out });
    const drawn = drawByQueue(writeManifest(folder, ['clip,a.mp4']), queue, out, 2000);
    await expect.poll(() => gone.jobs.length, { timeout: 300_000, interval: 20 }).toBeGreaterThanOrEqual(2);
    await gone.worker.close(0);
    const { vips } = sharp.versions;
    onTestFinished(() => void Object.assign(sharp.versions, { vips }));
    Object.assign(sharp.versions, { vips: 'another' });
    const { worker, jobs } = await startWorker({ queue, store: out });
    expect(worker.fingerprint).not.toBe(gone.worker.fingerprint);
    expect(await drawn).toMatchObject({ done: 1, failed: 0 });
    // Nothing of the first is used: a clip is of one arithmetic only.
    expect(jobs.filter(({ kind, outcome }) => kind === 'segment' && outcome === 'done')).toHaveLength(8);
    await drawAlone(clip, join(folder, 'alone.mp4'));
    expect(sha256(join(out, 'a.mp4'))).toBe(sha256(join(folder, 'alone.mp4')));
  });

  it('says that Redis is away, and can be cancelled meanwhile', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    writeClip(folder, 10);
    const server = await RedisServer.start();
    const notes: string[] = [];
    const cancel = new AbortController();
    const out = join(folder, 'out');
    const hooks = { signal: cancel.signal, note: (sentence: string) => void notes.push(sentence) };
    const drawn = drawByQueue(
      writeManifest(folder, ['clip,a.mp4', 'clip,b.mp4']),
      server.address,
      out,
      undefined,
      hooks,
    ).catch((error: unknown) => error);
    await expect.poll(() => notes.join(), { timeout: 60_000 }).toMatch(/No worker serves this batch/);
    await server.kill();
    await expect
      .poll(() => notes.filter((note) => /does not answer/.test(note)).length, { timeout: 60_000 })
      .toBe(1);
    cancel.abort();
    const over = new Promise((resolve) => setTimeout(resolve, 10_000, 'it hangs'));
    expect(await Promise.race([drawn, over])).toMatchObject({ code: 'HF_CANCELLED', exitCode: 130 });
  });

  it('finds no worker for a store that is not there', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const { address: queue } = await RedisServer.start();
    const store = join(temporaryFolder(), 'unmounted');
    const opened = openWorker({ queue, store, bundle: TINY, device: 'cpu' });
    await expect(opened).rejects.toMatchObject({ code: 'HF_STORE_UNREACHABLE', field: 'store', exitCode: 8 });
    await expect(opened).rejects.toThrow(`The store ${store} is no folder on this machine`);
  });

  it('says in a sentence that the password is wrong, or that nobody answers', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const store = await openStore(temporaryFolder());
    const bundle = await bundleId(TINY);
    const { port } = await RedisServer.start('right');
    for (const address of [`redis://:mistaken@127.0.0.1:${port}`, `redis://127.0.0.1:${port}`]) {
      const refused = openQueueRunner({ queue: address, store, bundle });
      await expect(refused).rejects.toMatchObject({ code: 'HF_QUEUE_PASSWORD', exitCode: 8 });
      await expect(refused).rejects.toThrow(/^(?!.*mistaken).*refuses the name or the password/);
    }
    const nobody = openQueueRunner({ queue: `redis://127.0.0.1:${await freePort()}`, store, bundle });
    await expect(nobody).rejects.toMatchObject({ code: 'HF_QUEUE_UNREACHABLE' });
    for (const queue of [
      'http://127.0.0.1',
      'redis://127.0.0.1:port',
      'redis://:a/b@127.0.0.1',
      'redis://127.0.0.1/abc',
    ])
      await expect(openQueueRunner({ queue, store, bundle })).rejects.toMatchObject({
        code: 'HF_QUEUE_UNREACHABLE',
        message: expect.stringMatching(/is no address .*%40, %2F and %23/),
      });
    await expect(
      openQueueRunner({ queue: `redis://:right@127.0.0.1:${port}/99`, store, bundle }),
    ).rejects.toThrow(/has no database of that number/);
    await expect(
      openQueueRunner({ queue: `redis://user:p@ss@127.0.0.1:${port}`, store, bundle }),
    ).rejects.toThrow(/redis:\/\/user:\*\*\*@127/);
  });
});
