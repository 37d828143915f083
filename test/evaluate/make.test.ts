import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeBenchmark } from '../../src/evaluate/make/make-benchmark.js';
import { sampleClasses, sampleClips, sampleFrames } from '../../src/evaluate/make/sample.js';
import { benchmarkSchema } from '../../src/evaluate/source/benchmark.js';
import { readBenchmark } from '../../src/evaluate/source/read-benchmark.js';
import { openPoseClip } from '../../src/pose/index.js';
import { handfirst } from '../cli/run.js';
import { temporaryFolder, writeClip } from '../pipeline/write-clip.js';

async function writePicture(path: string, level: number): Promise<void> {
  const create = {
    width: 64,
    height: 64,
    channels: 3 as const,
    background: { r: level, g: level, b: level },
  };
  await sharp({ create }).png().toFile(path);
}

/** A folder of ten frames with keypoints of the same name, and a single picture with its own and a caption. */
async function writeSet(): Promise<string> {
  const folder = temporaryFolder();
  const poses = join(folder, 'poses');
  const shown = join(folder, 'shown');
  mkdirSync(poses);
  mkdirSync(join(shown, 'clip'), { recursive: true });
  writeClip(poses, 10);
  for (let at = 0; at < 10; at += 1) await writePicture(join(shown, 'clip', `${at}.png`), 10 * at);
  await writePicture(join(shown, 'alone.png'), 200);
  writeFileSync(join(shown, 'alone.txt'), 'a tall\nperson\n');
  const aside = writeClip(temporaryFolder(), 1);
  const name = 'clip_000000000000_keypoints.json';
  writeFileSync(join(poses, 'alone.json'), readFileSync(join(aside, name)));
  return folder;
}

describe('a choice by seed', () => {
  const sources = [[...Array(30).keys()], [], [4, 5, 6], [...Array(30).keys()]].map((frames) => ({ frames }));

  it('is even, ascending, without repetition, and the same for one seed', () => {
    const options = { seed: 7, videos: 50, count: 13 };
    const chosen = sampleFrames(sources, options);
    expect(chosen.map(({ source, frames }) => [source, frames.length])).toEqual([
      [0, 5],
      [2, 3],
      [3, 5],
    ]);
    for (const { frames } of chosen) {
      expect([...new Set(frames)].sort((a, b) => a - b)).toEqual(frames);
    }
    expect(sampleFrames(sources, options)).toEqual(chosen);
    expect(sampleFrames(sources, { ...options, seed: 8 })).not.toEqual(chosen);
    expect(sampleFrames(sources, { ...options, videos: 2 })).toHaveLength(2);
  });

  it('takes all where there is less', () => {
    const chosen = sampleFrames(sources, { seed: 0, videos: 50, count: 2000 });
    expect(chosen.map(({ frames }) => frames.length)).toEqual([30, 3, 30]);
  });

  it('takes as many of each class as there are', () => {
    const many = [...Array(20).keys()].map((at) => ({ className: at < 15 ? 'fist' : 'palm', frames: [0] }));
    const classes = (count: number): string[] =>
      sampleClasses([...many, { className: 'none', frames: [] }], { seed: 3, count }).map(
        ({ source }) => many[source]?.className ?? 'none',
      );
    expect(classes(8).filter((name) => name === 'palm')).toHaveLength(4);
    expect(classes(18).filter((name) => name === 'palm')).toHaveLength(5);
  });

  it('takes clips of consecutive frames, each of another source', () => {
    const chosen = sampleClips([{ frames: [0, 1, 2, 4, 5, 6, 7] }, { frames: [1, 3, 5] }], {
      seed: 1,
      count: 3,
      length: 4,
    });
    expect(chosen).toEqual([{ source: 0, frames: [4, 5, 6, 7] }]);
  });
});

/** Takes a hand from a keypoint file of OpenPose. */
function withoutHand(path: string): void {
  const value = JSON.parse(readFileSync(path, 'utf8'));
  for (const person of value.people) person.hand_left_keypoints_2d = [];
  writeFileSync(path, JSON.stringify(value));
}

describe('evaluate make', () => {
  it('chooses frames that ask for both hands alone', async () => {
    const folder = await writeSet();
    const poses = join(folder, 'poses');
    const files = readdirSync(join(poses, 'clip'));
    for (const name of files.slice(0, 7)) withoutHand(join(poses, 'clip', name));
    const options = { input: join(folder, 'shown'), poses, fps: 25, size: { width: 64, height: 64 } };
    const all = await makeBenchmark({ ...options, out: join(folder, 'all') });
    const both = await makeBenchmark({ ...options, out: join(folder, 'both'), twoHanded: true });
    // The single picture besides, which shows both.
    expect([all.frames, both.frames]).toEqual([11, 4]);
  });

  it('chooses evenly from folders that are classes', async () => {
    const folder = temporaryFolder();
    const pose = join(writeClip(temporaryFolder(), 1), 'clip_000000000000_keypoints.json');
    for (const [name, count] of [
      ['fist', 5],
      ['palm', 2],
    ] as const) {
      mkdirSync(join(folder, 'in', name), { recursive: true });
      for (let at = 0; at < count; at += 1) {
        await writePicture(join(folder, 'in', name, `${at}.png`), 10);
        writeFileSync(join(folder, 'in', name, `${at}.json`), readFileSync(pose));
      }
    }
    // As HaGRID has it.
    mkdirSync(join(folder, 'in', 'annotations', 'test'), { recursive: true });
    writeFileSync(join(folder, 'in', 'annotations', 'test', 'fist.json'), '{}');
    const size = { width: 64, height: 64 };
    const out = join(folder, 'out');
    await makeBenchmark({ input: join(folder, 'in'), out, byClass: true, frames: 4, size });
    const { benchmark } = await readBenchmark(out);
    const classes = benchmark.items.map(({ id }) => id.replace(/-.*/, ''));
    expect(classes.sort()).toEqual(['fist', 'fist', 'palm', 'palm']);
  });

  it('chooses two-handed frames of videos in the layout of YouTube-ASL', async () => {
    const folder = temporaryFolder();
    const hand = Array.from({ length: 21 }, (_, k) => [0.3 + 0.02 * (k % 5), 0.6 - 0.03 * Math.floor(k / 5)]);
    const mirrored = hand.map(([x = 0, y = 0]) => [1 - x, y]);
    const body = Array.from({ length: 33 }, (_, k) => [0.45 + 0.01 * ((k * 7) % 11), 0.2 + 0.02 * k]);
    mkdirSync(join(folder, 'keypoints'));
    for (const video of ['a-_1', 'b2', 'c3', 'd4']) {
      mkdirSync(join(folder, 'frames', video), { recursive: true });
      const rows = Array.from({ length: 6 }, (_, frame) => ({
        pose_landmarks: body,
        left_hand_landmarks: hand,
        right_hand_landmarks: frame % 2 === 0 ? mirrored : [],
        face_landmarks: [],
      }));
      for (let frame = 1; frame <= 6; frame += 1)
        await writePicture(join(folder, 'frames', video, `00000${frame}.png`), 10);
      writeFileSync(join(folder, 'keypoints', `${video}.json`), JSON.stringify({ cropped_keypoints: rows }));
    }
    const out = join(folder, 'out');
    const kept = ['--two-handed', '--videos', '3', '--frames', '9', '--fps', '25', '--size', '64x64'];
    const poses = ['--poses', join(folder, 'keypoints')];
    const made = await handfirst('evaluate', 'make', join(folder, 'frames'), ...poses, '-o', out, ...kept);
    expect(made.code, made.err).toBe(0);
    expect(made.out).toBe(`${out}: 9 frames of 3 sources\n`);
    const { benchmark } = await readBenchmark(out);
    // Every second frame, the first among them, shows both hands.
    const frames = benchmark.items.map(({ id }) => Number(id.replace(/.*-/, '')) % 2);
    expect(new Set(frames)).toEqual(new Set([0]));
  });

  it('pairs pictures and keypoints by name, and copies what was chosen alone', async () => {
    const folder = await writeSet();
    const out = join(folder, 'benchmark');
    const made = await makeBenchmark({
      input: join(folder, 'shown'),
      poses: join(folder, 'poses'),
      out,
      frames: 4,
      clips: 1,
      clipFrames: 3,
      fps: 25,
      size: { width: 64, height: 64 },
      caption: 'someone',
    });
    expect(made).toEqual({ frames: 4, clips: 1, sources: 2, problems: [] });
    const { benchmark } = await readBenchmark(out);
    const alone = benchmark.items.find(({ id }) => id === 'alone');
    expect(alone).toMatchObject({ kind: 'frame', caption: 'a tall person' });
    const clip = benchmark.items.find(({ kind }) => kind === 'clip');
    expect(clip?.range).toEqual({ from: 0, to: 3 });
    // Frame and picture belong together: picture n has the level 10 n.
    for (const item of benchmark.items.filter(
      ({ id }) => id.startsWith('clip-') && !id.includes('clip-clip'),
    )) {
      const frame = Number(item.id.slice('clip-'.length));
      const path = item.reference && 'pictures' in item.reference ? item.reference.pictures[0] : '';
      const { data } = await sharp(join(out, path ?? ''))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(data[0]).toBe(10 * frame);
      expect(await nose(join(out, item.pose), 0)).toEqual(await nose(join(folder, 'poses', 'clip'), frame));
    }
  });

  it('prints what it made, and does not write over another folder', async () => {
    const folder = await writeSet();
    const out = join(folder, 'benchmark');
    const flags = ['--poses', join(folder, 'poses'), '--fps', '25', '--size', '64x64', '--frames', '3'];
    const made = await handfirst('evaluate', 'make', join(folder, 'shown'), '-o', out, ...flags);
    expect(made.code, made.err).toBe(0);
    expect(made.out).toBe(`${out}: 3 frames of 2 sources\n`);
    expect((await handfirst('evaluate', 'make', join(folder, 'shown'), '-o', out, ...flags)).code).toBe(6);
    const over = await handfirst(
      'evaluate',
      'make',
      join(folder, 'shown'),
      '-o',
      folder,
      '--force',
      ...flags,
    );
    expect(over.code).toBe(6);
    expect(over.err).toContain('holds no benchmark');
  });

  it('says what is missing', async () => {
    const empty = temporaryFolder();
    const { code, err } = await handfirst('evaluate', 'make', empty, '-o', join(empty, 'b'));
    expect(code).toBe(2);
    expect(err).toContain('holds no pictures with keypoints');
  });
});

async function nose(path: string, index: number): Promise<number[]> {
  const clip = await openPoseClip(path, { fps: 25, size: { width: 64, height: 64 } });
  for await (const frame of clip.frames())
    if (frame.index === index) return [...frame.keypoints.subarray(0, 2)];
  return [];
}

describe('a benchmark that is none', () => {
  const item = { id: 'a', kind: 'frame', pose: 'a.pose', range: { from: 0, to: 1 } };
  it.each([
    ['two items of one name', { items: [item, item] }, /is there twice/],
    ['a frame of several frames', { items: [{ ...item, range: { from: 0, to: 3 } }] }, /more than one frame/],
    ['an empty range', { items: [{ ...item, range: { from: 3, to: 3 } }] }, /is empty/],
    ['a path out of the folder', { items: [{ ...item, pose: '../a.pose' }] }, /stay within the folder/],
    [
      'too few pictures',
      { items: [{ ...item, kind: 'clip', range: { from: 0, to: 2 }, reference: { pictures: ['a.png'] } }] },
      /has 1 picture for 2 frames/,
    ],
  ])('is refused: %s', (_, fields, sentence) => {
    expect(() => benchmarkSchema.parse({ version: 1, name: 'b', ...fields })).toThrow(sentence);
  });

  it('is told in a sentence by the program', async () => {
    const folder = temporaryFolder();
    expect((await handfirst('evaluate', folder)).err).toContain('make one with `handfirst evaluate make`');
    writeFileSync(join(folder, 'benchmark.json'), JSON.stringify({ version: 1, name: 'b', items: [item] }));
    const { code, err } = await handfirst('evaluate', folder);
    expect(code).toBe(2);
    expect(err).toContain('names a.pose, which is not there');
  });
});
