import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { handfirst } from '../cli/run.js';
import { TINY, temporaryFolder, writeClip } from '../pipeline/write-clip.js';

vi.setConfig({ testTimeout: 300_000 });

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const TINY_FLAGS = ['--fps', '25', '--size', '64x64', '--bundle', TINY, '--device', 'cpu'];

/** Three clips, one of them a ruin, and their manifest. */
function writeBatch(folder: string): string {
  writeClip(folder, 4);
  writeFileSync(join(folder, 'ruin.pose'), 'this is no keypoint file');
  const lines = [
    'file,output,range,seed',
    'clip,first.mp4,,',
    'ruin.pose,ruin.mp4,,',
    'clip,deep/second.mp4,1:3,5',
    'nowhere.pose,nowhere.mp4,,',
  ];
  writeFileSync(join(folder, 'clips.csv'), `${lines.join('\n')}\n`);
  return join(folder, 'clips.csv');
}

function events(out: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function byOutput(failures: { output: string }[]): { output: string }[] {
  return failures.sort((a, b) => (a.output < b.output ? -1 : 1));
}

/** A process that this one has started, by a word of its command. */
function childOf(word: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    const about = (file: string): string => readFileSync(join('/proc', pid, file), 'utf8');
    try {
      return about('status').includes(`PPid:\t${process.pid}\n`) && about('cmdline').includes(word);
    } catch {
      // It has ended.
      return false;
    }
  });
  if (found === undefined) throw new Error(`no process of ${word}`);
  return Number(found);
}

describe('handfirst batch', () => {
  it('draws what can be drawn, lists the rest, and the second time does only what is missing or changed', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'videos');
    const command = ['batch', writeBatch(folder), '--out', out, ...TINY_FLAGS, '--workers', '2', '--json'];
    const first = await handfirst(...command);
    expect(first.code, first.out + first.err).toBe(9);
    const told = events(first.out);
    expect(told.at(-2)).toMatchObject({
      event: 'done',
      total: 4,
      done: 2,
      unchanged: 0,
      failed: 2,
      frames: 6,
    });
    expect(told.at(-1)).toMatchObject({ event: 'error', code: 'HF_BATCH_FAILED', exitCode: 9 });
    const failures = told.filter(({ state }) => state === 'failed');
    expect(failures.map(({ output }) => output).sort()).toEqual(['nowhere.mp4', 'ruin.mp4']);
    expect(failures.find(({ output }) => output === 'ruin.mp4')).toMatchObject({
      failure: { code: 'HF_POSE_DAMAGED', message: expect.stringContaining('ruin.pose') },
    });
    expect(readdirSync(out).sort()).toEqual(['.handfirst', 'batch.json', 'deep', 'first.mp4']);
    expect(JSON.parse(readFileSync(join(out, 'batch.json'), 'utf8'))).toMatchObject({
      failures: expect.arrayContaining([
        expect.objectContaining({ output: 'ruin.mp4', code: 'HF_POSE_DAMAGED' }),
      ]),
    });

    // The bytes are those of `generate`, by the command that the video itself holds.
    const alone = join(folder, 'alone.mp4');
    const single = [join(folder, 'clip'), '--range', '1:3', '--seed', '5', '--threads', '1', ...TINY_FLAGS];
    expect((await handfirst('generate', ...single, '-o', alone)).code).toBe(0);
    expect(sha256(join(out, 'deep', 'second.mp4'))).toBe(sha256(alone));

    const before = statSync(join(out, 'first.mp4')).mtimeMs;
    rmSync(join(out, 'deep', 'second.mp4'));
    const status = JSON.parse((await handfirst(...command, '--status')).out);
    expect(status).toMatchObject({ done: 1, changed: 0, missing: 1, failed: 2, foreign: 0 });
    // The sentences are those of the batch.
    expect(byOutput(status.failures)).toEqual(
      byOutput(failures.map(({ input, output, failure }) => ({ input, output, ...Object(failure) }))),
    );
    const second = events((await handfirst(...command)).out);
    expect(second.at(-2)).toMatchObject({ done: 1, unchanged: 1, failed: 2 });
    expect(statSync(join(out, 'first.mp4')).mtimeMs).toBe(before);

    // Another option changes every clip, another frame those that show it.
    expect(JSON.parse((await handfirst(...command, '--status', '--crf', '30')).out)).toMatchObject({
      changed: 2,
    });
    const [name = ''] = readdirSync(join(folder, 'clip'));
    const frame = readFileSync(join(folder, 'clip', name), 'utf8');
    writeFileSync(join(folder, 'clip', name), frame.replace('1.3', '1.2'));
    expect(JSON.parse((await handfirst(...command, '--status')).out)).toMatchObject({ changed: 2 });

    // What has failed is to be done again when it is another file.
    writeFileSync(join(folder, 'ruin.pose'), 'this is another ruin');
    expect(JSON.parse((await handfirst(...command, '--status')).out)).toMatchObject({
      missing: 1,
      failed: 1,
    });
  });

  it('shows how it stands without writing anything', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'videos');
    const command = ['batch', writeBatch(folder), '--out', out, ...TINY_FLAGS, '--status'];
    const { code, out: said } = await handfirst(...command);
    expect(code).toBe(0);
    expect(said).toMatch(/^ +3 {2}clips not done$/m);
    expect(said).toMatch(/^ +1 {2}clip failed$/m);
    expect(said).toMatch(/^failed: .*nowhere\.pose cannot be read/m);
    expect(existsSync(out)).toBe(false);
  });

  it('lists a line of the manifest that cannot be used, and draws the others', async () => {
    const folder = temporaryFolder();
    writeClip(folder, 2);
    const manifest = join(folder, 'clips.csv');
    writeFileSync(manifest, 'file,output,range\nclip,a.mp4,\nclip,b.mp4,x\nclip,a.mp4,\n');
    const command = ['batch', manifest, '--out', join(folder, 'videos'), ...TINY_FLAGS, '--workers', '1'];
    const { code, err } = await handfirst(...command);
    expect(code).toBe(9);
    expect(err).toContain(`failed: Line 3 of ${manifest}: range is "x": give frames`);
    expect(err).toContain(
      `(line 4 of ${manifest}) would become a.mp4, as ${join(folder, 'clip')} (line 2 of ${manifest}) does`,
    );
    expect(err).toMatch(/2 of 3 clips could not be drawn, and the others are done/);
    expect(existsSync(join(folder, 'videos', 'a.mp4'))).toBe(true);
    const report = JSON.parse(readFileSync(join(folder, 'videos', 'batch.json'), 'utf8'));
    expect(report).toMatchObject({ total: 3, done: 1, failed: 2 });
  });

  it('has words for one clip', async () => {
    const folder = temporaryFolder();
    const clip = writeClip(folder, 1);
    const command = ['batch', clip, '--out', join(folder, 'videos'), ...TINY_FLAGS, '--workers', '1'];
    expect((await handfirst(...command)).out).toMatch(/^1 of 1 clip drawn \(1 frame in /);
    expect((await handfirst(...command, '--status')).out).toMatch(/^ +1 {2}clip done$/m);
  });

  it('leaves what it did not make where it is, unless it is forced', async () => {
    const folder = temporaryFolder();
    const clip = writeClip(folder, 2);
    const out = join(folder, 'videos');
    const command = ['batch', clip, '--out', out, ...TINY_FLAGS, '--workers', '1', '--quiet'];
    expect((await handfirst(...command)).code).toBe(0);
    const made = sha256(join(out, 'clip.mp4'));
    rmSync(join(out, '.handfirst'), { recursive: true });
    writeFileSync(join(out, 'clip.mp4'), 'mine');
    const refused = await handfirst(...command);
    expect(refused.code).toBe(9);
    expect(refused.err).toMatch(/clip\.mp4 exists already.*--force/);
    expect(readFileSync(join(out, 'clip.mp4'), 'utf8')).toBe('mine');
    expect((await handfirst(...command, '--force')).code).toBe(0);
    expect(sha256(join(out, 'clip.mp4'))).toBe(made);
  });

  it('ends at once where no clip could be drawn', async () => {
    const folder = temporaryFolder();
    const manifest = writeBatch(folder);
    const command = ['batch', manifest, '--out', join(folder, 'videos'), ...TINY_FLAGS.slice(0, -2)];
    const { code, out } = await handfirst(...command, '--device', 'cuda', '--workers', '2', '--json');
    expect(code).toBe(5);
    expect(events(out).at(-1)).toMatchObject({ event: 'error', code: 'HF_DEVICE_NONE' });
  });

  it.skipIf(process.platform !== 'linux')(
    'replaces a process that dies, and begins its clip again',
    async () => {
      const folder = temporaryFolder();
      const clip = writeClip(folder, 60);
      const out = join(folder, 'videos');
      const ended = handfirst('batch', clip, '--out', out, ...TINY_FLAGS, '--workers', '1', '--json');
      await expect
        .poll(() => existsSync(join(out, 'clip.mp4.handfirst')), { timeout: 200_000, interval: 10 })
        .toBe(true);
      const pid = childOf('pool-process');
      process.kill(pid, 'SIGKILL');
      const { code, out: said } = await ended;
      expect(code, said).toBe(0);
      expect(events(said).at(-1)).toMatchObject({ event: 'done', done: 1, failed: 0, frames: 60 });
    },
  );

  it('ends its processes with it, and goes on where it was ended', async () => {
    const folder = temporaryFolder();
    const clip = writeClip(folder, 400);
    const out = join(folder, 'videos');
    const ended = handfirst('batch', clip, '--out', out, ...TINY_FLAGS, '--workers', '1', '--json');
    await expect.poll(() => existsSync(join(out, 'clip.mp4.handfirst')), { timeout: 200_000 }).toBe(true);
    process.emit('SIGINT');
    const { code, out: said } = await ended;
    expect(code).toBe(130);
    expect(events(said).at(-1)).toMatchObject({
      code: 'HF_CANCELLED',
      message: 'Cancelled with 0 of 1 clip done; the same command goes on from there.',
    });
    expect(existsSync(join(out, 'clip.mp4'))).toBe(false);
  });
});
