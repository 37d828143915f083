import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { figurePoints, film } from '../../src/phrase/figure.js';
import { atRest } from '../../src/phrase/spelling.js';
import { openPoseClip, type PoseFrame, repairSentences } from '../../src/pose/index.js';
import { apart, clipOfFrames, drawn, range, sampleFrames, without } from './real-frames.js';

const LETTERS = new URL('../../../shared/data/letters/', import.meta.url);
const there = existsSync(LETTERS);
if (!there) console.log('The letters that people signed are not here: their test is skipped.');

const FACE = range(23, 68);
const LEFT_HAND = range(91, 21);
const RIGHT_HAND = range(112, 21);
/** A signer of whom everything is known, with the arms down: what is taken from it is known to be right. */
const whole = film(figurePoints(atRest(), atRest(), 0), { width: 512, height: 512 }, 0, 0);
const SHOULDERS = apart(whole, { ...whole, keypoints: whole.keypoints.slice(3) }, 5);

async function completed(...taken: readonly number[]): Promise<PoseFrame | undefined> {
  const seen = { ...whole, keypoints: whole.keypoints.map((v, at) => (at % 3 === 2 && v > 0 ? 1 : v)) };
  const { frames } = await drawn(clipOfFrames([seen], (keypoints) => without(keypoints, ...taken)));
  return frames[0];
}

/** The largest distance of these points from where they truly are, in widths of the shoulders. */
function worst(frame: PoseFrame | undefined, indices: readonly number[], truth = whole): number {
  return Math.max(...indices.map((index) => apart(frame, truth, index))) / SHOULDERS;
}

describe('what a person must have', () => {
  it.each([
    ['a forearm with its hand', [9, ...LEFT_HAND], 0.35],
    ['a hand', RIGHT_HAND, 0.12],
    ['an arm', [8, 10, ...RIGHT_HAND], 0.35],
    ['a face', FACE, 0.06],
    ['nose, eyes and ears', [0, 1, 2, 3, 4], 0.06],
    ['a head', [0, 1, 2, 3, 4, ...FACE], 0.12],
    ['a shoulder', [5], 0.15],
    ['both shoulders', [5, 6], 0.1],
    ['hips', [11, 12], 0.15],
  ])('is completed near to where it is: %s', async (_, taken, most) => {
    expect(worst(await completed(...taken), taken)).toBeLessThan(most);
  });

  it('leaves what is known untouched, and says what it completed', async () => {
    const frames = await sampleFrames('hello.pose');
    const { frames: done, statistics } = await drawn(
      clipOfFrames(frames, (keypoints) => without(keypoints, ...FACE)),
      { repair: { bones: false, wrist: 'none' } },
    );
    for (const index of [0, 5, 6, 7, 8, 100]) expect(apart(done[30], frames[30], index)).toBe(0);
    expect(repairSentences(statistics.repairs, statistics.frames)).toEqual([
      'Completed: face in 78 of 78 frames; right hand in 16 of 78 frames.',
    ]);
  });

  it('draws a face where a detector finds it, led by nose, eyes and ears', async () => {
    const frames = await sampleFrames('phrase.pose');
    const { frames: done } = await drawn(clipOfFrames(frames, (points) => without(points, ...FACE)));
    const errors = frames.flatMap((frame, k) => FACE.map((index) => apart(done[k], frame, index)));
    const width = apart(frames[0], frames[0] && { ...frames[0], keypoints: frames[0].keypoints.slice(3) }, 5);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length / width).toBeLessThan(0.06);
  });

  it.skipIf(!there)(
    'gives every letter that people signed an arm that hangs',
    async () => {
      const names = readdirSync(LETTERS).filter((name) => name.endsWith('.pose'));
      expect(names).toHaveLength(26);
      for (const name of names) {
        const clip = await openPoseClip(fileURLToPath(new URL(name, LETTERS)));
        const { frames, statistics } = await drawn(clip);
        await clip.close();
        expect(statistics.repairs).toContainEqual({
          did: 'completed',
          part: 'left wrist',
          frames: statistics.frames,
        });
        for (const { keypoints } of frames) {
          const [x = 0, y = 0] = keypoints.subarray(7 * 3, 7 * 3 + 2);
          const [toX = 0, toY = 0] = keypoints.subarray(9 * 3, 9 * 3 + 2);
          expect(toY - y, name).toBeGreaterThan(100);
          expect(Math.abs(toX - x), name).toBeLessThan(40);
        }
      }
    },
    60_000,
  );
});

describe('an arm', () => {
  it('is led by a hand that is known alone, with bones no longer than they are', async () => {
    const frames = await sampleFrames('hello.pose');
    const lead = (keypoints: Float32Array) => without(keypoints, 8, 10);
    const { frames: done, statistics } = await drawn(clipOfFrames(frames, lead));
    for (const frame of done) {
      const bone = (a: number, b: number) =>
        apart(frame, { ...frame, keypoints: frame.keypoints.slice((b - a) * 3) }, a);
      expect(bone(6, 8)).toBeLessThan(0.9 * statistics.anatomy.shoulders);
      expect(bone(8, 10)).toBeLessThan(0.9 * statistics.anatomy.shoulders);
      expect(frame.keypoints[10 * 3 + 2]).toBeGreaterThan(0);
    }
  });

  it('keeps its hand at its wrist while the picture cuts more and more of that off', async () => {
    const seen = {
      ...whole,
      keypoints: whole.keypoints.map((v, at) => (at % 3 === 2 && v > 0 ? 1 : v)),
    };
    const filmed = Array.from({ length: 60 }, (_, index) => ({ ...seen, index, time: index / 25 }));
    const clip = clipOfFrames(filmed, (keypoints, at) => {
      without(keypoints, ...LEFT_HAND.slice(at < 10 || at >= 50 ? 12 : 5));
    });
    const { frames } = await drawn(clip);
    const completed = frames.map((frame) => LEFT_HAND.filter((k) => (frame.keypoints[k * 3 + 2] ?? 0) > 0));
    expect(completed.filter((points) => points.length === LEFT_HAND.length).length).toBeGreaterThan(20);
    frames.forEach((frame, at) => {
      expect(worst(frame, completed[at] ?? [])).toBeLessThan(0.3);
    });
  });

  it('that a file loses for a while sinks and rises without a jump, whatever range is drawn', async () => {
    const frames = await sampleFrames('hello.pose');
    const lost = (keypoints: Float32Array, at: number) => {
      if (at >= 20 && at < 60) without(keypoints, 8, 10, ...RIGHT_HAND);
    };
    const { frames: done } = await drawn(clipOfFrames(frames, lost), { maxGap: 0 });
    const jump = (of: readonly PoseFrame[], from: number, to: number) =>
      Math.max(...range(from, to - from).map((k) => apart(of[k], of[k + 1], 10)));
    expect(jump(done, 17, 62)).toBeLessThan(45);
    const hanging = done[40]?.keypoints.subarray(10 * 3, 10 * 3 + 2) ?? [];
    expect(hanging[1]).toBeGreaterThan(420);
    // Frames that were not read before do not change it: the clip from its 15th frame on is the same.
    const { frames: later } = await drawn(
      clipOfFrames(frames.slice(15), (points, at) => lost(points, at + 15)),
      { maxGap: 0, repair: { bones: false } },
    );
    const { frames: all } = await drawn(clipOfFrames(frames, lost), { maxGap: 0, repair: { bones: false } });
    expect(apart(later[10], all[25], 10)).toBeLessThan(3);
  });
});
