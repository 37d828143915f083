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

const FLAGS = ['--fps', '25', '--size', '64x64', '--bundle', TINY, '--device', 'cpu', '--threads', '1'];

const { FORCE_COLOR: _, NO_COLOR: __, ...bare } = process.env;

/** The program in a process of its own, as a service of continuous integration starts it. */
function start(argv: string[], cwd?: string, more: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', loader, entry, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: { ...bare, CI: 'true', ...more },
  });
  const printed = { out: '', err: '', bytes: Buffer.alloc(0) };
  child.stdout.on('data', (chunk: Buffer) => {
    printed.bytes = Buffer.concat([printed.bytes, chunk]);
    printed.out += chunk.toString('utf8');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  return { child, printed, closed: once(child, 'close') };
}

it('ends everything on Ctrl-C, in one sentence, with code 130 and no half file', {
  timeout: 240_000,
}, async () => {
  const folder = temporaryFolder();
  const clip = writeClip(folder, 400);
  const { child, printed, closed } = start([
    'generate',
    clip,
    '-o',
    join(folder, 'out.mp4'),
    ...FLAGS,
    '--json',
  ]);
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

it('ends quietly when what reads its output goes away, models and all', { timeout: 240_000 }, async () => {
  const folder = temporaryFolder();
  const out = join(folder, 'out.mp4');
  const { child, printed, closed } = start([
    'generate',
    writeClip(folder, 400),
    '-o',
    out,
    ...FLAGS,
    '--json',
  ]);
  await expect.poll(() => printed.out.includes('"done":1,'), { timeout: 200_000 }).toBe(true);
  child.stdout.destroy();
  expect(await closed).toEqual([141, null]);
  expect(printed.err).toBe('');
});

// An MP4 of a few frames is written at its end, y4m with each frame.
it.each(['mp4', 'y4m'])(
  'ends quietly when what reads its video goes away: %s',
  { timeout: 240_000 },
  async (container) => {
    const folder = temporaryFolder();
    const flags = [...FLAGS, '--container', container, '--quiet'];
    const { child, printed, closed } = start(['generate', writeClip(folder, 6), '-o', '-', ...flags], folder);
    child.stdout.destroy();
    expect(await closed).toEqual([141, null]);
    expect(printed.err).toBe('');
  },
);

it('writes a video to standard output when asked, and nothing else', { timeout: 240_000 }, async () => {
  const folder = temporaryFolder();
  const clip = writeClip(folder, 3);
  const mp4 = start(['generate', clip, '-o', '-', ...FLAGS], folder);
  expect(await mp4.closed).toEqual([0, null]);
  expect(mp4.printed.bytes.toString('latin1', 4, 8)).toBe('ftyp');
  expect(mp4.printed.bytes.includes('moof')).toBe(true);
  expect(mp4.printed.err).toMatch(/The video went to standard output\n.*3 frames/);
  const plain = [...FLAGS, '--quiet'];
  const y4m = start(['generate', clip, '-o', '-', '--container', 'y4m', ...plain], folder);
  expect(await y4m.closed).toEqual([0, null]);
  // A header, and for each frame a line and a picture of 64x64 with half of the colours' resolution.
  expect(y4m.printed.out).toMatch(/^YUV4MPEG2 W64 H64 F25:1 /);
  const header = y4m.printed.bytes.indexOf('\n') + 1;
  expect(y4m.printed.bytes.length - header).toBe(3 * ('FRAME\n'.length + 64 * 64 * 1.5));
  expect(await readdir(folder)).toEqual(['clip']);
});

it("says in one sentence that there is no driver, without the driver's own lines", {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const flags = FLAGS.map((flag) => (flag === 'cpu' ? 'webgpu' : flag));
  const noDriver = {
    VK_ICD_FILENAMES: join(folder, 'none.json'),
    VK_DRIVER_FILES: join(folder, 'none.json'),
  };
  const out = join(folder, 'out.mp4');
  const argv = ['generate', writeClip(folder, 2), '-o', out, ...flags, '--quiet'];
  const { printed, closed } = start(argv, undefined, noDriver);
  expect((await closed)[0]).toBe(5);
  const lines = printed.err.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^handfirst: webgpu is not available .*Use --device cpu, which always works\.$/);
});
