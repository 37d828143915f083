import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { canMount, writeToSmallDisk } from './disk-full.js';
import { EMBEDDED, temporaryFolder } from './helpers.js';

/** A few of the sizes that `npm run check:long` tries, KiB: full at the lock, the kept frames, a segment, the journal, the join. */
const SIZES = [4, 20, 44, 68, 88, 96];

describe('a disk that gets full', () => {
  beforeAll(() => {
    vi.stubEnv('FFMPEG_PATH', EMBEDDED);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  test('is said, and the same order goes on once there is space, to the same bytes', {
    timeout: 180_000,
  }, async ({ skip }) => {
    const folder = temporaryFolder();
    if (!canMount(folder)) skip('Small file systems need root on Linux.');
    const disk = join(folder, 'disk');
    const wanted = await writeToSmallDisk(disk, 'clip.mp4', 64 * 1024);
    expect(wanted.fitted).toBe(true);
    const runs = [];
    for (const size of SIZES) runs.push(await writeToSmallDisk(disk, 'clip.mp4', size));
    expect(runs.map(({ sha256 }) => sha256)).toEqual(SIZES.map(() => wanted.sha256));
    expect(runs.filter(({ fitted }) => !fitted).length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...runs.map(({ resumed }) => resumed))).toBeGreaterThan(0);
  });
});
