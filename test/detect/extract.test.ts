import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractPose } from '../../src/detect/index.js';
import { CancelledError, OutputError, UsageError } from '../../src/errors.js';
import { openPoseClip, type PoseFrame } from '../../src/pose/index.js';
import { findFfmpeg, probeVideo } from '../../src/video/index.js';
import { handfirst } from '../cli/run.js';
import { here, oracle } from './oracle.js';

const { side, right, down, picture, seen } = oracle.clip;
const FRAMES = 4;
const folder = mkdtempSync(join(tmpdir(), 'handfirst-extract-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes raw RGB frames as a video without loss. */
async function writeVideo(path: string, frames: readonly Buffer[], side: number, fps: number): Promise<void> {
  const { path: ffmpeg } = await findFfmpeg();
  const raw = `-f rawvideo -pixel_format rgb24 -video_size ${side}x${side} -framerate ${fps} -i -`.split(' ');
  execFileSync(ffmpeg, ['-v', 'error', ...raw, '-c:v', 'ffv1', '-pix_fmt', 'bgr0', path], {
    input: Buffer.concat(frames),
  });
}

async function framesOf(path: string): Promise<PoseFrame[]> {
  const clip = await openPoseClip(path);
  expect(clip.info).toMatchObject({ fps: 30, width: side, height: side });
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return frames;
}

describe('pose extract', { timeout: 600_000 }, () => {
  const video = join(folder, 'signer.mkv');
  const empty = join(folder, 'empty.mkv');
  beforeAll(async () => {
    const windows = Array.from({ length: FRAMES }, (_, index) =>
      sharp(here(`pictures/${picture}`))
        .toColourspace('srgb')
        .removeAlpha()
        .extract({ left: index * right, top: index * down, width: side, height: side })
        .raw()
        .toBuffer(),
    );
    await writeVideo(video, await Promise.all(windows), side, 30);
    await writeVideo(empty, [Buffer.alloc(64 * 64 * 3, 99), Buffer.alloc(64 * 64 * 3, 101)], 64, 25);
  }, 600_000);

  it.each(['signer.pose', 'signer.jsonl'])(
    'writes what Python finds in the same frames to %s',
    async (name) => {
      const output = join(folder, name);
      const heard: unknown[] = [];
      const stated = await extractPose(video, output, { progress: (frames) => heard.push(frames) });
      expect(stated).toEqual({ frames: FRAMES, found: FRAMES });
      expect(heard.at(-1)).toEqual({ done: FRAMES, total: FRAMES });
      const frames = await framesOf(output);
      expect(frames.length).toBe(FRAMES);
      for (const [index, { keypoints, depth }] of frames.entries()) {
        const { body, rightHand } = seen[index] ?? {};
        // COCO-WholeBody 5, 6: shoulders, MediaPipe's 11, 12; 112 to 132: right hand.
        const places = [5, 6, ...Array.from({ length: 21 }, (_, point) => 112 + point)];
        const wanted = [body?.[11], body?.[12], ...(rightHand ?? [])];
        const distances = wanted.map((point, at) => {
          const [x = Number.NaN, y = Number.NaN] = point ?? [];
          const place = (places[at] ?? 0) * 3;
          return Math.hypot((keypoints[place] ?? 0) - x, (keypoints[place + 1] ?? 0) - y);
        });
        distances.sort((a, b) => a - b);
        expect(distances[distances.length >> 1], `frame ${index}`).toBeLessThan(1);
        // Nobody sees the hand in the first frame.
        expect(keypoints[112 * 3 + 2]).toBe(index === 0 ? 0 : 1);
        if (!rightHand) continue;
        expect(depth?.[112]).toBe(0);
        const tip = (rightHand[8]?.[2] ?? Number.NaN) - (rightHand[0]?.[2] ?? Number.NaN);
        expect(Math.abs((depth?.[120] ?? Number.NaN) - tip)).toBeLessThan(5);
      }
    },
  );

  it('says what is wrong in one sentence, and leaves nothing behind', async () => {
    const text = join(folder, 'text.mp4');
    writeFileSync(text, 'no video at all');
    const output = join(folder, 'out.pose');
    await expect(extractPose(empty, output)).rejects.toThrow(
      /^No person was found in the 2 frames of .*empty\.mkv: name a video .*\.$/,
    );
    await expect(extractPose(text, output)).rejects.toThrow(
      /^ffmpeg finds no picture in .*text\.mp4: name a video\.$/,
    );
    await expect(extractPose(join(folder, 'none.mp4'), output)).rejects.toBeInstanceOf(UsageError);
    await expect(extractPose(folder, output)).rejects.toBeInstanceOf(UsageError);
    await expect(extractPose(video, join(folder, 'out.txt'))).rejects.toBeInstanceOf(UsageError);
    const there = join(folder, 'there.pose');
    writeFileSync(there, 'kept');
    await expect(extractPose(video, there)).rejects.toBeInstanceOf(OutputError);
    expect(readFileSync(there, 'utf8')).toBe('kept');
    expect(readdirSync(folder).filter((name) => /^out|part$/.test(name))).toEqual([]);
  });

  it('stops when it is cancelled', async () => {
    const cancel = new AbortController();
    const output = join(folder, 'cancelled.pose');
    const progress = () => cancel.abort();
    await expect(extractPose(video, output, { progress, signal: cancel.signal })).rejects.toBeInstanceOf(
      CancelledError,
    );
    expect(readdirSync(folder).filter((name) => /cancelled/.test(name))).toEqual([]);
  });

  it('is a command', async () => {
    const missing = await handfirst(
      'pose',
      'extract',
      join(folder, 'none.mp4'),
      '-o',
      join(folder, 'a.pose'),
    );
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/There is no .*none\.mp4: name a video\./);
  });
});

describe('what a video says', () => {
  it('is its size, rate and length', async () => {
    const path = join(folder, 'grey.mkv');
    await writeVideo(
      path,
      Array.from({ length: 5 }, () => Buffer.alloc(48 * 48 * 3)),
      48,
      12.5,
    );
    expect(await probeVideo(path)).toEqual({ width: 48, height: 48, fps: 12.5, frames: 5 });
  });
});
