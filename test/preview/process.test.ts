import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { spell, writeClip } from '../../src/phrase/index.js';
import { buildPage } from '../../src/preview/page/build.mjs';
import type { PreviewState } from '../../src/preview/protocol.js';
import { TINY, temporaryFolder } from '../pipeline/write-clip.js';

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

it('ends on Ctrl-C while it draws, and leaves nothing behind', { timeout: 240_000 }, async () => {
  const folder = temporaryFolder();
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  await buildPage(join(folder, 'page'));
  await writeClip(spell('HELLO WORLD'), join(folder, 'a.pose'));
  const flags = ['--port', '0', '--bundle', TINY, '--device', 'cpu', '--threads', '1'];
  const child = spawn(process.execPath, ['--import', loader, entry, join(folder, 'a.pose'), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, HANDFIRST_TEST_PAGE: join(folder, 'page') },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  await expect.poll(() => printed.out, { timeout: 200_000 }).toMatch(/http:\S+/);
  const address = /http:\S+/.exec(printed.out)?.[0] ?? '';
  const state = async (): Promise<PreviewState> =>
    JSON.parse(await (await fetch(new URL('/api/state', address))).text());
  const clip = (await state()).clips[0]?.id;
  const variant = { preset: 'paper', background: 'drawn', seed: 1 };
  const body = JSON.stringify({ clip, from: 0, to: 1000, variant });
  const added = await fetch(new URL('/api/runs', address), { method: 'POST', body });
  expect(added.status, await added.text()).toBe(200);
  // The file is encoded from the first frame of the full pass on.
  await expect
    .poll(async () => (await state()).runs[0]?.passes.full.done, { timeout: 200_000 })
    .toBeGreaterThan(0);
  expect(readdirSync(temporary).some((file) => file.startsWith('handfirst-preview-'))).toBe(true);
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
  expect(printed.err).toBe('');
  // Neither of the preview nor of ONNX Runtime's telemetry; only the loader of TypeScript keeps a folder.
  expect(readdirSync(temporary).filter((file) => !file.startsWith('tsx'))).toEqual([]);
  await expect(fetch(address)).rejects.toThrow();
});
