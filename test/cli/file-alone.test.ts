import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { videoBeside } from '../../src/cli/output-name.js';
import { TINY, temporaryFolder, writeClip } from '../pipeline/write-clip.js';
import { handfirst } from './run.js';

// Each run starts workers and encoders, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const MODEL = ['--fps', '25', '--size', '64x64', '--bundle', TINY, '--device', 'cpu', '--threads', '1'];

describe('handfirst FILE', () => {
  it('writes an MP4 beside the file, and another beside that', async () => {
    const folder = temporaryFolder();
    const clip = writeClip(folder, 2);
    const first = await handfirst(clip, ...MODEL);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining(`${clip}.mp4`) });
    writeFileSync(`${clip}.mp4`, 'kept');
    const second = await handfirst(clip, ...MODEL);
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining(`${clip}-2.mp4`) });
    expect(second.err).toContain(
      `${clip}.mp4 exists, so the video goes to ${clip}-2.mp4. --force replaces it.`,
    );
    expect(readFileSync(`${clip}.mp4`, 'utf8')).toBe('kept');
    expect((await handfirst('--force', clip, ...MODEL)).code).toBe(0);
    expect(readFileSync(`${clip}.mp4`).toString('latin1', 4, 8)).toBe('ftyp');
    expect((await readdir(folder)).sort()).toEqual(['clip', 'clip-2.mp4', 'clip.mp4']);
  });

  it('takes a missing file for a file and a misspelled command for a command', async () => {
    expect(await handfirst('/nowhere/hello.pose')).toMatchObject({
      code: 3,
      err: expect.stringMatching(/There is no \/nowhere\/hello.pose: check the name/),
    });
    expect(await handfirst('previw')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/unknown command 'previw'\n\(Did you mean preview\?\)/),
    });
    expect(await handfirst()).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^Usage: handfirst FILE/),
    });
  });
});

describe('the video beside a file', () => {
  it.each([
    ['a/hello.pose', 'a/hello.mp4'],
    ['a/hello.json.gz', 'a/hello.mp4'],
    ['a/frames/', 'a/frames.mp4'],
    ['.hidden', '.hidden.mp4'],
    ['two words.v2.npy', 'two words.v2.mp4'],
    ['-dash.pose', '-dash.mp4'],
    // A video given by mistake is not its own output, so that the reader can say what it is.
    ['a/film.mp4', 'a/film-2.mp4'],
  ])('%s: %s', (input, path) => {
    expect(videoBeside(input)).toEqual({ path });
  });

  it('does not go into the folder `.`', () => {
    expect(videoBeside('.').path).toBe(`${process.cwd()}.mp4`);
  });

  it('counts files, folders and links that lead nowhere, and with force replaces', () => {
    const folder = temporaryFolder();
    const input = join(folder, 'clip.pose');
    writeFileSync(join(folder, 'clip.mp4'), '');
    mkdirSync(join(folder, 'clip-2.mp4'));
    symlinkSync('/nowhere', join(folder, 'clip-3.mp4'));
    expect(existsSync(join(folder, 'clip-3.mp4'))).toBe(false);
    expect(videoBeside(input).path).toBe(join(folder, 'clip-4.mp4'));
    expect(videoBeside(input, { force: true })).toEqual({ path: join(folder, 'clip.mp4') });
  });
});
