import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { handShape, readHand, signingHand } from '../../src/evaluate/judge/metrics/index.js';
import { BENCHMARK_FILE, benchmarkSchema } from '../../src/evaluate/source/benchmark.js';
import { openPoseClip, PARTS, type PoseFrame } from '../../src/pose/index.js';

const folder = fileURLToPath(new URL('../../samples/benchmark/', import.meta.url));
const benchmark = benchmarkSchema.parse(JSON.parse(readFileSync(join(folder, BENCHMARK_FILE), 'utf8')));

async function framesOf(pose: string): Promise<PoseFrame[]> {
  const clip = await openPoseClip(join(folder, pose));
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return frames;
}

async function pixels(file: string): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(join(folder, file))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

const pictured = benchmark.items.flatMap((item) => {
  if (!item.reference || !('pictures' in item.reference)) return [];
  return [{ ...item, pictures: item.reference.pictures }];
});

describe('the shipped benchmark', () => {
  it('has 66 items of 120 frames, each with its picture and masks, and weighs less than 6 MB', () => {
    expect(pictured).toHaveLength(66);
    const named = pictured.flatMap(({ pictures, masks }) => [
      ...pictures,
      ...(masks?.person ?? []),
      ...(masks?.leftHand ?? []),
      ...(masks?.rightHand ?? []),
    ]);
    expect(named).toHaveLength(120 * 4);
    const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(there).toHaveLength(named.length + 66 + 2);
    const bytes = there.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(bytes).toBeLessThan(6e6);
  });

  it('holds keypoints that lie on the hands of its pictures', async () => {
    let [inside, seen] = [0, 0];
    for (const { pose, pictures, masks } of pictured.filter(({ letter }) => letter !== undefined)) {
      const [frame] = await framesOf(pose);
      const picture = await pixels(pictures[0] ?? '');
      const mask = await pixels(masks?.rightHand?.[0] ?? '');
      expect([picture.width, picture.height, mask.width, mask.height]).toEqual([512, 512, 512, 512]);
      const { start, length } = PARTS.rightHand;
      for (let point = start; point < start + length; point += 1) {
        const [x = 0, y = 0] = frame?.keypoints.subarray(point * 3, point * 3 + 2) ?? [];
        seen += 1;
        if (mask.data[Math.floor(y) * 512 + Math.floor(x)] === 255) inside += 1;
      }
    }
    expect(inside / seen).toBeGreaterThan(0.95);
  });

  it('spells letters that the hand shapes of other signers read', async () => {
    const known = [];
    const library = await framesOf('letters.jsonl');
    for (const { letter, frame } of benchmark.letters) {
      const at = library[frame];
      const side = at && signingHand(at);
      const shape = side && handShape(at, side);
      if (shape) known.push({ name: letter, shape });
    }
    expect(known).toHaveLength(48);
    const misread: string[] = [];
    for (const { letter = '', pose } of benchmark.items.filter(({ letter }) => letter)) {
      const [frame] = await framesOf(pose);
      const side = frame && signingHand(frame);
      const read = side && readHand(handShape(frame, side), known);
      if (read !== letter) misread.push(`${letter} as ${read}`);
    }
    expect(misread).toEqual([]);
  });
});
