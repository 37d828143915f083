import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { body0, bodyOf, header, small } from '../pose/pose-bytes.js';

/** A file that a reader is fed mutations of. */
export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
  /** `plain`: read as it is; `packed`: gzip, opened from disk; `folder`: one frame of a layout that is a folder. */
  readonly kind: 'plain' | 'packed' | 'folder';
}

/** Larger files are not fuzzed in gzip as well. */
const LARGEST_PACKED = 100_000;

/** A file without its kind. */
type Plain = Omit<Seed, 'kind'>;

const MISC: readonly Plain[] = [
  {
    name: 'mmpose.json',
    bytes: Buffer.from(
      JSON.stringify([
        { frame_id: 0, instances: [instance()] },
        { frame_id: 3, instances: [] },
      ]),
    ),
  },
  {
    name: 'mmpose-demo.json',
    bytes: Buffer.from(
      JSON.stringify({ meta_info: {}, instance_info: [{ frame_id: 1, instances: [instance()] }] }),
    ),
  },
  {
    name: 'comfy.json',
    bytes: Buffer.from(
      JSON.stringify([
        {
          people: [{ pose_keypoints_2d: run(54), hand_left_keypoints_2d: null }],
          canvas_width: 512,
          canvas_height: 512,
        },
      ]),
    ),
  },
  {
    name: 'dwpose.json',
    bytes: Buffer.from(
      JSON.stringify([
        {
          bodies: { candidate: pairs(18), subset: [run(18)] },
          hands: [pairs(21), pairs(21)],
          faces: [pairs(68)],
        },
      ]),
    ),
  },
  {
    name: 'lines.jsonl',
    bytes: Buffer.from(
      `{"format":"handfirst-keypoints","version":1,"fps":25,"width":640,"height":480}\n${JSON.stringify({ keypoints: run(399), depth: run(133) })}\n`,
    ),
  },
  { name: 'v0.pose', bytes: Buffer.concat([header(0), body0(25, [[small(1, 2)], [], [small(3, 4)]])]) },
  { name: 'v1.pose', bytes: Buffer.concat([header(0.1), bodyOf(0.1, 25, [[small(1, 2)], [small(3, 4)]])]) },
];

function run(length: number): number[] {
  return Array.from({ length }, (_, index) => index + 1);
}

function pairs(length: number): number[][] {
  return Array.from({ length }, (_, index) => [index / 200, index / 300]);
}

function openposeFrame() {
  const person = { pose_keypoints_2d: run(75), face_keypoints_2d: run(210), hand_left_keypoints_2d: run(63) };
  return { version: 1.3, people: [{ person_id: [-1], ...person, hand_right_keypoints_2d: [] }] };
}

function instance() {
  return {
    keypoints: pairs(133).map(([x, y]) => [(x ?? 0) * 600, (y ?? 0) * 400]),
    keypoint_scores: run(133),
  };
}

/** AlphaPose's results of two people in one picture and one in another, and text of two bytes a character. */
const MORE: readonly Plain[] = [
  {
    name: 'alphapose.json',
    bytes: Buffer.from(
      JSON.stringify([
        { image_id: '0.jpg', category_id: 1, keypoints: run(408), score: 2.9 },
        { image_id: '0.jpg', category_id: 1, keypoints: run(408), score: 1.9 },
        { image_id: '3.jpg', category_id: 1, keypoints: run(399), score: 2.9 },
      ]),
    ),
  },
  {
    name: 'utf16.json',
    bytes: Buffer.from(
      `\uFEFF${JSON.stringify([{ people: [{ pose_keypoints_2d: run(54) }], canvas_width: 512, canvas_height: 512 }])}`,
      'utf16le',
    ),
  },
];

/** The samples that come with the package. */
const SAMPLES: readonly Plain[] = sampleFiles();

function sampleFiles(): Plain[] {
  const folder = fileURLToPath(new URL('../../samples/', import.meta.url));
  return readdirSync(folder)
    .filter((name) => /\.(pose|npy|npz|parquet|json|jsonl)$/.test(name))
    .map((name) => ({ name: `sample-${name}`, bytes: readFileSync(join(folder, name)) }));
}

/** Layouts that are folders: `bytes` is one frame. */
const FOLDERS: readonly Seed[] = [
  { name: 'array-folder', bytes: tutorialFrame(), kind: 'folder' },
  { name: 'openpose-folder', bytes: Buffer.from(JSON.stringify(openposeFrame())), kind: 'folder' },
  {
    name: 'mediapipe-folder',
    bytes: readFileSync(
      fileURLToPath(new URL('../pose/fixtures/landmarks/wmt-slt/clip.000000.json', import.meta.url)),
    ),
    kind: 'folder',
  },
];

/** One small file of every layout, plain and in gzip, and a frame of every layout that is a folder. */
export function seeds(): Seed[] {
  const folders = ['../pose/fixtures/', '../pose/fixtures/landmarks/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(pose|npy|npz|parquet|json|jsonl)$/.test(name))
      .filter((name) => !['pose-files.json', 'openpose-drawing.json', 'truth.json'].includes(name))
      .map((name) => ({ name, bytes: readFileSync(join(folder, name)) })),
  );
  const all: Plain[] = [...files, ...MISC, ...MORE, ...SAMPLES];
  const plain = all.map((file): Seed => ({ ...file, kind: 'plain' }));
  return [...plain, ...all.filter(({ bytes }) => bytes.length < LARGEST_PACKED).map(packed), ...FOLDERS];
}

/** 1662 numbers of one frame in a `.npy` file. */
function tutorialFrame(): Buffer {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1662,), }";
  const text = Buffer.from(`${header.padEnd(117)}\n`, 'latin1');
  const numbers = Float32Array.from({ length: 1662 }, (_, index) => ((index * 37) % 100) / 100);
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]);
  return Buffer.concat([start, text, Buffer.from(numbers.buffer)]);
}

/** The same file in gzip. */
function packed({ name, bytes }: Plain): Seed {
  return { name: `${name}.gz`, bytes: gzipSync(bytes), kind: 'packed' };
}
