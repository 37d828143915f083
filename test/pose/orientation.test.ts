import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPoseClip, openPoseWriter, type PoseFrame } from '../../src/pose/index.js';
import { sampleFrames } from './real-frames.js';

const scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const frames = (await sampleFrames('hello.pose')).slice(0, 30);

/** The sample as a phone writes it that was turned: a place of its 512x640 picture in the picture of the file. */
async function written(
  name: string,
  size: { width: number; height: number },
  change: (x: number, y: number) => [number, number],
) {
  const path = join(scratch, `${name}.jsonl`);
  const writer = await openPoseWriter(path, { info: { fps: 25, ...size }, depth: false, force: true });
  for (const frame of frames) {
    const keypoints = frame.keypoints.slice();
    for (let at = 0; at < keypoints.length; at += 3)
      if ((keypoints[at + 2] ?? 0) > 0) keypoints.set(change(keypoints[at] ?? 0, keypoints[at + 1] ?? 0), at);
    await writer.write({ ...frame, keypoints, depth: undefined });
  }
  await writer.finish();
  return path;
}

async function firstOf(path: string, options: Parameters<typeof openPoseClip>[1] = {}) {
  const clip = await openPoseClip(path, options);
  let first: PoseFrame | undefined;
  for await (const frame of clip.frames()) {
    first = frame;
    break;
  }
  await clip.close();
  return { info: clip.info, first };
}

describe('a picture that lies on its side', () => {
  it.each([
    ['beside', 90, { width: 640, height: 512 }, (x: number, y: number): [number, number] => [y, 512 - x]],
    [
      'below',
      180,
      { width: 512, height: 640 },
      (x: number, y: number): [number, number] => [512 - x, 640 - y],
    ],
    ['beside', 270, { width: 640, height: 512 }, (x: number, y: number): [number, number] => [640 - y, x]],
  ])('is noticed, said and turned: heads %s the shoulders, by %i', async (where, turn, size, change) => {
    const path = await written(`turned-${turn}`, size, change);
    const { info, first } = await firstOf(path);
    expect([info.width, info.height]).toEqual([512, 640]);
    expect(info.remarks).toEqual([
      expect.stringMatching(
        new RegExp(`^Heads lie ${where} the shoulders: .* by ${turn} degrees; \`rotate: 0\``),
      ),
    ]);
    for (const index of [0, 5, 6, 91, 100]) {
      expect(first?.keypoints[index * 3]).toBeCloseTo(frames[0]?.keypoints[index * 3] ?? 0, 1);
      expect(first?.keypoints[index * 3 + 1]).toBeCloseTo(frames[0]?.keypoints[index * 3 + 1] ?? 0, 1);
    }
  });

  it('is left on request, and turned on request', async () => {
    const path = await written('lying', { width: 640, height: 512 }, (x, y) => [y, 512 - x]);
    const left = await firstOf(path, { rotate: 0 });
    expect([left.info.width, left.info.remarks]).toEqual([640, []]);
    const over = await firstOf(path, { rotate: 270 });
    // 270 in place of 90: the signer stands on the head.
    expect(over.first?.keypoints[1]).toBeCloseTo(640 - (frames[0]?.keypoints[1] ?? 0), 1);
  });

  it('is none for an upright signer', async () => {
    const { info } = await firstOf(await written('upright', { width: 512, height: 640 }, (x, y) => [x, y]));
    expect(info.remarks).toEqual([]);
  });
});
