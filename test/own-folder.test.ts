import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeOwnFolder } from '../src/own-folder.js';
import { temporaryFolder } from './pipeline/write-clip.js';

it('is left alone while its process lives, and removed by the next of its kind after that', async () => {
  const parent = temporaryFolder();
  const own = await makeOwnFolder('worker', parent);
  const owner = JSON.parse(readFileSync(join(own, 'owner.json'), 'utf8'));
  expect(owner.pid).toBe(process.pid);
  const put = (name: string, fields: object): void => {
    mkdirSync(join(parent, name));
    writeFileSync(join(parent, name, 'owner.json'), JSON.stringify({ ...owner, ...fields }));
  };
  const { pid } = spawnSync(process.execPath, ['--version']);
  put('handfirst-worker-dead', { pid, began: undefined });
  put('handfirst-worker-far', { pid, host: 'another' });
  put('handfirst-cost-dead', { pid, began: undefined });
  mkdirSync(join(parent, 'handfirst-worker-nobody'));
  const next = await makeOwnFolder('worker', parent);
  expect(
    readdirSync(parent)
      .map((name) => join(parent, name))
      .sort(),
  ).toEqual(
    [
      own,
      next,
      ...['handfirst-worker-far', 'handfirst-cost-dead', 'handfirst-worker-nobody'].map((name) =>
        join(parent, name),
      ),
    ].sort(),
  );
  expect(existsSync(own)).toBe(true);
});

it.skipIf(process.platform !== 'linux')('is removed when its number went to another process', async () => {
  const parent = temporaryFolder();
  const own = await makeOwnFolder('worker', parent);
  const file = join(own, 'owner.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), began: '1' }));
  await makeOwnFolder('worker', parent);
  expect(existsSync(own)).toBe(false);
});
