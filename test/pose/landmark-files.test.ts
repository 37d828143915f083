import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenPoseOptions, openPoseClip, type PoseFrame } from '../../src/pose/index.js';

const folder = new URL('./fixtures/landmarks/', import.meta.url);
const SIZE = { width: 640, height: 480 };

interface Truth {
  pose: number[][];
  face: number[][];
  left: number[][];
  right: number[][];
}
/** The clip that numpy, pandas and json wrote in every layout; see fixtures/make_landmark_files.py. */
const { frames: truth }: { frames: Truth[] } = JSON.parse(
  readFileSync(new URL('truth.json', folder), 'utf8'),
);

async function read(name: string, options: OpenPoseOptions = { fps: 25, size: SIZE }): Promise<PoseFrame[]> {
  const clip = await openPoseClip(
    name.startsWith('/') ? name : fileURLToPath(new URL(name, folder)),
    options,
  );
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return frames;
}

/** A few of the 133 by MediaPipe's model and number (method page: COCO-WholeBody from MediaPipe). */
const BODY: [number, keyof Truth, number][] = [
  [5, 'pose', 11],
  [6, 'pose', 12],
  [8, 'pose', 14],
  [11, 'pose', 23],
];
const WHOLE_BODY: [number, keyof Truth, number][] = [
  ...BODY,
  [0, 'pose', 0],
  [2, 'pose', 5],
  [10, 'pose', 16],
  [19, 'pose', 29],
];
const HANDS: [number, keyof Truth, number][] = [
  [91, 'left', 0],
  [111, 'left', 20],
  [112, 'right', 0],
  [120, 'right', 8],
];
const REDUCED_FACE: [number, keyof Truth, number][] = [
  [53, 'face', 4],
  [59, 'face', 33],
  [71, 'face', 61],
];
const FACE: [number, keyof Truth, number][] = [...REDUCED_FACE, [23, 'face', 162], [90, 'face', 87]];

/** Layout, points it holds, digits it holds them to, whether it says visibility and z. */
const LAYOUTS: [
  string,
  [number, keyof Truth, number][],
  { tolerance?: number; visibility?: boolean; z?: boolean },
][] = [
  ['t-85-4.npy', [...BODY, ...HANDS, ...REDUCED_FACE], { visibility: true, z: true }],
  ['t-255.npy', [...BODY, ...HANDS, ...REDUCED_FACE], { z: true }],
  ['t-225.npy', [...WHOLE_BODY, ...HANDS], { z: true }],
  ['t-543-3.npy', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true, tolerance: 0.4 }],
  ['t-543-4.npy', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true, visibility: true }],
  ['youtube-asl.json', [...WHOLE_BODY, ...HANDS, ...FACE], {}],
  ['tasks.json', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true, visibility: true }],
  ['tasks.jsonl', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true, visibility: true }],
  ['snake-rows.json', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true, visibility: true }],
  ['snake-objects.json', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true, visibility: true }],
  ['wmt-slt', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true, visibility: true }],
  ['stored.npz', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true }],
  ['packed.npz', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true }],
  ['kaggle-long.parquet', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true }],
  ['kaggle-wide.parquet', [...WHOLE_BODY, ...HANDS, ...FACE], { z: true }],
];

/** Depth of left wrist and a finger relative to each other, pixels: the one thing every layout with z agrees on. */
function fingerDepth(frame: Truth): number {
  return ((frame.right[8]?.[2] ?? 0) - (frame.right[0]?.[2] ?? 0)) * SIZE.width;
}

describe('MediaPipe landmarks in every layout', () => {
  for (const [name, points, { tolerance = 0.01, visibility = false, z = false }] of LAYOUTS) {
    it(`reads ${name}`, async () => {
      const options: OpenPoseOptions = { fps: 25, size: SIZE };
      const frames = await read(
        name,
        name === 'kaggle-wide.parquet' ? { ...options, sequence: '100015657' } : options,
      );
      expect(frames.length).toBe(truth.length);
      frames.forEach((frame, number) => {
        const expected = truth[number];
        if (!expected) throw new Error('more frames than there are');
        for (const [index, part, source] of points) {
          const [x, y, confidence] = frame.keypoints.subarray(index * 3, index * 3 + 3);
          const landmark = expected[part][source];
          if (!landmark) {
            expect([x, y, confidence], `${number} ${index}`).toEqual([0, 0, 0]);
            continue;
          }
          expect(Math.abs((x ?? 0) - (landmark[0] ?? 0) * SIZE.width), `${number} ${index} x`).toBeLessThan(
            tolerance,
          );
          expect(Math.abs((y ?? 0) - (landmark[1] ?? 0) * SIZE.height), `${number} ${index} y`).toBeLessThan(
            tolerance,
          );
          expect(confidence).toBeCloseTo(part === 'pose' && visibility ? (landmark[3] ?? 0) : 1, 4);
        }
        if (z) expect(frame.depth?.[120]).toBeCloseTo(fingerDepth(expected), tolerance > 0.1 ? 0 : 2);
      });
    });
  }

  it('finds head points of a reduced array in its face', async () => {
    const [frame] = await read('t-85-4.npy');
    // Nose from mesh point 4, left eye from the left iris, 473.
    expect(frame?.keypoints[0]).toBeCloseTo((truth[0]?.face[4]?.[0] ?? 0) * SIZE.width, 2);
    expect(frame?.keypoints[3]).toBeCloseTo((truth[0]?.face[473]?.[0] ?? 0) * SIZE.width, 2);
  });

  it('asks for fps and size where the file has neither, and takes them where it has', async () => {
    await expect(read('t-225.npy', {})).rejects.toThrow(
      /neither its frames per second nor the size of its picture; give `fps`/,
    );
    await expect(read('t-225.npy', { fps: 25 })).rejects.toThrow(
      /does not say the size of its picture; give `size`/,
    );
    await expect(read('tasks.json', { fps: 25 })).rejects.toThrow(/`size`/);
    expect((await read('snake-objects.json', {})).length).toBe(truth.length);
  });

  it('asks which sequence of a parquet file is meant', async () => {
    await expect(read('kaggle-wide.parquet')).rejects.toThrow(/2 sequences.*`sequence` 100015657/);
    const backward = await read('kaggle-wide.parquet', { fps: 25, size: SIZE, sequence: '100035691' });
    const last = truth.at(-1)?.right[0]?.[0] ?? 0;
    expect(backward[0]?.keypoints[112 * 3]).toBeCloseTo(last * SIZE.width, 2);
    await expect(read('kaggle-wide.parquet', { fps: 25, size: SIZE, sequence: '7' })).rejects.toThrow(
      /no sequence 7/,
    );
  });
});

describe('a long parquet sequence', () => {
  it('comes whole, and frames without rows take no memory', async () => {
    const frames = await read('kaggle-many.parquet');
    expect(frames.length).toBe(1001);
    // Two landmarks (pose 11, 12) in frames 0 to 499 and in frame 1000, at frame / 1000 of the width.
    expect(frames[499]?.keypoints[5 * 3]).toBeCloseTo(0.499 * SIZE.width, 2);
    expect(frames[700]?.keypoints.every((value) => value === 0)).toBe(true);
    expect(frames[1000]?.keypoints[6 * 3 + 2]).toBe(1);
  });
});

describe('other ways in', () => {
  let scratch = '';
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('unpacks gzip', async () => {
    const path = join(scratch, 'clip.npy.gz');
    writeFileSync(path, gzipSync(readFileSync(new URL('t-225.npy', folder))));
    expect(await read(path)).toEqual(await read('t-225.npy'));
  });

  it('says where gzip is damaged', async () => {
    const path = join(scratch, 'cut.npy.gz');
    writeFileSync(path, gzipSync(readFileSync(new URL('t-225.npy', folder))).subarray(0, 900));
    await expect(read(path)).rejects.toThrow(
      /no sound gzip, at about byte \d+ of its 900 packed bytes: unexpected end/,
    );
  });

  it('stops at a decompression bomb', async () => {
    const path = join(scratch, 'bomb.pose.gz');
    writeFileSync(path, gzipSync(Buffer.alloc(80 * 1024 * 1024)));
    await expect(read(path)).rejects.toThrow(/unpacks to more than 64 MiB from \d+ bytes/);
  });

  it.each([
    [
      '{"poseLandmarks":[{"x":0.5,"y":',
      /cut off or broken: what begins at byte 17 of its JSON does not end before .* at byte 31/,
    ],
    ['[{"pose_landmarks":[[0.1,0.2],[0.3,}]}]', /no sound JSON in the value at byte 1/],
    ['[{"pose_landmarks":[]},{"pose_landmarks":[]}]', /shows no person in any of its frames \(2\)/],
    ['[{"pose_landmarks":[]},7]', /no frame at byte 23/],
    ['{"frames":[],"pose_landmarks":[]}', /holds no frames/],
    ['{"hello":"world"}', /in no layout that is known/],
    ['frame,x,y\n0,1,2\n', /in no layout that is known/],
  ])('says what is wrong with %s', async (text, sentence) => {
    const path = join(scratch, 'broken.json');
    writeFileSync(path, text);
    await expect(read(path)).rejects.toThrow(sentence);
  });

  it('says that a parquet file is cut off', async () => {
    const path = join(scratch, 'cut.parquet');
    writeFileSync(path, readFileSync(new URL('kaggle-long.parquet', folder)).subarray(0, 3000));
    await expect(read(path)).rejects.toThrow(/cut off: its last bytes, before byte 3000,/);
  });

  it('says that an array has a shape nobody knows', async () => {
    const bytes = readFileSync(new URL('t-225.npy', folder));
    const path = join(scratch, 'odd.npy');
    writeFileSync(path, Buffer.from(bytes.toString('latin1').replace('(4, 225)', '(5, 180)'), 'latin1'));
    await expect(read(path)).rejects.toThrow(/shape \(5, 180\); known are/);
    writeFileSync(path, bytes.subarray(0, 2000));
    await expect(read(path)).rejects.toThrow(/cut off: shape \(4, 225\) needs 3600 bytes/);
  });
});
