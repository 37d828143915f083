import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Picture } from '../../src/picture.js';
import { openVideoWriter, readInfo, type VideoWriterOptions } from '../../src/video/index.js';
import {
  decode,
  EMBEDDED,
  FFPROBE,
  PROGRAMS,
  patchError,
  probe,
  sha256,
  temporaryFolder,
} from './helpers.js';
import { METADATA, PATCH, patches } from './pictures.js';

const WIDTH = 64;
const HEIGHT = 48;
const FRAMES = 24;

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

type Given = Partial<VideoWriterOptions> & { path: string };

async function make(
  given: Given,
  draw: (index: number) => Picture = (i) => patches(i, WIDTH, HEIGHT),
): Promise<string> {
  const encoding = { segmentFrames: 16 };
  const writer = await openVideoWriter({
    width: WIDTH,
    height: HEIGHT,
    fps: 29.97,
    metadata: METADATA,
    encoding,
    ...given,
  });
  for (let index = writer.nextFrame; index < FRAMES; index++) await writer.write(draw(index));
  const finished = await writer.finish();
  expect(finished.frames).toBe(FRAMES);
  return given.path;
}

const transparent = (index: number) => patches(index, WIDTH, HEIGHT, 4);

/** What ffprobe says of an MP4 of ours, down to the time of each frame. */
function checkMp4(path: string, ffprobe: string): void {
  expect(probe(path)).toMatchObject({
    codec_name: 'h264',
    pix_fmt: 'yuv420p',
    ...{ color_range: 'tv', color_space: 'bt709', color_transfer: 'bt709', color_primaries: 'bt709' },
    ...{ r_frame_rate: '30000/1001', avg_frame_rate: '30000/1001', time_base: '1/30000' },
    ...{ nb_read_packets: String(FRAMES), duration_ts: FRAMES * 1001 },
  });
  const args = ['-v', 'error', '-show_entries', 'packet=pts', '-of', 'csv=p=0', path];
  const times = execFileSync(ffprobe, args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  const sorted = times.map((time) => Number.parseInt(time, 10)).sort((a, b) => a - b);
  expect(sorted).toEqual(Array.from({ length: FRAMES }, (_, index) => index * 1001));
}

// A system's ffmpeg has hundreds of libraries to load; on a busy machine that takes seconds a start.
describe.each(PROGRAMS)('with the $name ffmpeg', { timeout: 180_000 }, ({ path: program }) => {
  beforeEach(() => {
    vi.stubEnv('FFMPEG_PATH', program);
  });

  test('MP4: every frame, in its colours, twice the same bytes, ready to stream', async () => {
    const path = await make({ path: join(folder, 'a.mp4') });
    const pixels = decode(program, path, 'rgb24');
    expect(pixels.length).toBe(FRAMES * WIDTH * HEIGHT * 3);
    expect(patchError(pixels, FRAMES, WIDTH, HEIGHT)).toBeLessThan(1);
    expect(await readInfo(path)).toMatchObject(METADATA);
    const bytes = readFileSync(path);
    // The index stands before the pictures.
    const [moov, mdat] = [bytes.indexOf('moov'), bytes.indexOf('mdat')];
    expect(moov).toBeGreaterThan(0);
    expect(mdat).toBeGreaterThan(moov);
    // x264 would note its version and options in the stream.
    expect(bytes.includes('x264 - core')).toBe(false);
    if (FFPROBE) checkMp4(path, FFPROBE);
    expect(sha256(await make({ path: join(folder, 'b.mp4') }))).toBe(sha256(path));
    expect(readdirSync(folder).sort()).toEqual(['a.mp4', 'b.mp4']);
  });

  test('WebM: colours and transparency', async () => {
    const path = await make({ path: join(folder, 'a.webm'), alpha: true }, transparent);
    const pixels = decode(program, path, 'rgba', ['-c:v', 'libvpx-vp9']);
    expect(pixels.length).toBe(FRAMES * WIDTH * HEIGHT * 4);
    const middle = 24 * WIDTH;
    expect(pixels[(middle + PATCH / 2) * 4 + 3]).toBe(0);
    expect(pixels[(middle + 40) * 4 + 3]).toBe(255);
    const rgb = pixels.filter((_, at) => at % 4 !== 3);
    expect(patchError(rgb, FRAMES, WIDTH, HEIGHT)).toBeLessThan(1.5);
    expect(sha256(await make({ path: join(folder, 'b.webm'), alpha: true }, transparent))).toBe(sha256(path));
    expect(await readInfo(path)).toMatchObject(METADATA);
    if (FFPROBE) {
      expect(probe(path)).toMatchObject({
        codec_name: 'vp9',
        avg_frame_rate: '30000/1001',
        color_space: 'bt709',
      });
      expect(probe(path)).toMatchObject({ nb_read_packets: String(FRAMES), tags: { ALPHA_MODE: '1' } });
    }
  });
});

describe('with the embedded ffmpeg alone, since the arguments are the same', () => {
  const program = EMBEDDED;
  beforeEach(() => {
    vi.stubEnv('FFMPEG_PATH', program);
  });

  test('odd sizes become even', async () => {
    const path = await make({ path: join(folder, 'a.mp4'), width: 63, height: 47 }, (i) =>
      patches(i, 63, 47),
    );
    const pixels = decode(program, path, 'rgb24');
    expect(pixels.length).toBe(FRAMES * 64 * 48 * 3);
    expect(patchError(pixels, FRAMES, 64, 48)).toBeLessThan(1);
  });

  test('folders and names that ffmpeg would read as patterns, options or protocols', async () => {
    const strange = join(folder, "100%d it's: a [b] what? #1");
    mkdirSync(strange);
    for (const name of ['-y a:b%03d.mp4', 'q?x "手" é#h.webm', 'g%d.gif', 'p%d/']) {
      const path = join(strange, name);
      await make({ path });
      expect(await readInfo(path)).toMatchObject(METADATA);
    }
    expect(readdirSync(strange).sort()).toEqual(['-y a:b%03d.mp4', 'g%d.gif', 'p%d', 'q?x "手" é#h.webm']);
  });

  test('MOV: ProRes 4444 with colours and transparency', async () => {
    const path = await make({ path: join(folder, 'a.mov'), alpha: true }, transparent);
    const pixels = decode(program, path, 'rgba');
    expect(pixels.length).toBe(FRAMES * WIDTH * HEIGHT * 4);
    expect(pixels[(24 * WIDTH + PATCH / 2) * 4 + 3]).toBe(0);
    expect(pixels[(24 * WIDTH + 40) * 4 + 3]).toBe(255);
    expect(
      patchError(
        pixels.filter((_, at) => at % 4 !== 3),
        FRAMES,
        WIDTH,
        HEIGHT,
      ),
    ).toBeLessThan(1);
    expect(await readInfo(path)).toMatchObject(METADATA);
    if (FFPROBE)
      expect(probe(path)).toMatchObject({ codec_name: 'prores', profile: '4444', color_space: 'bt709' });
  });

  test('GIF: frames, delays, transparency and comment', async () => {
    const path = await make({ path: join(folder, 'a.gif'), alpha: true, fps: 25 }, transparent);
    const { pages, delay, loop } = await sharp(path, { pages: -1 }).metadata();
    expect({ pages, loop }).toEqual({ pages: FRAMES, loop: 0 });
    expect(delay?.slice(0, -1).every((milliseconds) => milliseconds === 40)).toBe(true);
    const { data, info } = await sharp(path, { page: 20 })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([WIDTH, HEIGHT]);
    const wanted = patches(20, WIDTH, HEIGHT, 4).data;
    for (const x of [8, 24, 40, 56]) {
      const at = (24 * WIDTH + x) * 4;
      expect(data[at + 3]).toBe(wanted[at + 3]);
      if (wanted[at + 3]) expect([...data.subarray(at, at + 3)]).toEqual([...wanted.subarray(at, at + 3)]);
    }
    expect(await readInfo(path)).toMatchObject(METADATA);
    expect(sha256(await make({ path: join(folder, 'b.gif'), alpha: true, fps: 25 }, transparent))).toBe(
      sha256(path),
    );
  });

  test('WebP: length, transparency and XMP that other programs find', async () => {
    const path = await make({ path: join(folder, 'a.webp'), alpha: true, fps: 25 }, transparent);
    const { delay, xmp, hasAlpha } = await sharp(path, { pages: -1 }).metadata();
    // Frames that repeat the one before are one frame, shown longer.
    expect(delay?.reduce((sum, milliseconds) => sum + milliseconds, 0)).toBe(FRAMES * 40);
    expect(hasAlpha).toBe(true);
    expect(xmp?.toString('utf8')).toContain('digitalsourcetype/trainedAlgorithmicMedia');
    expect(await readInfo(path)).toMatchObject(METADATA);
    const { data } = await sharp(path, { page: 0 }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(data[(24 * WIDTH + 8) * 4 + 3]).toBe(0);
    expect(data[(24 * WIDTH + 40) * 4 + 3]).toBe(255);
  });

  test('PNG folder: every pixel', async () => {
    const path = await make({ path: join(folder, 'frames/'), alpha: true }, transparent);
    const names = readdirSync(path).sort();
    expect(names).toHaveLength(FRAMES + 1);
    expect(names.slice(0, 2)).toEqual(['frame-000000.png', 'frame-000001.png']);
    expect(names.at(-1)).toBe('handfirst.json');
    const { data } = await sharp(join(path, 'frame-000021.png')).raw().toBuffer({ resolveWithObject: true });
    expect(Buffer.compare(data, transparent(21).data)).toBe(0);
    expect(await readInfo(path)).toMatchObject(METADATA);
  });

  test('sound lies under MP4, WebM and MOV and ends with the video', async () => {
    const sound = join(folder, 'sound.wav');
    execFileSync(program, ['-v', 'error', '-f', 's16le', '-ar', '16000', '-ac', '1', '-i', '-', sound], {
      input: Buffer.alloc(16000 * 2 * 5),
    });
    for (const [extension, codec] of [
      ['mp4', 'aac'],
      ['webm', 'opus'],
      ['mov', 'pcm_s16le'],
    ]) {
      const path = await make({ path: join(folder, `a.${extension}`), audio: sound });
      if (!FFPROBE) continue;
      const args = [
        '-v',
        'error',
        '-show_entries',
        'stream=codec_name:format=duration',
        '-of',
        'default=nw=1:nk=1',
        path,
      ];
      const [, audio, duration] = execFileSync(FFPROBE, args, { encoding: 'utf8' }).split('\n');
      expect(audio).toBe(codec);
      expect(Math.abs(Number(duration) - (FRAMES * 1001) / 30000)).toBeLessThan(0.07);
    }
    const again = await make({ path: join(folder, 'b.mp4'), audio: sound });
    expect(sha256(again)).toBe(sha256(join(folder, 'a.mp4')));
  });
});
