import { describe, expect, it } from 'vitest';
import { type PoseFrame, repairSentences } from '../../src/pose/index.js';
import { apart, clipOfFrames, drawn, range, sampleFrames } from './real-frames.js';

const LEFT = 91;
const RIGHT = 112;
const HAND = range(LEFT, 21);
const frames = await sampleFrames('hello.pose');

type Change = (x: number, y: number, wrist: readonly [number, number]) => readonly [number, number];

/** The left hand changed in the frames that `when` names. */
function changed(change: Change, when: (index: number) => boolean) {
  return clipOfFrames(frames, (keypoints, index) => {
    if (!when(index)) return;
    const wrist = [keypoints[LEFT * 3] ?? 0, keypoints[LEFT * 3 + 1] ?? 0] as const;
    for (const point of HAND)
      keypoints.set(change(keypoints[point * 3] ?? 0, keypoints[point * 3 + 1] ?? 0, wrist), point * 3);
  });
}

/** Largest distance of the left hand's points from the file's, pixels. */
function off(frame: PoseFrame | undefined, index: number): number {
  return Math.max(...HAND.map((point) => apart(frame, frames[index], point)));
}

const few = (index: number) => index >= 30 && index < 33;
const always = () => true;

const moved: Change = (x, y) => [x - 140, y];
const tiny: Change = (x, y, [wx, wy]) => [wx + (x - wx) / 10, wy + (y - wy) / 10];
const mirrored: Change = (x, y, [wx]) => [2 * wx - x, y];
const spot: Change = (_x, _y, [wx, wy]) => [wx, wy];

describe('a hand that no body can have', () => {
  it.each([
    ['140 pixels from its arm', moved, 'left hand (away from its arm)'],
    ['ten times too small', tiny, 'left hand (too small)'],
    ['on one spot', spot, 'left hand (all points on one spot)'],
  ])('is dropped for the frames around it, and said: %s', async (_, change, said) => {
    const { frames: done, statistics } = await drawn(changed(change, few), { repair: { bones: false } });
    expect(off(done[31], 31)).toBeLessThan(12);
    expect(repairSentences(statistics.repairs, 78)[0]).toBe(`Dropped: ${said} in 3 of 78 frames.`);
  });

  it.each([
    ['brought to its arm', moved, 25],
    ['brought to its size', tiny, 15],
    ['was mirrored', mirrored, 12],
  ])('is repaired where the whole clip has it so: %s', async (said, change, most) => {
    const { frames: done, statistics } = await drawn(changed(change, always), { repair: { bones: false } });
    expect(Math.max(...range(0, 78).map((k) => off(done[k], k)))).toBeLessThan(most);
    expect(repairSentences(statistics.repairs, 78)[0]).toBe(
      `Repaired: left hand (${said}) in 78 of 78 frames.`,
    );
  });

  describe('without depth, by the forearm', () => {
    /** The right hand of a clip in which it crosses the body, mirrored or not, as a tool in two dimensions gives it. */
    const flat = (turned: (index: number) => boolean) =>
      clipOfFrames(
        frames.map(({ depth: _, ...frame }) => frame),
        (keypoints, index) => {
          if (!turned(index)) return;
          const x0 = keypoints[RIGHT * 3] ?? 0;
          for (const point of range(RIGHT, 21)) {
            if ((keypoints[point * 3 + 2] ?? 0) > 0)
              keypoints[point * 3] = 2 * x0 - (keypoints[point * 3] ?? 0);
          }
        },
      );

    it('is turned over where the whole clip has it mirrored', async () => {
      const options = { repair: { bones: false } };
      const [{ frames: done, statistics }, { frames: right }] = [
        await drawn(flat(always), options),
        await drawn(
          flat(() => false),
          options,
        ),
      ];
      const seen = statistics.repairs.find(
        ({ part, why }) => part === 'right hand' && why === 'was mirrored',
      );
      expect(seen?.frames).toBeGreaterThan(50);
      for (const point of range(RIGHT, 21)) expect(apart(done[55], right[55], point)).toBeLessThan(1);
    });

    it('is dropped where only some frames bend it as no wrist can be bent', async () => {
      const { statistics } = await drawn(flat((index) => index % 9 === 0));
      const said = statistics.repairs.filter(({ part, did }) => part === 'right hand' && did !== 'completed');
      expect(said.map(({ did, why }) => [did, why])).toEqual([['dropped', 'bent as no wrist can be']]);
    });

    it('is left as it is where it lies as it should', async () => {
      const { statistics } = await drawn(flat(() => false));
      expect(statistics.repairs.filter(({ did }) => did !== 'completed')).toEqual([]);
    });
  });

  it('is dropped where it is a copy of the other, also without wrists of the body', async () => {
    const twice = clipOfFrames(frames, (keypoints, index) => {
      if (!few(index)) return;
      keypoints.copyWithin(112 * 3, LEFT * 3, (LEFT + 21) * 3);
      keypoints.fill(0, 10 * 3, 10 * 3 + 3);
    });
    const { statistics } = await drawn(twice);
    expect(statistics.repairs).toContainEqual({
      did: 'dropped',
      part: 'right hand',
      why: 'found twice',
      frames: 3,
    });
  });

  it('is left alone on request', async () => {
    const { statistics } = await drawn(changed(tiny, few), { repair: { anatomy: false }, complete: false });
    expect(statistics.repairs).toEqual([]);
  });

  it('is never found in the samples as they are', async () => {
    const { statistics } = await drawn(clipOfFrames(frames));
    expect(statistics.repairs.filter(({ did }) => did !== 'completed')).toEqual([]);
  });
});
