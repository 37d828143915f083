import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type OpenPoseOptions, openPoseClip, type PoseFrame, poseFormats } from '../../src/pose/index.js';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));
const readme = readFileSync(join(samples, 'README.md'), 'utf8');

/** Rows of the second table: layout, file, flags. */
const rows = [...readme.matchAll(/^\| `([\w-]+)` \| `([\w.-]+)` \|[^|]*\|(?: `([^`]+)`)? \|$/gm)].map(
  ([, format = '', file = '', flags = '']) => ({ format, file, flags }),
);

function openOptions(flags: string): OpenPoseOptions {
  const fps = /--fps ([\d.]+)/.exec(flags)?.[1];
  const [, width, height] = /--size (\d+)x(\d+)/.exec(flags) ?? [];
  return {
    ...(fps ? { fps: Number(fps) } : {}),
    ...(width && height ? { size: { width: Number(width), height: Number(height) } } : {}),
  };
}

async function read(file: string, flags = '') {
  const clip = await openPoseClip(join(samples, file), openOptions(flags));
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return { info: clip.info, frames };
}

/** Where the letter H begins in hello.pose. */
const FIRST = 8;
/** Points of shoulders, elbows, wrists and both hands, which every layout has. */
const COMMON = [5, 6, 7, 8, 9, 10, ...Array.from({ length: 42 }, (_, index) => 91 + index)];
/** The paper's 85 points end the body at the elbows. */
const WITHOUT_WRISTS = COMMON.filter((index) => index !== 9 && index !== 10);

describe('the samples', () => {
  it('show every layout that is read, each file in a table, 3 MB in all', () => {
    expect(new Set([...rows.map(({ format }) => format), 'pose'])).toEqual(
      new Set(poseFormats.map(({ format }) => format)),
    );
    const there = readdirSync(samples, { withFileTypes: true }).map(({ name }) => name);
    const stated = [...readme.matchAll(/^\|(?: `[\w-]+` \|)? `([\w.-]+)` \|/gm)].map(([, name]) => name);
    const kept = there.filter((name) => /^(h[.-]|[\w-]+\.pose$)/.test(name));
    expect(kept.filter((name) => !stated.includes(name))).toEqual([]);
    const bytes = readdirSync(samples, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('benchmark'))
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(bytes).toBeLessThan(3e6);
  });

  it.each(rows)('$file is the H of hello.pose as $format', async ({ format, file, flags }) => {
    const whole = (await read('hello.pose')).frames;
    const { info, frames } = await read(file, flags);
    expect(info.format).toContain(format === 'landmarks-npy' || format === 'landmarks-npz' ? '' : format);
    expect(info).toMatchObject({ width: 512, height: 512 });
    const step = 25 / info.fps;
    expect(frames.length).toBe(16 / step);
    let compared = 0;
    for (const [index, { keypoints }] of frames.entries()) {
      const truth = whole[FIRST + index * step]?.keypoints ?? new Float32Array();
      for (const point of file === 'h-85.npy' || file === 'h-255.npy' ? WITHOUT_WRISTS : COMMON) {
        const known = (truth[point * 3 + 2] ?? 0) > 0;
        expect((keypoints[point * 3 + 2] ?? 0) > 0, `frame ${index}, point ${point}`).toBe(known);
        if (!known) continue;
        const across = (keypoints[point * 3] ?? 0) - (truth[point * 3] ?? 0);
        const down = (keypoints[point * 3 + 1] ?? 0) - (truth[point * 3 + 1] ?? 0);
        expect(Math.hypot(across, down), `frame ${index}, point ${point}`).toBeLessThan(0.05);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(frames.length * 25);
  });

  it('have a phrase of two hands that touch', async () => {
    const { info, frames } = await read('phrase.pose');
    expect(info).toMatchObject({ fps: 25, width: 512, height: 512, frameCount: 50 });
    const both = frames.filter(({ keypoints }) => [91, 112].every((at) => (keypoints[at * 3 + 2] ?? 0) > 0));
    expect(both.length).toBeGreaterThan(20);
    const apart = both.map(({ keypoints }) => Math.min(...handDistances(keypoints)));
    expect(apart.filter((pixels) => pixels < 6).length).toBeGreaterThan(4);
  });
});

/** Distances in pixels between all points of both hands. */
function handDistances(keypoints: Float32Array): number[] {
  const hand = (start: number) =>
    Array.from({ length: 21 }, (_, point) => [
      keypoints[(start + point) * 3] ?? 0,
      keypoints[(start + point) * 3 + 1] ?? 0,
    ]);
  return hand(91).flatMap(([x = 0, y = 0]) =>
    hand(112).map(([otherX = 0, otherY = 0]) => Math.hypot(x - otherX, y - otherY)),
  );
}
