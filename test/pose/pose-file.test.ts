import { describe, expect, it } from 'vitest';
import { PoseFileError } from '../../src/errors.js';
import { memorySource } from '../../src/pose/byte-source.js';
import { openPoseClip, openSource, type PoseFrame } from '../../src/pose/index.js';
import { body0, bodyOf, header, SMALL, small } from './pose-bytes.js';

async function framesOf(bytes: Buffer, options = {}): Promise<PoseFrame[]> {
  const clip = await openSource(memorySource('test.pose', bytes), options);
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return frames;
}

function point(frame: PoseFrame | undefined, index: number): number[] {
  return [...(frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [])];
}

describe('.pose files of three versions', () => {
  const frames = [[small(10, 20)], [small(12.5, 22, 0)], [small(14, 24, 0.5)]];

  it.each([
    ['0.0', Buffer.concat([header(0), body0(24, frames)])],
    ['0.1', Buffer.concat([header(0.1), bodyOf(0.1, 24, frames)])],
    ['0.2', Buffer.concat([header(0.2), bodyOf(0.2, 24, frames)])],
  ])('reads version %s', async (_, bytes) => {
    const read = await framesOf(bytes);
    expect(read.length).toBe(3);
    expect(point(read[0], 5)).toEqual([60, 30, 1]);
    expect(point(read[0], 6)[2]).toBeCloseTo(0.9, 6);
    expect(read.map((frame) => point(frame, 112))).toEqual([
      [10, 20, 1],
      [0, 0, 0],
      [14, 24, 0.5],
    ]);
    expect(read[2]?.time).toBeCloseTo(2 / 24, 9);
  });

  it('takes the number of frames of version 0.1 from the length when it overflows 16 bits', async () => {
    const many = Array.from({ length: 65_538 }, (_, index) => [small(index + 1, 1)]);
    const read = await framesOf(Buffer.concat([header(0.1), bodyOf(0.1, 25, many)]));
    expect(read.length).toBe(65_538);
    expect(point(read[65_537], 112)).toEqual([65_538, 1, 1]);
  }, 300_000);

  it('reads names whose lengths count characters and keeps fractional fps', async () => {
    const named = [
      { name: 'POSE_LANDMARKS', format: 'XYC', points: ['LEFT_SHOULDER', 'épaule_ø', 'RIGHT_SHOULDER'] },
    ];
    for (const codePoints of [false, true]) {
      const body = bodyOf(0.2, 29.89, [
        [
          [
            [1, 2, 1],
            [3, 4, 1],
            [5, 6, 1],
          ],
        ],
      ]);
      const read = await framesOf(Buffer.concat([header(0.2, named, { codePoints }), body]));
      expect(point(read[0], 6)).toEqual([5, 6, 1]);
    }
  });

  it('takes NaN, infinite and absurd coordinates and 0,0 for missing, and confidence to 0..1', async () => {
    const person = [
      [Number.NaN, 30, 0, 1],
      [40, 30, 0, 1.006],
      [0, 0, 0, 1],
    ];
    const read = await framesOf(Buffer.concat([header(0.2), bodyOf(0.2, 25, [[person], [small(1e9, 2)]])]));
    expect(point(read[0], 5)).toEqual([0, 0, 0]);
    expect(point(read[0], 6)).toEqual([40, 30, 1]);
    expect(point(read[0], 112)).toEqual([0, 0, 0]);
    expect(point(read[1], 112)).toEqual([0, 0, 0]);
  });

  it('does not take world coordinates for picture points', async () => {
    const components = [{ name: 'POSE_WORLD_LANDMARKS', format: 'XYZC', points: ['NOSE'] }, ...SMALL];
    const person = [[7, 7, 7, 1], ...small(1, 2)];
    const read = await framesOf(Buffer.concat([header(0.2, components), bodyOf(0.2, 25, [[person]])]));
    expect(point(read[0], 0)).toEqual([0, 0, 0]);
    expect(point(read[0], 112)).toEqual([1, 2, 1]);
  });

  it('gives depth in pixels, body from the hips, hands from their wrist, the face at the nose of the body', async () => {
    const components = [
      { name: 'POSE_LANDMARKS', format: 'XYZC', points: ['NOSE', 'LEFT_HIP', 'RIGHT_HIP'] },
      { name: 'FACE_LANDMARKS', format: 'XYZC', points: ['4', '33'] },
      { name: 'LEFT_HAND_LANDMARKS', format: 'XYZC', points: ['WRIST', 'THUMB_CMC'] },
    ];
    const z = [0.2, 0.5, 0.7, -0.1, -0.05, 0.25, 0.125];
    const person = z.map((depth, index) => [index + 1, 1, depth, 1]);
    const read = await framesOf(Buffer.concat([header(0.2, components), bodyOf(0.2, 25, [[person]])]));
    const depth = read[0]?.depth ?? new Float32Array();
    // Hips 0.5 and 0.7: middle 0.6; the picture is 100 pixels wide.
    expect(depth[0]).toBeCloseTo(-40, 3);
    expect(depth[11]).toBeCloseTo(-10, 3);
    // Nose tip of the face lies at the body's nose; the eye corner 0.05 behind it.
    expect(depth[53]).toBeCloseTo(-40, 3);
    expect(depth[59]).toBeCloseTo(-35, 3);
    expect([depth[91], depth[92]]).toEqual([0, -12.5]);
    expect(depth[112]).toBeNaN();
  });

  it('takes depth as shares of the width from MediaPipe and as pixels from COCO-WholeBody, also in one file', async () => {
    const components = [
      { name: 'LEFT_HAND_LANDMARKS', format: 'XYZC', points: ['WRIST', 'THUMB_CMC'] },
      { name: 'RIGHT_HAND', format: 'XYZC', points: ['hand_0', 'hand_1'] },
    ];
    const person = [0.02, -0.03, 10, 4].map((depth, index) => [index + 1, 1, depth, 1]);
    const read = await framesOf(Buffer.concat([header(0.2, components), bodyOf(0.2, 25, [[person]])]));
    const depth = read[0]?.depth ?? new Float32Array();
    // The picture is 100 pixels wide: 2 and -3 pixels, from the wrist -5; 10 and 4 are pixels, from the wrist -6.
    expect(depth[92]).toBeCloseTo(-5, 4);
    expect(depth[113]).toBeCloseTo(-6, 4);
  });
});

describe('people', () => {
  const two = [
    [small(10, 20), small(70, 20)],
    [small(11, 20), small(71, 20)],
  ];

  it('asks which of several people is meant, and follows that one', async () => {
    const bytes = Buffer.concat([header(0.2), bodyOf(0.2, 25, two)]);
    await expect(framesOf(bytes)).rejects.toThrow(
      /2 people in frame 0; choose one from 1 to 2 with `person`/,
    );
    const read = await framesOf(bytes, { person: 2 });
    expect(read.map((frame) => point(frame, 112)[0])).toEqual([70, 71]);
    await expect(framesOf(bytes, { person: 3 })).rejects.toThrow(/holds 2 people; person 3/);
  });

  it('follows by place where the order of people changes', async () => {
    const at = (x: number) => [
      [x, 30, 0, 1],
      [x + 10, 30, 0, 1],
      [x, 50, 0, 1],
    ];
    const bytes = Buffer.concat([
      header(0),
      body0(25, [[at(10), at(70)], [at(71), at(11)], [at(12)], [at(73), at(13)]]),
    ]);
    const first = await framesOf(bytes, { person: 1 });
    expect(first.map((frame) => point(frame, 112)[0])).toEqual([10, 11, 12, 13]);
    const second = await framesOf(bytes, { person: 2 });
    expect(second.map((frame) => point(frame, 112)[0])).toEqual([70, 71, 0, 73]);
  });

  it('says that nobody is there', async () => {
    const nobody = [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ];
    await expect(
      framesOf(Buffer.concat([header(0.2), bodyOf(0.2, 25, [[nobody], [nobody]])])),
    ).rejects.toThrow(/shows no person in any of its frames \(2\)/);
    await expect(framesOf(Buffer.concat([header(0), body0(25, [[], []])]))).rejects.toThrow(/no person/);
  });
});

describe('broken .pose files', () => {
  const good = Buffer.concat([header(0.2), bodyOf(0.2, 25, [[small(1, 2)], [small(3, 4)]])]);

  it.each([
    ['empty', Buffer.alloc(0), /is empty/],
    ['another file', Buffer.from('this is a letter to my aunt'), /first four bytes say/],
    [
      'an unknown version',
      Buffer.concat([header(0.3), bodyOf(0.2, 25, [[small(1, 2)]])]),
      /known are 0.0, 0.1 and 0.2/,
    ],
    ['cut off in the header', good.subarray(0, 60), /header does not end/],
    ['cut off after the header', header(0.2), /ends after its header/],
    ['cut off in the body', good.subarray(0, good.length - 5), /cut off: it should hold 2 frames/],
    ['without frames', Buffer.concat([header(0.2), bodyOf(0.2, 25, [])]), /holds no frames/],
    ['without fps', Buffer.concat([header(0.2), bodyOf(0.2, 0, [[small(1, 2)]])]), /`fps`/],
    [
      'without a size',
      Buffer.concat([header(0.2, SMALL, { width: 0 }), bodyOf(0.2, 25, [[small(1, 2)]])]),
      /`size`/,
    ],
    [
      'with unknown points',
      Buffer.concat([
        header(0.2, [{ name: 'TAIL', format: 'XYC', points: ['tip'] }]),
        bodyOf(0.2, 25, [[[[1, 2, 1]]]]),
      ]),
      /no component with known points, only TAIL/,
    ],
  ])('says what is wrong with one %s', async (_, bytes, sentence) => {
    const failure = framesOf(bytes);
    await expect(failure).rejects.toThrow(sentence);
    await expect(failure).rejects.toBeInstanceOf(PoseFileError);
    await failure.catch((error: Error) => {
      expect(error.message).toMatch(/^test\.pose .*\.$/);
    });
  });

  it('says that a file is not there', async () => {
    await expect(openPoseClip('no/such.pose')).rejects.toThrow(
      'no/such.pose cannot be opened: there is no such file or folder.',
    );
  });

  it('lets --fps and --size stand in for what a file does not say', async () => {
    const bytes = Buffer.concat([header(0.2, SMALL, { width: 0 }), bodyOf(0.2, 0, [[small(1, 2)]])]);
    const clip = await openSource(memorySource('test.pose', bytes), {
      fps: 12.5,
      size: { width: 640, height: 360 },
    });
    expect(clip.info).toMatchObject({ fps: 12.5, width: 640, height: 360 });
  });
});
