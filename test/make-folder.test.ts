import { mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../src/make-folder.js';

describe('makeFolder', () => {
  let root = '';
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'handfirst-folder-')));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('makes what is missing and names the uppermost folder that it made', async () => {
    expect(await makeFolder(join(root, 'a', 'b', 'c'))).toBe(join(root, 'a'));
    expect((await stat(join(root, 'a', 'b', 'c'))).isDirectory()).toBe(true);
    expect(await makeFolder(join(root, 'a', 'b', 'd'))).toBe(join(root, 'a', 'b', 'd'));
    expect(await makeFolder(join(root, 'a', 'b'))).toBeUndefined();
  });

  it('lets several make the same folder at once', async () => {
    for (let turn = 0; turn < 50; turn++) {
      const path = join(root, `${turn}`, 'x', 'y');
      const all = await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
      expect(all.every((made) => made === undefined || made.startsWith(join(root, `${turn}`)))).toBe(true);
      expect((await stat(path)).isDirectory()).toBe(true);
    }
  });

  it('refuses a file in the way, as the last folder and above it', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(makeFolder(join(root, 'file'))).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(root, 'file', 'below'))).rejects.toThrow(/ENOTDIR/);
  });

  it.skipIf(process.platform !== 'linux')('ends where no folder can be made: under /proc', async () => {
    await expect(makeFolder('/proc/handfirst/below')).rejects.toThrow(/ENOENT/);
  });
});
