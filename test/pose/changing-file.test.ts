import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPoseClip } from '../../src/pose/index.js';
import { temporaryFolder } from '../pipeline/write-clip.js';

const sample = fileURLToPath(new URL('fixtures/coco133.pose', import.meta.url));

describe('a file that changes while it is read', () => {
  it.each<[string, (path: string) => void, RegExp]>([
    [
      'grows',
      (path) => appendFileSync(path, 'more'),
      /grew from \d+ to \d+ bytes while it was read: wait until/,
    ],
    ['shrinks', (path) => truncateSync(path, readFileSync(path).length - 4), /shrank from \d+ to \d+ bytes/],
    ['vanishes', (path) => rmSync(path), /was removed or replaced while it was read/],
    [
      'is replaced by another',
      (path) => {
        copyFileSync(path, `${path}.new`);
        renameSync(`${path}.new`, path);
      },
      /was removed or replaced/,
    ],
    ['is written to', (path) => utimesSync(path, 1, 1), /was written to while it was read/],
  ])('%s', async (_, change, sentence) => {
    const path = join(temporaryFolder(), 'clip.pose');
    copyFileSync(sample, path);
    const clip = await openPoseClip(path);
    try {
      // A run reads a file more than once: to know it, and to draw it.
      const read = async () => {
        for await (const _ of clip.frames());
      };
      await read();
      change(path);
      await expect(read()).rejects.toMatchObject({
        code: 'HF_POSE_CHANGED',
        file: path,
        message: expect.stringMatching(sentence),
      });
    } finally {
      await clip.close();
    }
  });
});
