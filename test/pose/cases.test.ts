import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openPoseClip, type PoseFrame, poseInfo } from '../../src/pose/index.js';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const ASKED = { fps: 25, size: { width: 512, height: 512 } };

async function read(path: string, options: Parameters<typeof openPoseClip>[1] = ASKED) {
  const clip = await openPoseClip(path, { several: 'first', ...options });
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  const { problems } = await poseInfo(clip);
  await clip.close();
  return { frames, info: clip.info, problems };
}

function write(name: string, content: string | Buffer): string {
  const path = join(scratch, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A `.npy` array of float32. */
function npy(shape: readonly number[], numbers: Float32Array): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const text = Buffer.from(`${header.padEnd(117)}\n`, 'latin1');
  return Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]),
    text,
    Buffer.from(numbers.buffer),
  ]);
}

/** The numbers of `samples/h-543.npy`, (16, 543, 3) with the face first, as tutorials order them. */
function tutorialRows(withFace: boolean): Float32Array[] {
  const bytes = readFileSync(join(samples, 'h-543.npy'));
  const start = 10 + bytes.readUInt16LE(8);
  const count = (bytes.length - start) / 4 / (543 * 3);
  const all = Float32Array.from({ length: count * 543 * 3 }, (_, k) => bytes.readFloatLE(start + k * 4));
  const part = (frame: number, first: number, length: number) =>
    all.slice((frame * 543 + first) * 3, (frame * 543 + first + length) * 3);
  return Array.from({ length: count }, (_, frame) => {
    const pose = part(frame, 489, 33);
    const seen = Array.from({ length: 33 }, (__, k) => [...pose.slice(k * 3, k * 3 + 3), 0.9]).flat();
    const hands = [...part(frame, 468, 21), ...part(frame, 522, 21)];
    return Float32Array.from([...seen, ...(withFace ? part(frame, 0, 468) : []), ...hands]);
  });
}

function joined(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

describe('arrays as tutorials keep them', () => {
  it.each([
    ['a clip of 1662 numbers a frame', true],
    ['a clip of 258 numbers a frame, without a face', false],
  ])('are read: %s', async (_, withFace) => {
    const rows = tutorialRows(withFace);
    const path = write(`${withFace}.npy`, npy([rows.length, rows[0]?.length ?? 0], joined(rows)));
    const [{ frames }, { frames: same }] = [await read(path), await read(join(samples, 'h-543.npy'))];
    for (const index of [0, 5, 9, 91, 100, 112, 132])
      for (const axis of [0, 1])
        expect(frames[8]?.keypoints[index * 3 + axis]).toBeCloseTo(
          same[8]?.keypoints[index * 3 + axis] ?? 0,
          3,
        );
    expect((frames[8]?.keypoints[30 * 3 + 2] ?? 0) > 0).toBe(withFace);
  });

  it('are read from a folder of one file a frame, without what is named otherwise', async () => {
    tutorialRows(true).forEach((row, frame) => {
      write(`frames/${frame + 4}.npy`, npy([1662], row));
    });
    write('frames/means_2023.npy', npy([3], new Float32Array(3)));
    const { frames, info, problems } = await read(join(scratch, 'frames'));
    expect([info.format, frames.length]).toEqual(['landmarks-folder', 16]);
    expect(problems[0]).toMatch(/^Left out, .*: means_2023\.npy\.$/);
  });
});

describe('scores and places in other units', () => {
  const person = () => {
    const text = readFileSync(join(samples, 'h-mmpose.json'), 'utf8');
    return JSON.parse(text)[0].instances[0] as { keypoints: number[][]; keypoint_scores: number[] };
  };

  it('brings scores beyond 1 to the range of the file, and says so', async () => {
    const { keypoints } = person();
    const scores = keypoints.map((_, index) => (index >= 91 && index < 112 ? 0.4 : 8));
    const frames = [{ frame_id: 0, instances: [{ keypoints, keypoint_scores: scores }] }];
    const { frames: found, problems } = await read(write('scores.json', JSON.stringify(frames)));
    expect(found[0]?.keypoints[2]).toBe(1);
    expect(found[0]?.keypoints[95 * 3 + 2]).toBeCloseTo(0.05, 5);
    expect(problems[0]).toBe('Scores reach 8 in place of 1: they are divided by that.');
    // A score of 1e308 is none: it leaves its point out and the others as they are.
    const broken = [
      { frame_id: 0, instances: [{ keypoints, keypoint_scores: [1e308, ...scores.slice(1)] }] },
    ];
    const { frames: sound } = await read(write('broken.json', JSON.stringify(broken)));
    expect([...(sound[0]?.keypoints.subarray(0, 6) ?? [])].map((v) => v > 0)).toEqual([
      ...[false, false, false],
      ...[true, true, true],
    ]);
  });

  it.each([
    [
      'metres about the hips',
      ([x = 0, y = 0]: number[]) => [(x - 259) / 500, (y - 475) / 500],
      /metres from the middle/,
    ],
    ['widths of the shoulders', ([x = 0, y = 0]: number[]) => [x / 177, y / 177], /normalised or metres/],
  ])('refuses what is no place in a picture: %s', async (_, change, sentence) => {
    const { keypoints, keypoint_scores } = person();
    const places = keypoints.map(change);
    const frames = [{ frame_id: 0, instances: [{ keypoints: places, keypoint_scores }] }];
    await expect(read(write('units.json', JSON.stringify(frames)))).rejects.toThrow(sentence);
  });
});

it('reads AlphaPose: 136 points, numbers that jump, two people in one picture', async () => {
  const { keypoints } = JSON.parse(readFileSync(join(samples, 'h-mmpose.json'), 'utf8'))[0].instances[0];
  const points: number[] = [
    ...keypoints.slice(0, 17),
    ...[0, 0, 0].map(() => [9, 9]),
    ...[17, 20, 18, 21, 19, 22].map((index) => keypoints[index]),
    ...keypoints.slice(23),
  ].flatMap(([x, y]) => [x, y, 0.8]);
  const entry = (image_id: string, beside = 0) => ({
    image_id,
    category_id: 1,
    keypoints: points.map((value, at) => (at % 3 === 0 ? value + beside : value)),
    score: 3,
  });
  const path = write('alphapose.json', JSON.stringify([entry('0.jpg'), entry('3.jpg'), entry('3.jpg', 200)]));
  const { frames, info, problems } = await read(path);
  expect([info.format, frames.length, frames[3]?.people]).toEqual(['alphapose-json', 4, 2]);
  for (const index of [0, 16, 17, 22, 23, 132])
    expect(frames[0]?.keypoints[index * 3]).toBeCloseTo(keypoints[index][0], 2);
  expect(problems.some((sentence) => /^No person is seen in 2 frames \(1 to 2\)/.test(sentence))).toBe(true);
  expect(problems.some((sentence) => /^Up to 2 people are seen/.test(sentence))).toBe(true);
  // A detector that finds somebody twice lists two entries a few pixels apart.
  const twice = write('twice.json', JSON.stringify([entry('0.jpg'), entry('1.jpg'), entry('1.jpg', 3)]));
  const { frames: one, problems: said } = await read(twice, { ...ASKED, several: 'refuse' });
  expect(one.map(({ people }) => people)).toEqual([undefined, undefined]);
  expect(said).toContain('Somebody is listed twice in 1 frame: the surer entry counts.');
});

it('asks at once for all that a file does not say', async () => {
  const path = write('asked.npy', npy([2, 225], new Float32Array(450).fill(0.5)));
  await expect(read(path, {})).rejects.toMatchObject({
    code: 'HF_POSE_FPS',
    message: expect.stringMatching(/neither its frames per second nor .*`fps`, such as 25, and `size`/),
  });
  await expect(read(path, { fps: 25 })).rejects.toMatchObject({ code: 'HF_POSE_SIZE' });
  await expect(read(path, { size: ASKED.size })).rejects.toMatchObject({ code: 'HF_POSE_FPS' });
});

it('reads JSON in two bytes a character', async () => {
  const text = readFileSync(join(samples, 'h-comfyui.json'), 'utf8');
  const path = write('wide.json', Buffer.from(`\uFEFF${text}`, 'utf16le'));
  expect((await read(path, { fps: 25 })).frames).toEqual(
    (await read(join(samples, 'h-comfyui.json'), { fps: 25 })).frames,
  );
});

it('passes over coordinates that a .pose file has beside x, y and z', async () => {
  const bytes = readFileSync(join(samples, 'hello.pose'));
  // Every XYZC becomes XYKC: a depth camera's letter in place of z.
  const text = bytes.toString('latin1').replaceAll('\x04\x00XYZC', '\x04\x00XYKC');
  const { frames, info } = await read(write('depth.pose', Buffer.from(text, 'latin1')), {});
  const { frames: same } = await read(join(samples, 'hello.pose'), {});
  expect([info.format, frames.length]).toEqual(['pose-v0.2', 78]);
  expect(frames[7]?.keypoints).toEqual(same[7]?.keypoints);
  expect(frames[7]?.depth).toBeUndefined();
});

describe('what is not read is named by its kind, with the way out', () => {
  it.each([
    ['clip.pkl', Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0]), /Python pickle, which runs programs.*numpy\.save/],
    ['clip.h5', Buffer.from([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]), /HDF5 file: .*numpy\.save/],
    ['clip.skels', '0.1 0.2 0.3 '.repeat(50), /\.skels.*which point is which/],
    ['clip.csv', 'frame,type,landmark_index,x,y,z\n0,pose,0,0.5,0.5,0\n', /table of text \(CSV\)/],
    ['clip.mp4', Buffer.from('\0\0\0 ftypisom'), /a video: `handfirst pose extract`/],
    ['clip.pose.txt', 'version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
    ['hands.json', '[{"multiHandLandmarks":[],"multiHandedness":[]}]', /hand detector alone.*without a body/],
    ['odd.json', '{"skeleton":[1]}', /JSON in no layout that is known \(its first names are skeleton\)/],
  ])('%s', async (name, content, sentence) => {
    await expect(read(write(name, content))).rejects.toThrow(sentence);
  });

  it('a zip of frames, and folders of clips', async () => {
    const zip = Buffer.from(
      'UEsDBBQAAAAAAAAAIQCzBqF3AgAAAAIAAAAGAAAAYS5qc29ue31QSwECFAAUAAAAAAAAACEAswahdwIAAAACAAAABgAAAAAAAAAAAAAAAAAAAAAAYS5qc29uUEsFBgAAAAABAAEANAAAACYAAAAAAA==',
      'base64',
    );
    await expect(read(write('frames.zip', zip))).rejects.toThrow(
      /zip archive of 1 file such as a\.json.*unpack it/,
    );
    const from = join(samples, 'h-openpose');
    mkdirSync(join(scratch, 'nest', 'json', 'clip_1'), { recursive: true });
    for (const name of readdirSync(from))
      copyFileSync(join(from, name), join(scratch, 'nest', 'json', 'clip_1', name));
    await expect(read(join(scratch, 'nest'))).rejects.toThrow(
      /each a folder of frames \(json\/clip_1\): name one/,
    );
  });
});
