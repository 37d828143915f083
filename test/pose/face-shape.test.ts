import { describe, expect, it } from 'vitest';
import { neutralHead } from '../../src/pose/complete/fit-head.js';
import { FaceMean, type FaceShape, faceShape, type MeanFace } from '../../src/pose/face-mean.js';
import { faceDifference, lidRatio, reshapeFace } from '../../src/pose/face-shape.js';
import { PARTS } from '../../src/pose/pose-frame.js';

const FACE = PARTS.face.start;

/** A face as the neutral figure has it, with some of its 68 points moved (widths of the shoulders), then turned, sized and placed. */
function face(
  moved: Record<number, readonly [number, number]> = {},
  { scale = 100, turn = 0, x = 250, y = 150, wide = 1 } = {},
) {
  const keypoints = new Float32Array(133 * 3);
  for (const index of [0, 1, 2, 3, 4, ...Array.from({ length: 68 }, (_, k) => FACE + k)]) {
    const [u, v] = neutralHead(index);
    const [du, dv] = moved[index - FACE] ?? [0, 0];
    const [a, b] = [(u + du) * wide, v + dv];
    keypoints.set(
      [
        x + scale * (Math.cos(turn) * a - Math.sin(turn) * b),
        y + scale * (Math.sin(turn) * a + Math.cos(turn) * b),
        1,
      ],
      index * 3,
    );
  }
  return keypoints;
}

function meanOf(frames: readonly Float32Array[]) {
  const mean = new FaceMean();
  for (const frame of frames) mean.add(frame);
  return mean.mean;
}

function changeTo(own: MeanFace, goal: FaceShape) {
  return { own: own.shape, difference: faceDifference(own, goal), lids: lidRatio(own, goal) };
}

/** The mean face of a clip without an end. */
function longMean() {
  const mean = meanOf([face()]);
  return mean && { ...mean, frames: 1e9 };
}

/** The same mouth everywhere: its corners (48, 54) further apart. */
const WIDE_MOUTH = { 48: [-0.02, 0], 54: [0.02, 0], 60: [-0.02, 0], 64: [0.02, 0] } as const;

function far(a: Float32Array, b: Float32Array, points: readonly number[]): number {
  return Math.max(
    ...points.map((k) =>
      Math.hypot(
        (a[(FACE + k) * 3] ?? 0) - (b[(FACE + k) * 3] ?? 0),
        (a[(FACE + k) * 3 + 1] ?? 0) - (b[(FACE + k) * 3 + 1] ?? 0),
      ),
    ),
  );
}

const ALL = Array.from({ length: 68 }, (_, k) => k);

describe("a clip's face given the shape of a reference's", () => {
  it('is the same shape however large, turned and placed a face is', () => {
    const plain = faceShape(face(WIDE_MOUTH)) ?? [];
    const other = faceShape(face(WIDE_MOUTH, { scale: 37, turn: 0.4, x: 80, y: 400 })) ?? [];
    expect(plain).toHaveLength(136);
    other.forEach((value, i) => {
      expect(value).toBeCloseTo(plain[i] ?? Number.NaN, 4);
    });
  });

  it("becomes the reference's in a long clip, at the frame's own size and turn", () => {
    const own = longMean();
    const goal = faceShape(face(WIDE_MOUTH));
    if (!own || !goal) throw new Error('a face is missing');
    const frame = face({}, { scale: 80, turn: -0.3 });
    reshapeFace(frame, changeTo(own, goal));
    // The similarity onto the neutral face spreads a little of what four points moved over all.
    expect(far(frame, face(WIDE_MOUTH, { scale: 80, turn: -0.3 }), ALL)).toBeLessThan(0.1);
  });

  it('keeps what a frame says: a mouth that opens, brows that rise', () => {
    const own = longMean();
    const goal = faceShape(face(WIDE_MOUTH));
    if (!own || !goal) throw new Error('a face is missing');
    const says = { 57: [0, 0.1], 66: [0, 0.1], 19: [0, -0.04] } as const;
    const [calm, signing] = [face(), face(says)];
    const change = changeTo(own, goal);
    reshapeFace(calm, change);
    reshapeFace(signing, change);
    for (const [k, [, down]] of Object.entries(says)) {
      const at = (FACE + Number(k)) * 3 + 1;
      expect((signing[at] ?? 0) - (calm[at] ?? 0)).toBeCloseTo(100 * down, 3);
    }
  });

  it('takes the height of the brows in a long clip, and nothing of how far eyes and mouth are open', () => {
    const own = longMean();
    const brows = Object.fromEntries(Array.from({ length: 10 }, (_, k) => [17 + k, [0, -0.03] as const]));
    const open = {
      ...brows,
      61: [0, -0.02],
      62: [0, -0.02],
      63: [0, -0.02],
      65: [0, 0.02],
      66: [0, 0.02],
      67: [0, 0.02],
      37: [0, -0.01],
      41: [0, 0.01],
    } as const;
    const goal = faceShape(face(open));
    if (!own || !goal) throw new Error('a face is missing');
    const of = (k: number) => faceDifference(own, goal)[2 * k + 1] ?? Number.NaN;
    for (const k of [19, 21, 26])
      expect(of(k)).toBeCloseTo((goal[2 * k + 1] ?? 0) - (own.shape[2 * k + 1] ?? 0), 6);
    expect(of(66) - of(62)).toBeCloseTo(0, 6);
    expect(of(41) - of(37)).toBeCloseTo(0, 6);
  });

  it('takes what a short clip shows for an expression, which stays, on a face that detectors typically find', () => {
    const says = { ...WIDE_MOUTH, 19: [0, -0.04], 24: [0, -0.04] } as const;
    const [calm, signing, neutral] = [meanOf([face()]), meanOf([face(says)]), faceShape(face())];
    if (!calm || !signing || !neutral) throw new Error('a face is missing');
    const gained = (mean: typeof calm, k: number, axis: 0 | 1): number =>
      (faceDifference(mean, neutral)[2 * k + axis] ?? 0) -
      (faceDifference(mean, neutral)[2 * 30 + axis] ?? 0);
    // Of the frame's own wide mouth 1 in 26 is taken back, of its raised brows 1 in 51.
    expect(gained(calm, 54, 0) - gained(signing, 54, 0)).toBeCloseTo(0.02 / 26, 4);
    expect(gained(signing, 24, 1) - gained(calm, 24, 1)).toBeCloseTo(0.04 / 51, 4);
    // Detectors find brows lower than the neutral figure's: 0.057 distances of the eyes.
    const eyes = (neutral[2 * 45] ?? 0) - (neutral[2 * 36] ?? 0);
    expect(gained(calm, 24, 1)).toBeCloseTo((-0.057 * eyes * 50) / 51, 5);
  });

  it('counts turned heads less, and faces with missing or completed points not at all', () => {
    const completed = face();
    for (let i = 2; i < completed.length; i += 3) completed[i] = 0.25;
    expect(meanOf([completed])).toBeUndefined();
    const turned = face({ 30: [0.1, 0] });
    expect(meanOf([turned])?.frames).toBeLessThan(0.5);
    expect(meanOf([face()])?.frames).toBeGreaterThan(0.9);
  });

  it('rests on the points that are seen, and is the neutral face where none are', () => {
    const partly = face({ 54: [0.03, 0] });
    for (const k of [17, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 62]) partly[(FACE + k) * 3 + 2] = 0.2;
    const [mean, whole] = [meanOf([partly]), meanOf([face({ 54: [0.03, 0] })])];
    expect(mean?.shape[2 * 62]).toBeCloseTo(neutralHead(FACE + 62)[0], 6);
    expect(mean?.shape[2 * 54] ?? 0).toBeCloseTo(whole?.shape[2 * 54] ?? 1, 2);
  });

  it("opens the eyes as far as the reference's at the clip's mean, and leaves shut eyes shut", () => {
    const own = longMean();
    if (!own) throw new Error('a face is missing');
    const apart = (of: Float32Array) => (of[(FACE + 41) * 3 + 1] ?? 0) - (of[(FACE + 37) * 3 + 1] ?? 0);
    const half = (apart(face()) / 2 / 100) * 0.5;
    const upper = [37, 38, 43, 44].map((k) => [k, [0, -half]] as const);
    const lower = [40, 41, 46, 47].map((k) => [k, [0, half]] as const);
    const wide = Object.fromEntries([...upper, ...lower]);
    const goal = faceShape(face(wide));
    if (!goal) throw new Error('a face is missing');
    const [calm, shut] = [face(), face()];
    for (const [a, b] of [
      [37, 41],
      [38, 40],
      [43, 47],
      [44, 46],
    ] as const)
      shut[(FACE + a) * 3 + 1] = shut[(FACE + b) * 3 + 1] ?? 0;
    for (const frame of [calm, shut]) reshapeFace(frame, changeTo(own, goal));
    expect(apart(calm) / apart(face())).toBeCloseTo(1.5, 1);
    expect(apart(shut)).toBeCloseTo(0, 3);
  });

  it('moves nose, eyes and ears of the body with the face, and leaves frames without a face alone', () => {
    const own = longMean();
    const goal = faceShape(face({ 30: [0, 0.04] }));
    if (!own || !goal) throw new Error('a face is missing');
    const change = changeTo(own, goal);
    const frame = face();
    reshapeFace(frame, change);
    const nose = (FACE + 30) * 3 + 1;
    expect((frame[1] ?? 0) - (face()[1] ?? 0)).toBeCloseTo((frame[nose] ?? 0) - (face()[nose] ?? 0), 3);
    expect((frame[1] ?? 0) - (face()[1] ?? 0)).toBeGreaterThan(2);
    const empty = new Float32Array(133 * 3);
    reshapeFace(empty, change);
    expect(empty.every((value) => value === 0)).toBe(true);
  });
});
