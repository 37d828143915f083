import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handShape, readHand } from '../../src/evaluate/judge/metrics/legibility.js';
import { type SpellOptions, spell, writeClip } from '../../src/phrase/index.js';
import { lettersOf } from '../../src/phrase/letters.js';
import type { PoseFrame } from '../../src/pose/index.js';
import { framesOf, lettersThere, realLetters } from './letter-library.js';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function spelled(text: string, options: SpellOptions = {}) {
  const clip = spell(text, options);
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  return { ...clip, frames };
}

function names(text: string): string {
  return lettersOf(text)
    .map((letter) => letter?.name ?? ' ')
    .join('');
}

/** x of the right hand's wrist. */
function wristX(frame: PoseFrame | undefined): number {
  return frame?.keypoints[112 * 3] ?? Number.NaN;
}

describe('the letters of a text', () => {
  it('takes case, accents, apostrophes and punctuation as a speller does', () => {
    expect(names("Zoë O'Brien-42!")).toBe('ZOE OBRIEN 42');
    expect(names('  A   B ')).toBe('A B');
  });

  it('names a character without a hand shape, and refuses an empty text', () => {
    expect(() => lettersOf('A漢')).toThrow(
      'The character "漢" in "A漢" has no hand shape; use A to Z, 0 to 9 and spaces.',
    );
    expect(() => lettersOf('toString $')).toThrow(/"\$"/);
    expect(() => lettersOf(' - ')).toThrow(/nothing to spell/);
  });
});

describe('spell', () => {
  it('lasts as long as its letters: one letter by hand', async () => {
    // 0.15 s of rest, 0.55 s up, 0.72 of a third of a second for the only letter, 0.6 s down, 0.15 s of rest: 1.69 s.
    const { frames, letters, info } = await spelled('B');
    expect(letters).toEqual([{ letter: 'B', start: expect.closeTo(0.7, 9), end: expect.closeTo(0.94, 9) }]);
    expect(frames).toHaveLength(Math.ceil(1.69 * 25));
    expect(info.frameCount).toBe(frames.length);
    expect(frames.at(-1)?.time).toBeCloseTo((frames.length - 1) / 25, 9);
  });

  it('spells about three letters a second, nearly twice as many at speed 2, at any frame rate', async () => {
    const times = (speed: number) => {
      const { letters } = spell('FINGERSPELLING', { speed });
      return (letters.at(-1)?.start ?? 0) - (letters[0]?.start ?? 0);
    };
    expect(13 / times(1)).toBeGreaterThan(2.7);
    expect(13 / times(1)).toBeLessThan(3.3);
    expect(times(1) / times(2)).toBeGreaterThan(1.8);
    const slow = await spelled('OK', { fps: 12.5 });
    const fast = await spelled('OK', { fps: 50 });
    expect(fast.frames[20]?.keypoints).toEqual(slow.frames[5]?.keypoints);
  });

  it('slides a double letter outward and pauses between words', async () => {
    const { frames, letters } = await spelled('LL LL');
    const x = letters.map(({ start, end }) => wristX(frames[Math.round(((start + end) / 2) * 25)]));
    // The signer's right is the picture's left; 4.6 cm are about 26 pixels at that distance.
    expect((x[0] ?? 0) - (x[1] ?? 0)).toBeGreaterThan(20);
    expect((x[0] ?? 0) - (x[1] ?? 0)).toBeLessThan(50);
    expect(Math.abs((x[2] ?? 0) - (x[0] ?? 0))).toBeLessThan(6);
    const [, second, third] = letters;
    expect((third?.start ?? 0) - (second?.end ?? 0)).toBeGreaterThan(0.4);
  });

  it('moves for J and Z, and stands still for other letters', async () => {
    const way = async (letter: string): Promise<number> => {
      const { frames, letters } = await spelled(letter);
      const [time] = letters;
      const tips = frames
        .filter((frame) => time && frame.time >= time.start && frame.time <= time.end)
        .map((frame) => frame.keypoints.subarray((112 + 8) * 3, (112 + 8) * 3 + 2));
      return tips.slice(1).reduce((sum, tip, k) => {
        const before = tips[k];
        return sum + Math.hypot((tip[0] ?? 0) - (before?.[0] ?? 0), (tip[1] ?? 0) - (before?.[1] ?? 0));
      }, 0);
    };
    expect(await way('Z')).toBeGreaterThan(100);
    expect(await way('J')).toBeGreaterThan(60);
    expect(await way('B')).toBeLessThan(6);
  });

  it('moves no faster than hands do, starts and ends at rest', async () => {
    const { frames } = await spelled('JAZZ 1906');
    const wrists = frames.map((frame) => [frame.keypoints[336] ?? 0, frame.keypoints[337] ?? 0] as const);
    const steps = wrists
      .slice(1)
      .map(([x, y], k) => Math.hypot(x - (wrists[k]?.[0] ?? 0), y - (wrists[k]?.[1] ?? 0)));
    // 60 pixels a frame are about 2.6 m/s.
    expect(Math.max(...steps)).toBeLessThan(60);
    const [first, last] = [wrists[0], wrists.at(-1)];
    expect(
      Math.hypot((first?.[0] ?? 0) - (last?.[0] ?? 0), (first?.[1] ?? 0) - (last?.[1] ?? 0)),
    ).toBeLessThan(8);
    expect(first?.[1]).toBeGreaterThan(400);
  });

  it('keeps the signing hand in the picture whatever is spelled', async () => {
    const { frames, letters } = await spelled('ZZZ JAZZ MISSISSIPPI WWW');
    for (const { start, end } of letters) {
      for (const frame of frames.filter(({ time }) => time >= start && time <= end)) {
        for (let index = 112; index < 133; index += 1) expect(frame.keypoints[index * 3 + 2]).toBe(1);
      }
    }
  });

  it('signs with the other hand in the mirror, at another size', async () => {
    const right = await spelled('HI');
    const left = await spelled('HI', { hand: 'left' });
    const wide = await spelled('HI', { size: { width: 1280, height: 1024 } });
    const at = Math.round((right.letters[0]?.start ?? 0) * 25) + 1;
    expect(left.frames[at]?.keypoints[91 * 3]).toBeCloseTo(512 - wristX(right.frames[at]), 3);
    expect(wristX(wide.frames[at])).toBeCloseTo(128 + 2 * wristX(right.frames[at]), 2);
  });

  it.each<[SpellOptions, RegExp]>([
    [{ speed: 9 }, /speed of 9 .* 0\.25 to 2/],
    [{ fps: 0 }, /frames a second/],
    [{ size: { width: 5, height: 512 } }, /5 x 512/],
  ])('refuses %j', (options, said) => {
    expect(() => spell('A', options)).toThrow(said);
  });

  it('writes a file that reads back the same, and nothing when it is cancelled', async () => {
    const output = join(scratch, 'hi.pose');
    const { frames } = await spelled('HI');
    expect(await writeClip(spell('HI'), output)).toBe(frames.length);
    const read = await framesOf(output);
    expect(read.map(({ keypoints }) => keypoints)).toEqual(frames.map(({ keypoints }) => keypoints));
    expect(read[30]?.depth).toEqual(frames[30]?.depth);
    await expect(writeClip(spell('HI'), output)).rejects.toThrow(/`force: true`/);
    const signal = AbortSignal.abort();
    await expect(writeClip(spell('HI'), join(scratch, 'no.pose'), { signal })).rejects.toThrow(/cancelled/);
    expect(readdirSync(scratch)).toEqual(['hi.pose']);
  });
});

describe.skipIf(!lettersThere)('legibility', () => {
  it.each(['right', 'left'] as const)(
    'real letters read the %s hand: all but J and Z, which move',
    async (hand) => {
      const known = await realLetters();
      expect(known).toHaveLength(26);
      const { frames, letters } = await spelled('THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG', { hand });
      expect(new Set(letters.map(({ letter }) => letter)).size).toBe(26);
      const missed = letters.filter(({ letter, start, end }) => {
        const frame = frames[Math.round(((start + end) / 2) * 25)];
        return !frame || readHand(handShape(frame, hand), known) !== letter;
      });
      expect(
        missed.every(({ letter }) => letter === 'J' || letter === 'Z'),
        JSON.stringify(missed),
      ).toBe(true);
    },
  );
});
