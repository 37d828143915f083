import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder, writeClip } from '../pipeline/write-clip.js';
import { NO_REDIS, RedisServer } from './redis.js';
import { drawAlone, drawByQueue, sha256, startWorker, writeManifest } from './setup.js';

vi.setConfig({ testTimeout: 600_000 });

describe('a video that workers have drawn', () => {
  it('has the bytes of `generate`, from one worker and from five', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    const folder = temporaryFolder();
    const clip = writeClip(folder, 43);
    mkdirSync(join(folder, 'alone'));
    const names = ['a.mp4', 'b.gif', 'deep/c.mov'];
    const manifest = writeManifest(folder, [...names.map((name) => `clip,${name}`), 'clip,pictures/']);
    const { address: queue } = await RedisServer.start();

    const one = join(folder, 'one');
    const single = await startWorker({ queue, store: one });
    expect(await drawByQueue(manifest, queue, one)).toMatchObject({
      total: 4,
      done: 4,
      failed: 0,
      frames: 172,
    });
    // 43 frames are five segments of 8 and one of 3.
    const drawn = single.jobs.filter(({ kind }) => kind === 'segment');
    expect(drawn.map(({ frames }) => frames).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 3),
      ...Array.from({ length: 20 }, () => 8),
    ]);
    await single.worker.close(0);

    const five = join(folder, 'five');
    const workers = await Promise.all(Array.from({ length: 5 }, () => startWorker({ queue, store: five })));
    expect(new Set(workers.map(({ worker }) => worker.fingerprint)).size).toBe(1);
    expect(await drawByQueue(manifest, queue, five)).toMatchObject({ done: 4 });
    const shares = workers.map(({ jobs }) => jobs.filter(({ kind }) => kind === 'segment').length);
    expect(shares.filter((count) => count > 0).length).toBeGreaterThan(1);
    expect(shares.reduce((sum, count) => sum + count)).toBe(24);

    for (const name of names) {
      const alone = join(folder, 'alone', name.replace('/', '-'));
      await drawAlone(clip, alone);
      expect(sha256(join(one, name)), name).toBe(sha256(alone));
      expect(sha256(join(five, name)), name).toBe(sha256(alone));
    }
    const pictures = join(folder, 'alone', 'pictures/');
    await drawAlone(clip, pictures);
    const files = readdirSync(pictures).sort();
    for (const drawnBy of [one, five]) {
      expect(readdirSync(join(drawnBy, 'pictures')).sort()).toEqual(files);
      for (const file of files)
        expect(readFileSync(join(drawnBy, 'pictures', file)).equals(readFileSync(join(pictures, file)))).toBe(
          true,
        );
    }
    // What was put aside is gone, and a second batch does nothing.
    expect(readdirSync(join(five, '.handfirst', 'segments'))).toEqual([]);
    expect(readdirSync(join(five, '.handfirst', 'aside'))).toEqual([]);
    expect(await drawByQueue(manifest, queue, five)).toMatchObject({ done: 0, unchanged: 4 });
  });
});
