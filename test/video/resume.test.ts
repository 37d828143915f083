import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OutputError } from '../../src/errors.js';
import {
  framesDone,
  openVideoWriter,
  type VideoWriter,
  type VideoWriterOptions,
} from '../../src/video/index.js';
import * as output from '../../src/video/output.js';
import * as readBack from '../../src/video/read-back.js';
import { CLIP, drawClip } from './clip.js';
import { EMBEDDED, sha256, temporaryFolder } from './helpers.js';
import { METADATA } from './pictures.js';

const CHILD = fileURLToPath(new URL('write-clip.ts', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
  vi.stubEnv('FFMPEG_PATH', EMBEDDED);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function open(path: string, more: Partial<VideoWriterOptions> = {}): Promise<VideoWriter> {
  return await openVideoWriter({ ...CLIP, path, onFailure: 'keep', ...more });
}

async function writeTo(writer: VideoWriter, end: number): Promise<void> {
  while (writer.nextFrame < end) await writer.write(drawClip(writer.nextFrame));
}

/** SHA-256 of the clip written without a break; each format is written once. */
async function undisturbed(name: string): Promise<string> {
  const known = whole.get(name);
  if (known) return known;
  const path = join(folder, 'undisturbed', name);
  mkdirSync(join(folder, 'undisturbed'));
  const writer = await open(path);
  await writeTo(writer, CLIP.frames);
  await writer.finish();
  const digest = sha256(path);
  whole.set(name, digest);
  rmSync(join(folder, 'undisturbed'), { recursive: true });
  return digest;
}
const whole = new Map<string, string>();

/** Writes `frames` frames and leaves as a killed process would, with what is finished. */
async function interrupted(path: string, frames: number): Promise<void> {
  const writer = await open(path);
  await writeTo(writer, frames);
  await writer.abort({ keep: true });
}

/** Runs the child; kills it `delay` ms after its line number `kill`. Resolves to its lines, and whether it ended by itself. */
async function runChild(
  path: string,
  kill: number,
  delay: number,
): Promise<{ lines: string[]; done: boolean }> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    if (lines.length === kill) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { lines, done: code === 0 };
}

describe('a process killed at random moments and started again', { timeout: 180_000 }, () => {
  // Lines after which to kill, and how long after: drawn once; the longest fall into the joining.
  test.each([
    {
      name: 'clip.mp4',
      kills: [
        [12, 9],
        [3, 2],
        [19, 4],
        [4, 21],
      ],
    },
    { name: 'clip.gif', kills: [[37, 12]] },
    {
      name: 'frames/',
      kills: [
        [14, 6],
        [15, 1],
      ],
    },
  ])('gives the same $name', async ({ name, kills }) => {
    const wanted = await undisturbed(name);
    const path = join(folder, name);
    let [killed, done] = [0, false];
    // What each run had written, and where the next one went on.
    const written: number[] = [];
    const resumed: number[] = [];
    for (const [line = 0, delay = 0] of [...kills, [Number.POSITIVE_INFINITY, 0]]) {
      if (done) break;
      const run = await runChild(path, line, delay);
      resumed.push(Number(run.lines[0]?.split(' ')[1]));
      const last = run.lines.findLast((line) => /^(resumed|frame) /.test(line)) ?? '';
      written.push(Number(last.split(' ')[1]) + (last.startsWith('frame') ? 1 : 0));
      done = run.done;
      if (!done) {
        killed += 1;
        expect(existsSync(path)).toBe(false);
      }
    }
    expect(done).toBe(true);
    expect(killed).toBeGreaterThan(0);
    for (const [run, frame] of resumed.slice(1).entries())
      expect(frame).toBeGreaterThanOrEqual(written[run] ?? 0);
    expect(sha256(path)).toBe(wanted);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('an unfinished run', () => {
  test('goes on at the first frame that was not written', async () => {
    const path = join(folder, 'clip.mp4');
    await interrupted(path, 20);
    expect(await framesDone(path)).toBe(20);
    const writer = await open(path);
    expect([writer.resumedFrames, writer.nextFrame]).toEqual([20, 20]);
    await writeTo(writer, CLIP.frames);
    await writer.finish();
    expect(sha256(path)).toBe(await undisturbed('clip.mp4'));
    expect(await framesDone(path)).toBe(0);
  });

  test.each([
    [
      'a segment that is altered',
      (work: string) => appendFileSync(join(work, 'segments/000001.mp4'), 'x'),
      8,
    ],
    ['a segment that is cut off', (work: string) => truncateSync(join(work, 'segments/000000.mp4'), 100), 0],
    [
      'a last line that is torn',
      (work: string) => {
        const journal = join(work, 'journal.jsonl');
        truncateSync(journal, readFileSync(journal).length - 10);
      },
      16,
    ],
    [
      'leftovers of a killed attempt',
      (work: string) => mkdirSync(join(work, 'attempt-AbC123/inside'), { recursive: true }),
      25,
    ],
    [
      'a kept frame that is torn',
      (work: string) => {
        const frames = join(work, 'open.frames');
        truncateSync(frames, readFileSync(frames).length - 10);
      },
      24,
    ],
    ['no journal', (work: string) => writeFileSync(join(work, 'journal.jsonl'), ''), 0],
  ])('with %s goes on at the last frame that can be trusted', async (_what, damage, frame) => {
    const path = join(folder, 'clip.mp4');
    await interrupted(path, 25);
    damage(`${path}.handfirst`);
    const writer = await open(path);
    expect(writer.nextFrame).toBe(frame);
    await writeTo(writer, CLIP.frames);
    await writer.finish();
    expect(sha256(path)).toBe(await undisturbed('clip.mp4'));
  });

  test('whose last segment was whole but not encoded, or was the last of all, goes on there', async () => {
    for (const frames of [8, CLIP.frames]) {
      const path = join(folder, `${frames}.mp4`);
      const first = await open(path);
      // The encoder's end fails: the segment is not in the journal, its frames are kept.
      const failing = vi.spyOn(readBack, 'checkSegment').mockRejectedValue(new Error('power cut'));
      if (frames < CLIP.frames) await expect(writeTo(first, frames)).rejects.toThrow('power cut');
      failing.mockRestore();
      if (frames === CLIP.frames) {
        await writeTo(first, frames);
        await first.abort({ keep: true });
      }
      const second = await open(path);
      expect(second.nextFrame).toBe(frames);
      await writeTo(second, CLIP.frames);
      await second.finish();
      expect(sha256(path)).toBe(await undisturbed('clip.mp4'));
    }
  });

  test('of another seed is not thrown away unasked', async () => {
    const path = join(folder, 'clip.mp4');
    await interrupted(path, 9);
    const other = { metadata: { ...METADATA, seed: 8, command: ['handfirst', 'generate', '--seed', '8'] } };
    await expect(open(path, other)).rejects.toThrow(
      /begun with another seed and would be lost: add `force: true`/,
    );
    await expect(open(path, other)).rejects.toThrow(OutputError);
    expect(await framesDone(path)).toBe(9);
    const writer = await open(path, { ...other, force: true });
    expect(writer.nextFrame).toBe(0);
    await writer.abort();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is known again whatever the order of the fields, and by each that decides the bytes', async () => {
    const path = join(folder, 'clip.mp4');
    await interrupted(path, 9);
    const { options, ...rest } = METADATA;
    const turned = { ...rest, options: Object.fromEntries(Object.entries(options ?? {}).reverse()) };
    await (await open(path, { metadata: turned })).abort({ keep: true });
    await expect(open(path, { fps: 24 })).rejects.toThrow(/another encoding/);
    await expect(
      open(path, { metadata: { ...METADATA, options: { ...options, steps: 2 } } }),
    ).rejects.toThrow(/another steps and/);
    expect((await open(path, { resume: 'never' })).nextFrame).toBe(0);
  });

  // `publish` fails before or after it has given the output its name: the moments just before and after the last one.
  test.each(['before', 'after'])(
    'that stopped just %s the output got its name needs only the end',
    async (moment) => {
      const wanted = await undisturbed('clip.mp4');
      const path = join(folder, 'clip.mp4');
      const { publish } = output;
      vi.spyOn(output, 'publish').mockImplementationOnce(async (...args) => {
        if (moment === 'after') await publish(...args);
        throw new Error('power cut');
      });
      const first = await open(path, { onFailure: 'keep' });
      await writeTo(first, CLIP.frames);
      await expect(first.finish()).rejects.toThrow('power cut');
      const second = await open(path);
      expect(second.nextFrame).toBe(CLIP.frames);
      await second.finish();
      expect(sha256(path)).toBe(wanted);
      expect(readdirSync(folder).sort()).toEqual(['clip.mp4']);
    },
  );
});

describe('two processes do not write one output', () => {
  test('the second is stated who the first is', async () => {
    const path = join(folder, 'clip.mp4');
    const first = await open(path);
    await expect(open(path, { force: true })).rejects.toThrow(
      new RegExp(`Process ${process.pid} .* is writing`),
    );
    await first.abort();
    await (await open(path)).abort();
  });

  test.each([
    ['that is gone', () => ({ pid: spawnSync('true').pid, host: hostname(), token: 'x' })],
    [
      'whose number another process has now',
      () => ({ pid: process.pid, host: hostname(), began: '1', token: 'x' }),
    ],
  ])('a process %s holds nothing', async (_what, owner) => {
    const path = join(folder, 'clip.mp4');
    mkdirSync(`${path}.handfirst`);
    writeFileSync(join(`${path}.handfirst`, 'lock'), JSON.stringify(owner()));
    await (await open(path)).abort();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a process on another machine cannot be seen to be gone', async () => {
    const path = join(folder, 'clip.mp4');
    mkdirSync(`${path}.handfirst`);
    const owner = { pid: 1, host: 'elsewhere.example', token: 'x' };
    writeFileSync(join(`${path}.handfirst`, 'lock'), JSON.stringify(owner));
    await expect(open(path)).rejects.toThrow(/on elsewhere\.example is writing .* remove .*lock/);
  });
});
