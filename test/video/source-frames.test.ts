import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CancelledError, UsageError } from '../../src/errors.js';
import { readVideoFrames, type SourceFrameOptions } from '../../src/video/index.js';
import { EMBEDDED, temporaryFolder } from './helpers.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Grey level of each frame's middle, and of its upper left corner. */
async function greys(
  path: string,
  options: SourceFrameOptions,
): Promise<{ middle: number[]; corner: number[] }> {
  const seen = { middle: [] as number[], corner: [] as number[] };
  for await (const { width, height, data } of readVideoFrames(path, options)) {
    seen.middle.push(data[(Math.floor(height / 2) * width + Math.floor(width / 2)) * 3] ?? -1);
    seen.corner.push(data[0] ?? -1);
  }
  return seen;
}

const program = EMBEDDED;

describe('frames of a video', () => {
  let path = '';
  beforeEach(() => {
    vi.stubEnv('FFMPEG_PATH', program);
    // 10 frames of 32 x 16 at 10 a second, each of one grey: 20, 40 ... 200. FFV1 keeps them exactly.
    path = join(temporaryFolder(), 'grey.mkv');
    const frames = Array.from({ length: 10 }, (_, index) => Buffer.alloc(32 * 16 * 3, 20 * (index + 1)));
    const raw = [
      '-f',
      'rawvideo',
      '-pixel_format',
      'rgb24',
      '-video_size',
      '32x16',
      '-framerate',
      '10',
      '-i',
      '-',
    ];
    execFileSync(program, ['-v', 'error', ...raw, '-c:v', 'ffv1', '-pix_fmt', 'bgr0', path], {
      input: Buffer.concat(frames),
    });
  });

  test('at its own rate, fitted into a square with black above and below', async () => {
    const { middle, corner } = await greys(path, { width: 16, height: 16, fps: 10 });
    expect(middle).toEqual([20, 40, 60, 80, 100, 120, 140, 160, 180, 200]);
    expect(corner.every((grey) => grey === 0)).toBe(true);
  });

  test('at twice the rate each comes twice; at half the rate every second one', async () => {
    const twice = await greys(path, { width: 32, height: 16, fps: 20 });
    expect(twice.middle.slice(0, 6)).toEqual([20, 20, 40, 40, 60, 60]);
    const half = await greys(path, { width: 32, height: 16, fps: 5 });
    expect(half.middle.length).toBe(5);
    expect(half.middle.slice(1).map((grey, i) => grey - (half.middle[i] ?? 0))).toEqual([40, 40, 40, 40]);
  });

  test('from a frame on, as a continued run needs them', async () => {
    const { middle } = await greys(path, { width: 32, height: 16, fps: 10, firstFrame: 7 });
    expect(middle).toEqual([160, 180, 200]);
  });

  test('stopping early, cancelling, and files that are no videos', async () => {
    for await (const { data } of readVideoFrames(path, { width: 512, height: 512, fps: 240 })) {
      expect(data.length).toBe(512 * 512 * 3);
      break;
    }
    const signal = AbortSignal.abort();
    await expect(greys(path, { width: 16, height: 16, fps: 10, signal })).rejects.toThrow(CancelledError);
    const text = join(temporaryFolder(), 'text.mp4');
    writeFileSync(text, 'no video');
    await expect(greys(text, { width: 16, height: 16, fps: 10 })).rejects.toThrow(UsageError);
    await expect(greys(text, { width: 16, height: 16, fps: 10 })).rejects.toThrow(
      /cannot read the video .*text\.mp4 \(/,
    );
  });
});
