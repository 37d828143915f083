import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { cutCaptions, formatCaptions, readCaptions } from '../../src/video/captions.js';
import { evenlySpaced } from '../../src/video/contact-sheet.js';
import { captureFfmpeg, findFfmpeg } from '../../src/video/ffmpeg.js';
import { TINY, temporaryFolder, writeClip } from '../pipeline/write-clip.js';
import { handfirst } from './run.js';

vi.setConfig({ testTimeout: 240_000 });

const MODEL = ['--fps', '25', '--size', '64x64', '--bundle', TINY, '--device', 'cpu', '--threads', '1'];
const SRT =
  '1\r\n00:00:00,080 --> 00:00:00,200\r\nA & B\r\n\r\n2\r\n00:00:00,240 --> 00:01:00,000\r\n<i>two</i>\r\nlines\r\n';

describe('captions', () => {
  it('are read from WebVTT and SubRip, without markup', async () => {
    const folder = temporaryFolder();
    const vtt = join(folder, 'a b.vtt');
    writeFileSync(vtt, '\uFEFFWEBVTT\n\nNOTE no\n\nid\n00:01.000 --> 00:02.500 line:0\nR&amp;D &lt;3\n');
    expect(await readCaptions(vtt)).toEqual([{ start: 1, end: 2.5, text: 'R&D <3' }]);
    const srt = join(folder, 'a.srt');
    writeFileSync(srt, SRT);
    expect(await readCaptions(srt)).toEqual([
      { start: 0.08, end: 0.2, text: 'A & B' },
      { start: 0.24, end: 60, text: 'two\nlines' },
    ]);
  });

  it('are cut, and written as WebVTT', () => {
    const captions = [
      { start: 0, end: 1, text: 'gone' },
      { start: 1.5, end: 3, text: 'a <b> & c' },
      { start: 3599, end: 3700, text: 'x\n\ny' },
    ];
    expect(formatCaptions(cutCaptions(captions, 2, 3600.25))).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na &lt;b&gt; &amp; c\n\n00:59:57.000 --> 00:59:58.250\nx\ny\n',
    );
  });

  it('stand inside and beside the video, of the part that is drawn, with a contact sheet', async () => {
    const folder = temporaryFolder();
    const clip = writeClip(folder, 10);
    writeFileSync(`${clip}.srt`, SRT);
    const { code, out, err } = await handfirst(
      clip,
      '--captions',
      '--contact-sheet',
      '--range',
      '3:9',
      ...MODEL,
    );
    expect(code, err).toBe(0);
    expect(out).toContain(`Captions are at ${clip}.vtt`);
    const cues = '00:00.000 --> 00:00.080\nA & B\n\n00:00.120 --> 00:00.240\ntwo\nlines\n';
    expect(
      readFileSync(`${clip}.vtt`, 'utf8')
        .replace(/00:(?=00:)/g, '')
        .replace('&amp;', '&'),
    ).toBe(`WEBVTT\n\n${cues}`);
    const { path } = await findFfmpeg();
    const track = ['-v', 'error', '-i', `${clip}.mp4`, '-map', '0:s:0', '-f', 'webvtt', '-'];
    expect((await captureFfmpeg(path, track)).stdout).toBe(`WEBVTT\n\n${cues}\n`.replace(/\n\n$/, '\n'));
    // Six frames: four and two, with a line of text below each.
    const { width, height } = await sharp(`${clip}-sheet.png`).metadata();
    expect({ width, height }).toEqual({ width: 4 * 240, height: 2 * 270 });
    expect((await readdir(folder)).sort()).toEqual([
      ...['clip', 'clip-sheet.png', 'clip.mp4', 'clip.srt', 'clip.vtt'],
    ]);
  });

  it.each([
    ['webm', 'webvtt'],
    ['mov', 'mov_text'],
  ])('are read back from %s', async (format, codec) => {
    const folder = temporaryFolder();
    const clip = writeClip(folder, 10);
    writeFileSync(`${clip}.srt`, SRT);
    const video = join(folder, `clip.${format}`);
    const { code, err } = await handfirst(clip, '-o', video, '--captions', ...MODEL);
    expect(code, err).toBe(0);
    const { path } = await findFfmpeg();
    const track = await captureFfmpeg(path, ['-i', video, '-map', '0:s:0', '-f', 'webvtt', '-']);
    expect(track.stderr).toContain(`Subtitle: ${codec}`);
    expect(track.stdout).toBe(
      'WEBVTT\n\n00:00.080 --> 00:00.200\nA & B\n\n00:00.240 --> 00:00.400\ntwo\nlines\n',
    );
    const probe = spawnSync('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_name',
      '-of',
      'csv=p=0',
      video,
    ]);
    if (probe.error === undefined) expect(probe.stdout.toString().split(/\s+/)).toContain(codec);
  });

  it('that cannot be had are said before anything is drawn', async () => {
    const folder = temporaryFolder();
    const clip = writeClip(folder, 2);
    writeFileSync(join(folder, 'x.vtt'), 'no captions');
    const none = await handfirst('--captions', clip, ...MODEL);
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /There are no captions .*clip.vtt or .*clip.srt: name a file with --captions/,
      ),
    });
    const bad = await handfirst(clip, '--captions', join(folder, 'x.vtt'), ...MODEL);
    expect(bad).toMatchObject({ code: 2, err: expect.stringMatching(/x.vtt holds no captions/) });
    writeFileSync(`${clip}-sheet.png`, 'mine');
    const taken = await handfirst(clip, '--contact-sheet', ...MODEL);
    expect(taken).toMatchObject({
      code: 6,
      err: expect.stringMatching(/clip-sheet.png exists already: add --force/),
    });
    const nowhere = await handfirst(clip, '--contact-sheet', '/nowhere/s.png', ...MODEL);
    expect(nowhere).toMatchObject({ code: 6, err: expect.stringMatching(/folder \/nowhere does not exist/) });
    const odd = await handfirst(clip, '--contact-sheet=x.bmp', ...MODEL);
    expect(odd).toMatchObject({
      code: 2,
      err: expect.stringMatching(/x.bmp is no name for a --contact-sheet/),
    });
  });
});

it('captions of a spelled text are written on demand', async () => {
  const out = join(temporaryFolder(), 'ana.pose');
  const { code, out: said } = await handfirst('spell', 'ANA', '-o', out, '--captions');
  expect({ code, said }).toEqual({
    code: 0,
    said: expect.stringContaining(`captions in ${out.replace('.pose', '.vtt')}`),
  });
  expect(readFileSync(out.replace('.pose', '.vtt'), 'utf8')).toMatch(
    /^WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}\nANA\n$/,
  );
});

it('frames of a contact sheet are evenly spaced from the first to the last', () => {
  expect(evenlySpaced(100, 12)).toEqual([0, 9, 18, 27, 36, 45, 54, 63, 72, 81, 90, 99]);
  expect(evenlySpaced(3, 12)).toEqual([0, 1, 2]);
  expect(evenlySpaced(1, 12)).toEqual([0]);
});
