import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { TINY, temporaryFolder, writeClip } from '../pipeline/write-clip.js';

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The program in a process of its own. */
function start(argv: string[]) {
  const child = spawn(process.execPath, ['--import', loader, entry, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  return { child, printed, closed: once(child, 'close') };
}

it('ends everything on Ctrl-C, in one sentence, with code 130 and no half file', {
  timeout: 240_000,
}, async () => {
  const folder = temporaryFolder();
  const clip = writeClip(folder, 400);
  const flags = [
    '--fps',
    '25',
    '--size',
    '64x64',
    '--bundle',
    TINY,
    '--device',
    'cpu',
    '--threads',
    '1',
    '--json',
  ];
  const { child, printed, closed } = start(['generate', clip, '-o', join(folder, 'out.mp4'), ...flags]);
  await expect.poll(() => printed.out.includes('"done":2,'), { timeout: 200_000 }).toBe(true);
  child.kill('SIGINT');
  const [code] = await closed;
  expect(code).toBe(130);
  const last: unknown = JSON.parse(printed.out.trim().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ event: 'error', exitCode: 130, message: expect.stringMatching(/^Cancelled/) });
  expect(printed.err).toBe('');
  expect((await readdir(folder)).filter((name) => name !== 'clip' && !name.endsWith('.handfirst'))).toEqual(
    [],
  );
});

it('gives the exit code of a failure to the shell', { timeout: 120_000 }, async () => {
  const { printed, closed } = start([
    'generate',
    '/nowhere.pose',
    '-o',
    join(temporaryFolder(), 'a.mp4'),
    '--bundle',
    TINY,
  ]);
  expect((await closed)[0]).toBe(3);
  expect(printed.err.trim().split('\n')).toHaveLength(1);
});
