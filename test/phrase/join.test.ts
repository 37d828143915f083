import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridgeArms } from '../../src/phrase/idle-arms.js';
import { join, openLexicon, phrase, spell, writeClip } from '../../src/phrase/index.js';
import { fillFromRest, placeFrames } from '../../src/phrase/place.js';
import { blendFrames, transitionSeconds, turnBone } from '../../src/phrase/transition.js';
import { activePart, shouldersOf } from '../../src/phrase/trim.js';
import { KEYPOINT_COUNT, openPoseWriter, type PoseClip, type PoseFrame } from '../../src/pose/index.js';
import { framesOf, LETTERS, lettersThere } from './letter-library.js';
import { type Heights, makeSign } from './make-sign.js';

const hello = fileURLToPath(new URL('../../samples/hello.pose', import.meta.url));

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(joinPath(tmpdir(), 'handfirst-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function framesIn(clip: PoseClip): Promise<PoseFrame[]> {
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  return frames;
}

async function writeSign(name: string, heights: Heights, info = { fps: 25, width: 500, height: 500 }) {
  const path = joinPath(scratch, name);
  const writer = await openPoseWriter(path, { info, depth: true, force: true });
  for (const frame of makeSign(heights)) await writer.write(frame);
  await writer.finish();
  return path;
}

function at(frame: PoseFrame | undefined, index: number): [number, number, number] {
  const [x = 0, y = 0, c = 0] = frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [];
  return [x, y, c];
}

const bent = (count: number, height: number): number[] => Array.from({ length: count }, () => height);

describe('the active part', () => {
  it('is what lies between the way up and the way down', () => {
    // Rest at 1.4, up in 4 frames (7.5 shoulder widths a second), 10 frames of sign, down in 4 frames, rest.
    const heights = [
      ...bent(8, 1.4),
      1.1,
      0.8,
      0.5,
      0.2,
      ...bent(10, 0.1),
      0.4,
      0.7,
      1,
      1.3,
      ...bent(6, 1.4),
    ];
    expect(activePart(makeSign(heights), 25)).toEqual({ from: 12, to: 22 });
  });

  it('keeps a sign that moves up and down slowly, and a clip without rest whole', () => {
    const slow = [...bent(5, 1.4), ...Array.from({ length: 20 }, (_, k) => 0.5 - k * 0.02), ...bent(5, 1.4)];
    expect(activePart(makeSign(slow), 25)).toEqual({ from: 5, to: 25 });
    expect(activePart(makeSign(bent(7, 0.2)), 25)).toEqual({ from: 0, to: 7 });
  });

  it('is where a hand moves when none is ever up, and all where nothing is known', () => {
    const low = [...bent(5, 1.4), 1.3, 1.2, 1.1, 1.2, 1.3, ...bent(5, 1.4)];
    expect(activePart(makeSign(low), 25)).toEqual({ from: 4, to: 10 });
    const nobody = makeSign(bent(4, 1)).map((frame) => ({ ...frame, keypoints: new Float32Array(399) }));
    expect(activePart(nobody, 25)).toEqual({ from: 0, to: 4 });
  });
});

describe('placing', () => {
  it('brings the shoulders of one signer to those of another, depth as well', () => {
    const frames = makeSign(bent(2, 0.5), { x: 100, y: 80, width: 50 });
    frames[0]?.depth?.fill(-3);
    expect(shouldersOf(frames)).toEqual({ x: 100, y: 80, width: 50 });
    const [first] = placeFrames(frames, { x: 100, y: 80, width: 50 }, { x: 256, y: 200, width: 200 });
    expect(at(first, 5)).toEqual([356, 200, 1]);
    expect(at(first, 0)).toEqual([256, 0, 1]);
    expect(first?.depth?.[112]).toBe(-12);
    expect(at(first, 15)).toEqual([0, 0, 0]);
  });
});

describe('what a file does not show', () => {
  it('is taken from rest: an arm that is never seen, and the trunk, so that it never jumps between signs', () => {
    const frames = makeSign(bent(3, 0.2));
    for (const frame of frames) frame.keypoints.set([1, 2, 1], 11 * 3);
    const [rest] = makeSign([1.4]);
    if (!rest) throw new Error();
    rest.keypoints.set([300, 480, 1, 200, 480, 1], 11 * 3);
    rest.keypoints.set([400, 470, 1], 9 * 3);
    for (const frame of fillFromRest(frames, rest)) {
      expect(at(frame, 11)).toEqual([300, 480, 1]);
      expect(at(frame, 12)).toEqual([200, 480, 1]);
      expect(at(frame, 9)).toEqual([400, 470, 1]);
      expect(at(frame, 10)).toEqual(at(frames[0], 10));
    }
  });
});

describe('transitions', () => {
  it('take longer the further a hand goes', () => {
    const [low, high] = [makeSign([1.4])[0], makeSign([0.2])[0]];
    if (!low || !high) throw new Error();
    // 0.18 s and 0.25 s for each of 1.2 shoulder widths; at least 0.2 s, at most 0.8 s.
    expect(transitionSeconds(low, high, 200)).toBeCloseTo(0.48, 6);
    expect(transitionSeconds(low, low, 200)).toBe(0.2);
    expect(transitionSeconds(low, high, 20)).toBe(0.8);
  });

  it('turn a bone on the great circle', () => {
    const middle = turnBone([2, 0, 0], [0, 4, 0], 0.5);
    expect(middle.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([2.12132, 2.12132, 0]);
    expect(turnBone([0, 0, 1], [0, 0, 3], 0.25)).toEqual([0, 0, 1.5]);
  });

  it('keep the bones of hands at length, where points alone would shrink them', () => {
    const [from] = makeSign([0.2]);
    if (!from) throw new Error();
    // The same hand upside down, turned about its wrist.
    const keypoints = from.keypoints.slice();
    const [wx, wy] = at(from, 112);
    for (let index = 112; index < 133; index += 1) {
      const [x, y] = at(from, index);
      keypoints.set([wx - (y - wy), wy + (x - wx), 1], index * 3);
    }
    const middle = blendFrames(from, { ...from, keypoints }, 0.5);
    const bone = (frame: PoseFrame): number => {
      const [[ax, ay], [bx, by]] = [at(frame, 121), at(frame, 122)];
      return Math.hypot(ax - bx, ay - by);
    };
    expect(bone(middle)).toBeCloseTo(bone(from), 3);
    expect(blendFrames(from, middle, 0).keypoints).toEqual(from.keypoints);
    expect(blendFrames(from, middle, 1).keypoints).toEqual(middle.keypoints);
  });

  it('let a lost arm sink to rest and come back', () => {
    const frames = makeSign(bent(40, 0.2));
    for (const frame of frames.slice(10, 30)) frame.keypoints.fill(0, 30, 33);
    const [rest] = makeSign([1.4]);
    if (!rest) throw new Error();
    const bridged = bridgeArms(frames, rest, 25);
    const y = bridged.map((frame) => at(frame, 10)[1]);
    // 0.32 s are 8 frames: down after frame 9, at rest (250 + 1.4 * 200) from 17 to 22, up again at 30.
    expect(y[9]).toBe(290);
    expect(y[17]).toBeCloseTo(530, 3);
    expect(y[22]).toBeCloseTo(530, 3);
    expect(y[30]).toBe(290);
    expect(y[13]).toBeGreaterThan(y[12] ?? 0);
    expect(bridged.every((frame) => at(frame, 112)[2] === 1)).toBe(true);
  });
});

describe('join', () => {
  it('trims, resamples, places and joins, with rest before and after', async () => {
    const heights = [...bent(10, 1.4), ...bent(20, 0), ...bent(10, 1.4)];
    const one = await writeSign('one.pose', heights);
    const two = await writeSign('two.jsonl', heights, { fps: 50, width: 500, height: 500 });
    const clip = await join([one, two], { fps: 50, size: { width: 1024, height: 1024 } });
    const [first, second] = clip.signs;
    // 20 frames at 25 a second are 39 at 50 (the last source frame ends them); at 50 a second they are 20.
    expect((first?.end ?? 0) - (first?.start ?? 0)).toBeCloseTo(0.8, 1);
    expect((second?.end ?? 0) - (second?.start ?? 0)).toBeCloseTo(0.4, 6);
    const frames = await framesIn(clip);
    expect(frames).toHaveLength(clip.info.frameCount);
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, index) => index));
    expect(frames[51]?.time).toBeCloseTo(51 / 50, 9);
    // Every frame is whole: 133 points, whatever the files lack.
    for (const { keypoints } of frames) {
      for (let index = 0; index < KEYPOINT_COUNT; index += 1)
        expect(keypoints[index * 3 + 2]).toBeGreaterThan(0);
    }
    // One signer: the shoulders never move by more than the breath between rest and sign.
    const widths = frames.map((frame) => at(frame, 5)[0] - at(frame, 6)[0]);
    expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(1);
    // No jumps: a wrist moves by less than a tenth of the picture a frame.
    const steps = frames.slice(1).map((frame, k) => {
      const [[ax, ay], [bx, by]] = [at(frame, 10), at(frames[k], 10)];
      return Math.hypot(ax - bx, ay - by);
    });
    expect(Math.max(...steps)).toBeLessThan(60);
    const [start, end] = [at(frames[0], 10), at(frames.at(-1), 10)];
    expect(Math.hypot(start[0] - end[0], start[1] - end[1])).toBeLessThan(10);
  });

  it('leaves out trimming and rest when asked to', async () => {
    const one = await writeSign('whole.pose', [...bent(10, 1.4), ...bent(20, 0)]);
    expect((await join([one], { rest: false, trim: false })).info.frameCount).toBe(30);
    expect((await join([one], { rest: false })).info.frameCount).toBe(20);
  });

  it('joins the sample with itself', async () => {
    const clip = await join([hello, hello]);
    expect(clip.signs).toHaveLength(2);
    // 78 frames with rest at both ends: what remains is shorter, and the same both times.
    const [a, b] = clip.signs.map(({ start, end }) => Math.round((end - start) * 25));
    expect(a).toBe(b);
    expect(a).toBeGreaterThan(35);
    expect(a).toBeLessThan(65);
  });

  it('says what cannot be joined', async () => {
    await expect(join([])).rejects.toThrow(/nothing to join/);
    const frames = makeSign(bent(3, 0));
    const path = joinPath(scratch, 'headless.pose');
    const info = { fps: 25, width: 500, height: 500 };
    const writer = await openPoseWriter(path, { info, depth: true, force: true });
    for (const frame of frames) {
      frame.keypoints.fill(0, 15, 21);
      await writer.write(frame);
    }
    await writer.finish();
    await expect(join([path])).rejects.toThrow(/headless\.pose shows both shoulders in no frame/);
  });
});

describe.skipIf(!lettersThere)('real signs', () => {
  const letters = LETTERS.replace(/\/$/, '');

  it('are trimmed to the letter that stands: neither end is off its height, but for J and Z', async () => {
    const lexicon = await openLexicon(letters, 'ase');
    for (const letter of 'ABCDEFGHIKLMNOPQRSTUVWXY') {
      const frames = await framesOf(lexicon.find(letter)?.path ?? '');
      const { from, to } = activePart(frames, 25);
      expect(to - from, letter).toBeGreaterThan(frames.length / 2);
      const { width = Number.NaN } = shouldersOf(frames) ?? {};
      const heights = frames.map((frame) => {
        const [left, right] = [at(frame, 91), at(frame, 112)];
        return (left[2] > 0 ? left[1] : right[1]) / width;
      });
      const middle = heights[(from + to) >> 1] ?? Number.NaN;
      for (const end of [from, to - 1])
        expect(Math.abs((heights[end] ?? Number.NaN) - middle), letter).toBeLessThan(0.12);
    }
  });

  it('make a phrase with a spelled name in it', async () => {
    const clip = await phrase('A B A-N-A', letters, { hand: 'right' });
    expect(clip.signs.map(({ sign }) => sign)).toEqual(['A', 'B', 'A-N-A']);
    const spelled = clip.signs[2];
    const alone = spell('ANA').letters;
    const seconds = (alone.at(-1)?.end ?? 0) - (alone[0]?.start ?? 0);
    expect((spelled?.end ?? 0) - (spelled?.start ?? 0)).toBeCloseTo(seconds, 1);
    const output = joinPath(scratch, 'phrase.pose');
    expect(await writeClip(clip, output)).toBe(clip.info.frameCount);
    expect(await framesOf(output)).toHaveLength(clip.info.frameCount);
  });
});
