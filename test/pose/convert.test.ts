import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertPose, openPoseClip, type PoseFrame, poseInfo } from '../../src/pose/index.js';
import { bodyOf, header, small } from './pose-bytes.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const real = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const there = existsSync(real);
if (!there) console.log('The real keypoint files are not here: their tests are skipped.');

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function read(path: string): Promise<PoseFrame[]> {
  const clip = await openPoseClip(path);
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return frames;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe('convertPose', () => {
  it.each(['holistic', 'openpose137', 'openpose135', 'coco133', 'alphapose136'])(
    'copies %s, written by pose-format, byte for byte',
    async (name) => {
      const output = join(scratch, `${name}.pose`);
      expect(await convertPose(join(fixtures, `${name}.pose`), output)).toEqual({ frames: 3, whole: true });
      expect(readFileSync(output)).toEqual(readFileSync(join(fixtures, `${name}.pose`)));
    },
  );

  it('writes the 133 points byte for byte as pose-format does', async () => {
    // coco133.pose has exactly the components that are written; through JSON lines they pass our own frames.
    const lines = join(scratch, 'coco.jsonl');
    const output = join(scratch, 'coco-again.pose');
    expect(await convertPose(join(fixtures, 'coco133.pose'), lines)).toEqual({ frames: 3, whole: false });
    await convertPose(lines, output);
    expect(sha256(output)).toBe(sha256(join(fixtures, 'coco133.pose')));
  });

  it('keeps depth, and fractional fps', async () => {
    const lines = join(scratch, 'depth.jsonl');
    const output = join(scratch, 'depth.pose');
    await convertPose(join(fixtures, 'holistic.pose'), lines);
    await convertPose(lines, output);
    const [before, between, after] = await Promise.all([
      read(join(fixtures, 'holistic.pose')),
      read(lines),
      read(output),
    ]);
    expect(between).toEqual(before);
    for (const [index, frame] of after.entries()) {
      expect(frame.keypoints).toEqual(before[index]?.keypoints);
      // NaN is written as 0.
      frame.depth?.forEach((value, point) => {
        if (frame.keypoints[point * 3 + 2]) expect(value).toBe((before[index]?.depth?.[point] ?? 0) || 0);
      });
    }
  });

  it('refuses to replace a file, and leaves nothing behind when the source fails', async () => {
    const folder = mkdtempSync(join(scratch, 'failing-'));
    const output = join(folder, 'out.pose');
    const good = Buffer.concat([header(0), Buffer.from([25, 0, 1, 0, 1, 0])]);
    const broken = join(scratch, 'broken.pose');
    writeFileSync(broken, good);
    await expect(convertPose(broken, output)).rejects.toThrow(/cut off at byte/);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(broken, Buffer.concat([header(0.2), bodyOf(0.2, 25, [])]));
    await expect(convertPose(broken, output)).rejects.toThrow(/holds no frames/);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(output, 'mine');
    await expect(convertPose(join(fixtures, 'coco133.pose'), output)).rejects.toThrow(
      /exists; .*`force: true`/,
    );
    expect(readFileSync(output, 'utf8')).toBe('mine');
    await convertPose(join(fixtures, 'coco133.pose'), output, { force: true });
    expect((await read(output)).length).toBe(3);
    await expect(convertPose(output, join(folder, 'out.xyz'))).rejects.toThrow(
      /no layout that can be written/,
    );
  });

  it('repairs and frames on the way', async () => {
    const source = join(scratch, 'small.pose');
    writeFileSync(
      source,
      Buffer.concat([header(0.2), bodyOf(0.2, 25, [[small(10, 20)], [small(1, 1, 0)], [small(14, 24)]])]),
    );
    const output = join(scratch, 'small.jsonl');
    await convertPose(source, output, {
      repair: { maxGap: 2, wrist: 'none' },
      framing: 'source',
      size: { width: 200, height: 160 },
    });
    const frames = await read(output);
    expect([...(frames[1]?.keypoints.subarray(112 * 3, 112 * 3 + 2) ?? [])]).toEqual([24, 44]);
  });
});

describe('poseInfo', () => {
  it('tells what is there and what is wrong', async () => {
    const clip = await openPoseClip(join(fixtures, 'coco133.pose'));
    const report = await poseInfo(clip);
    expect(report).toMatchObject({
      format: 'pose-v0.2',
      frameCount: 3,
      width: 640,
      height: 480,
      people: 1,
      depth: false,
    });
    expect(report.parts.body.present).toBe(1);
    expect(report.duration).toBeCloseTo(3 / 29.89, 4);
    await clip.close();
    const source = join(scratch, 'gaps.pose');
    const body = [
      [60, 30, 0, 1],
      [40, 30, 0, 1],
      [0, 0, 0, 0],
    ];
    writeFileSync(source, Buffer.concat([header(0.2), bodyOf(0.2, 5, [[body], [body]])]));
    const poor = await openPoseClip(source);
    const { problems, parts } = await poseInfo(poor);
    expect(parts.rightHand.present).toBe(0);
    expect(problems.join(' ')).toMatch(/No hand is there.*5 frames a second is unusual/);
    await poor.close();
  });

  it('tells how many people are seen, and what a reduced array has of the body', async () => {
    const source = join(scratch, 'two.pose');
    const [a, b] = [small(10, 20), small(70, 20)];
    const absent = a.map(() => [0, 0, 0, 0]);
    writeFileSync(
      source,
      Buffer.concat([
        header(0.2),
        bodyOf(0.2, 25, [
          [a, absent],
          [a, b],
          [a, b],
        ]),
      ]),
    );
    const crowd = await openPoseClip(source, { several: 'first' });
    const { people, problems: stated } = await poseInfo(crowd);
    expect(people).toBe(2);
    expect(stated[0]).toMatch(/Up to 2 people are seen, several of them in 2 frames; `person` chooses/);
    await crowd.close();
    const options = { fps: 25, size: { width: 640, height: 480 } };
    const reduced = await openPoseClip(join(fixtures, 'landmarks/t-85-4.npy'), options);
    const { parts, problems } = await poseInfo(reduced);
    // One of its four frames shows a hand alone.
    expect(parts.body.present).toBe(0.75);
    expect(parts.body.points).toBeLessThan(17);
    expect(problems.join(' ')).not.toMatch(/body is not known/);
    await reduced.close();
  });
});

/** SHA-256 of what pose-format 0.15 writes after it read the same files. */
const REAL: [string, string, number][] = [
  ['openpose-v00-137', '5aa74e1f8d19db3cf999b987f52b29123d0f4e558508332b87125ba10f5a1a56', 93],
  ['holistic-v01-reduced-178', '95724bec9c8efd4db0baa3509de16871d8a691b63f602b8467766f58256d12ca', 170],
  ['holistic-v02-576', '30e6e6cd2cab385bf88abf3c1194d54ec0f212d920dfd8c4075878561634e4c1', 97],
];

describe.skipIf(!there)('real files', () => {
  it.each(REAL)('%s becomes version 0.2 as pose-format writes it', async (name, sum, frames) => {
    const output = join(scratch, `${name}.pose`);
    expect(await convertPose(join(real, 'poses', `${name}.pose`), output)).toEqual({ frames, whole: true });
    expect(sha256(output)).toBe(sum);
  });

  it.each(REAL)('%s goes through JSON lines and back without loss', async (name) => {
    const source = join(real, 'poses', `${name}.pose`);
    const lines = join(scratch, `${name}.jsonl`);
    const output = join(scratch, `${name}-again.pose`);
    await convertPose(source, lines);
    await convertPose(lines, output);
    const [before, between, after] = [await read(source), await read(lines), await read(output)];
    expect(between).toEqual(before);
    expect(after.map(({ keypoints }) => keypoints)).toEqual(before.map(({ keypoints }) => keypoints));
  });
});
