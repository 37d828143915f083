import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenPoseOptions, openPoseClip, type PoseFrame } from '../../src/pose/index.js';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function read(
  path: string,
  options: OpenPoseOptions,
): Promise<{ format: string; frames: PoseFrame[] }> {
  const clip = await openPoseClip(path, options);
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return { format: clip.info.format, frames };
}

function readText(text: string, options: OpenPoseOptions = { fps: 25, size: { width: 200, height: 100 } }) {
  const path = join(scratch, 'clip.json');
  writeFileSync(path, text);
  return read(path, options);
}

function point(frame: PoseFrame | undefined, index: number): number[] {
  return [...(frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [])];
}

/** `count` triples whose x is their place and y 100 more, sure. */
function triples(count: number): number[] {
  return Array.from({ length: count }, (_, index) => [index + 1, index + 101, 1]).flat();
}

describe('OpenPose', () => {
  /** Places in BODY_25 (its picture in OpenPose's documentation): 2 right shoulder, 7 left wrist, 19 left big toe, 24 right heel. */
  const BODY_25: [number, number][] = [
    [0, 0],
    [1, 16],
    [2, 15],
    [6, 2],
    [9, 7],
    [12, 9],
    [17, 19],
    [22, 24],
  ];

  it('reads a folder of frames, with empty frames for missing numbers', async () => {
    const folder = join(scratch, 'frames');
    mkdirSync(folder);
    const person = {
      pose_keypoints_2d: triples(25),
      face_keypoints_2d: triples(70),
      hand_left_keypoints_2d: triples(21),
      hand_right_keypoints_2d: [],
    };
    const names = ['clip_000000000017_keypoints.json', 'clip_000000000019_keypoints.json'];
    for (const name of names)
      writeFileSync(join(folder, name), JSON.stringify({ version: 1.3, people: [person] }));
    const { format, frames } = await read(folder, { fps: 29.97, size: { width: 1280, height: 720 } });
    expect(format).toBe('openpose-folder');
    expect(frames.length).toBe(3);
    for (const [target, source] of BODY_25)
      expect(point(frames[0], target)).toEqual([source + 1, source + 101, 1]);
    expect(point(frames[0], 23)).toEqual([1, 101, 1]);
    expect(point(frames[0], 90)).toEqual([68, 168, 1]);
    expect(point(frames[0], 111)).toEqual([21, 121, 1]);
    expect(point(frames[0], 112)).toEqual([0, 0, 0]);
    expect(frames[1]?.keypoints.every((value) => value === 0)).toBe(true);
    expect(frames[2]?.time).toBeCloseTo(2 / 29.97, 9);
    await expect(read(folder, {})).rejects.toThrow(/`fps`/);
    writeFileSync(join(folder, 'other_000000000017_keypoints.json'), '{"people":[]}');
    await expect(read(folder, { fps: 25, size: { width: 10, height: 10 } })).rejects.toThrow(
      /holds frame 17 twice/,
    );
  });

  it('reads ComfyUI frames: 18 points, null parts, canvas size, in pixels or shares', async () => {
    /** Places in COCO-18: 14 right eye, 5 left shoulder, 11 left hip. */
    const places: [number, number][] = [
      [0, 0],
      [2, 14],
      [5, 5],
      [11, 11],
    ];
    const person = { pose_keypoints_2d: triples(18), face_keypoints_2d: null, hand_left_keypoints_2d: null };
    const frame = { people: [person], animals: [], canvas_width: 512, canvas_height: 768 };
    const pixels = await readText(JSON.stringify([frame]), { fps: 8 });
    expect(pixels.format).toBe('openpose-json');
    for (const [target, source] of places)
      expect(point(pixels.frames[0], target)).toEqual([source + 1, source + 101, 1]);
    const shares = {
      ...person,
      pose_keypoints_2d: person.pose_keypoints_2d.map((v, i) => (i % 3 === 2 ? v : v / 200)),
    };
    const scaled = await readText(JSON.stringify([{ ...frame, people: [shares] }]), { fps: 8 });
    const [x, y] = point(scaled.frames[0], 5);
    expect(x).toBeCloseTo((6 / 200) * 512, 3);
    expect(y).toBeCloseTo((106 / 200) * 768, 3);
  });

  it('treats 0,0,0 as missing and says which file is no frame', async () => {
    const person = { pose_keypoints_2d: [0, 0, 0, ...triples(24)] };
    const { frames } = await readText(JSON.stringify({ version: 1.3, people: [person] }));
    expect(point(frames[0], 0)).toEqual([0, 0, 0]);
    await expect(readText('[{"people":[]},{"persons":[]}]')).rejects.toThrow(/no OpenPose frame at byte 15/);
  });
});

describe('MMPose', () => {
  const keypoints = Array.from({ length: 133 }, (_, index) => [index + 0.5, index + 100]);
  const instance = { keypoints, keypoint_scores: keypoints.map(() => 0.75), bbox: [[0, 0, 10, 10]] };

  it('reads the JSON of a video', async () => {
    const { format, frames } = await readText(
      JSON.stringify([
        { frame_id: 0, instances: [instance] },
        { frame_id: 2, instances: [instance] },
      ]),
    );
    expect(format).toBe('mmpose-json');
    expect(frames.length).toBe(3);
    for (const index of [0, 16, 22, 23, 90, 91, 132]) {
      expect(point(frames[0], index)).toEqual([index + 0.5, index + 100, 0.75]);
    }
    expect(point(frames[1], 0)).toEqual([0, 0, 0]);
  });

  it('reads the JSON of the demo scripts, which count from 1, and scores above 1', async () => {
    const sure = { ...instance, keypoint_scores: keypoints.map(() => 7.5) };
    const text = JSON.stringify({
      meta_info: { dataset_name: 'coco_wholebody' },
      instance_info: [{ frame_id: 1, instances: [sure] }],
    });
    const { frames } = await readText(text);
    expect(frames.length).toBe(1);
    expect(point(frames[0], 132)).toEqual([132.5, 232, 1]);
  });

  it('says that a model of 17 points is none', async () => {
    const small = { keypoints: keypoints.slice(0, 17), keypoint_scores: [] };
    await expect(readText(JSON.stringify([{ frame_id: 0, instances: [small] }]))).rejects.toThrow(
      /17 points.*gives 133/,
    );
  });

  it('asks who is meant where frames show several', async () => {
    const keypoints = instance.keypoints.map(([x = 0, y = 0]) => [x + 40, y]);
    const text = JSON.stringify([{ frame_id: 0, instances: [instance, { ...instance, keypoints }] }]);
    await expect(readText(text)).rejects.toThrow(/2 people in frame 0; choose one from 1 to 2 with `person`/);
    const first = await readText(text, { fps: 25, size: { width: 200, height: 100 }, several: 'first' });
    expect(first.frames[0]?.people).toBe(2);
    const chosen = { fps: 25, size: { width: 200, height: 100 }, person: 2 };
    expect((await readText(text, chosen)).frames.length).toBe(1);
  });
});

describe('DWPose', () => {
  const share = (index: number) => [(index + 1) / 200, (index + 2) / 200];

  it('reads 134 points with their neck', async () => {
    const keypoints = Array.from({ length: 134 }, (_, index) => share(index));
    const { frames } = await readText(
      JSON.stringify([{ frame_id: 0, instances: [{ keypoints, keypoint_scores: [] }] }]),
    );
    // 200 pixels wide: x is the place + 1. Left shoulder 5, right wrist 4; feet from 18, face from 24, hands from 92 and 113.
    const places: [number, number][] = [
      [5, 5],
      [10, 4],
      [17, 18],
      [23, 24],
      [91, 92],
      [112, 113],
      [132, 133],
    ];
    for (const [target, source] of places) expect(point(frames[0], target)[0]).toBeCloseTo(source + 1, 3);
  });

  it('reads bodies, hands and faces of two people, -1 for missing', async () => {
    const body = (person: number) => Array.from({ length: 18 }, (_, index) => share(index + person * 50));
    const hand = (start: number) => Array.from({ length: 21 }, (_, index) => share(start + index));
    const face = (start: number) => Array.from({ length: 68 }, (_, index) => share(start + index));
    const frame = {
      bodies: {
        candidate: [...body(0), ...body(1)],
        subset: [
          Array.from({ length: 18 }, (_, index) => (index === 4 ? -1 : index)),
          Array.from({ length: 18 }, (_, index) => index + 18),
        ],
      },
      hands: [hand(0), hand(30), hand(60), [[-1, -1], ...hand(90).slice(1)]],
      faces: [face(0), face(100)],
    };
    const { format, frames } = await readText(JSON.stringify([frame]), {
      fps: 25,
      size: { width: 200, height: 100 },
      person: 2,
    });
    expect(format).toBe('dwpose-json');
    expect(point(frames[0], 5)[0]).toBeCloseTo(56, 3);
    expect(point(frames[0], 91)[0]).toBeCloseTo(31, 3);
    expect(point(frames[0], 112)).toEqual([0, 0, 0]);
    expect(point(frames[0], 113)[0]).toBeCloseTo(92, 3);
    expect(point(frames[0], 23)[0]).toBeCloseTo(101, 3);
    const first = await readText(JSON.stringify([frame]), {
      fps: 25,
      size: { width: 200, height: 100 },
      person: 1,
    });
    expect(point(first.frames[0], 10)).toEqual([0, 0, 0]);
    expect(point(first.frames[0], 112)[0]).toBeCloseTo(61, 3);
  });
});
