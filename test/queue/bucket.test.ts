import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openStore } from '../../src/queue/open-store.js';
import { temporaryFolder, writeClip } from '../pipeline/write-clip.js';
import { freePort, NO_REDIS, RedisServer } from './redis.js';
import { drawAlone, drawByQueue, sha256, startWorker, writeManifest } from './setup.js';

vi.setConfig({ testTimeout: 600_000 });

/** Where Python packages of the tests are: as in `.ci/run`. */
const venv =
  process.env.HANDFIRST_VENV ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'handfirst', 'training');
const server = join(venv, 'bin', 'moto_server');
const NO_BUCKET =
  existsSync(server) && spawnSync(server, ['--help']).status === 0
    ? undefined
    : 'A bucket needs moto[server] of models/training/requirements-s3.txt, and it is not installed.';

/** A service like S3, with one bucket, for this test alone. */
async function startBucket(): Promise<S3Client> {
  const port = await freePort();
  const child: ChildProcess = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    vi.unstubAllEnvs();
  });
  const endpoint = `http://127.0.0.1:${port}`;
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  await expect
    .poll(
      () =>
        fetch(endpoint).then(
          () => true,
          () => false,
        ),
      { timeout: 120_000 },
    )
    .toBe(true);
  const client = new S3Client({ forcePathStyle: true });
  onTestFinished(() => client.destroy());
  await client.send(new CreateBucketCommand({ Bucket: 'videos' }));
  return client;
}

describe('a store in a bucket', () => {
  it('holds what is written, by content, and forgets what is removed', async ({ skip }) => {
    if (NO_BUCKET) skip(NO_BUCKET);
    await startBucket();
    const store = await openStore('s3://videos/some/where/');
    onTestFinished(() => store.close());
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'content');
    await store.put('a/b.mp4', file);
    await store.write('a/c.json', '{}');
    await store.write('ab.json', '[]');
    expect(await store.sha256('a/b.mp4')).toBe(sha256(file));
    await store.get('a/b.mp4', `${file}.copy`);
    expect(sha256(`${file}.copy`)).toBe(sha256(file));
    await store.remove('a');
    expect(await store.read('a/c.json')).toBeUndefined();
    expect(await store.sha256('a/b.mp4')).toBeUndefined();
    expect(Buffer.from((await store.read('ab.json')) ?? []).toString()).toBe('[]');
    await expect(store.get('a/b.mp4', file)).rejects.toMatchObject({ code: 'HF_OUTPUT_UNWRITABLE' });
    await expect(openStore('s3://nobodys')).rejects.toMatchObject({
      code: 'HF_STORE_UNREACHABLE',
      message: expect.stringContaining('there is none'),
    });
  });

  it('takes a batch that workers draw, with the bytes of `generate`', async ({ skip }) => {
    if (NO_REDIS) skip(NO_REDIS);
    if (NO_BUCKET) skip(NO_BUCKET);
    const client = await startBucket();
    const folder = temporaryFolder();
    const clip = writeClip(folder, 20);
    const { address: queue } = await RedisServer.start();
    const store = 's3://videos/batch';
    await startWorker({ queue, store });
    const manifest = writeManifest(folder, ['clip,deep/a.mp4']);
    expect(await drawByQueue(manifest, queue, store)).toMatchObject({ done: 1, failed: 0 });
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'videos', Key: 'batch/deep/a.mp4' }));
    const drawn = join(folder, 'drawn.mp4');
    writeFileSync(drawn, (await Body?.transformToByteArray()) ?? '');
    await drawAlone(clip, join(folder, 'alone.mp4'));
    expect(sha256(drawn)).toBe(sha256(join(folder, 'alone.mp4')));
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: 'videos', Prefix: 'batch/.handfirst/segments' }),
    );
    expect(Contents).toEqual([]);
    expect(await drawByQueue(manifest, queue, store)).toMatchObject({ done: 0, unchanged: 1 });
  });
});
