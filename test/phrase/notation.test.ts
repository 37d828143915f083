import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPhrase, parsePhrase, phrase, spell, writeClip } from '../../src/phrase/index.js';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
  mkdirSync(join(folder, 'signs'));
  await writeClip(spell('HI'), join(folder, 'signs', 'HELLO.pose'));
  await writeClip(spell('NO'), join(folder, 'my own.pose'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a phrase as it is written', () => {
  it('has parts that are repeated, slowed and held', () => {
    expect(parsePhrase(' HELLO*2@0.5+0.4s  A-N-A "my sign.pose"@2 ')).toEqual([
      { text: 'HELLO', repeat: 2, speed: 0.5, hold: 0.4 },
      { text: 'A-N-A', repeat: 1, speed: 1, hold: 0 },
      { text: 'my sign.pose', repeat: 1, speed: 2, hold: 0 },
    ]);
  });

  it('keeps what glosses have in their names', () => {
    expect(parsePhrase('HELLO+NAME 2@3 IX-1*', (text) => text === '2@3').map(({ text }) => text)).toEqual([
      'HELLO+NAME',
      '2@3',
      'IX-1*',
    ]);
  });

  it.each([
    ['HELLO*0', /repeat it 1 to 20 times/],
    ['HELLO*21', /repeat it 1 to 20 times/],
    ['HELLO@0.1', /speed from 0\.25 to 2/],
    ['HELLO@3', /speed from 0\.25 to 2/],
    ['HELLO+11s', /0 to 10 seconds/],
  ])('refuses %s', (text, sentence) => {
    expect(() => parsePhrase(text)).toThrow(sentence);
  });

  it('is read as it was written, whatever it is', () => {
    const part = fc.record({
      text: fc.stringMatching(/^[A-Z][A-Z-]{0,8}( [a-z]{1,4}\.pose)?$/),
      repeat: fc.integer({ min: 1, max: 20 }),
      speed: fc.integer({ min: 5, max: 40 }).map((n) => n / 20),
      hold: fc.integer({ min: 0, max: 100 }).map((n) => n / 10),
    });
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(parsePhrase(formatPhrase(parts))).toEqual(parts);
      }),
    );
  });
});

describe('a phrase as it is signed', () => {
  const lengths = async (text: string): Promise<number[]> => {
    const { signs } = await phrase(text, join(folder, 'signs'));
    return signs.map(({ start, end }) => end - start);
  };

  it('takes as long as it says', async () => {
    const [once = 0] = await lengths('HELLO');
    const [first = 0, again = 0] = await lengths('HELLO*2');
    expect([first, again]).toEqual([expect.closeTo(once, 6), expect.closeTo(once, 6)]);
    // A frame more or less: the rate is 25 a second.
    expect((await lengths('HELLO@0.5'))[0]).toBeGreaterThan(2 * once - 0.08);
    expect((await lengths('HELLO@0.5'))[0]).toBeLessThan(2 * once + 0.08);
    expect((await lengths('HELLO+0.4s'))[0]).toBeCloseTo(once + 0.4, 6);
    const [spelled = 0, fast = 0] = [...(await lengths('A-B-C')), ...(await lengths('A-B-C@2'))];
    expect(spelled / fast).toBeGreaterThan(1.7);
    expect(await lengths('I-')).toHaveLength(1);
  });

  it('stands still while it is held', async () => {
    const clip = await phrase('HELLO+0.4s', join(folder, 'signs'), { rest: false });
    const frames = [];
    for await (const { keypoints } of clip.frames()) frames.push(keypoints);
    expect(frames.at(-1)).toEqual(frames.at(-11));
    expect(frames.at(-11)).not.toEqual(frames.at(-16));
  });

  it('has files in it, where they are allowed', async () => {
    const text = `HELLO "${join(folder, 'my own.pose')}"`;
    expect(await lengths(text)).toHaveLength(2);
    await expect(phrase(text, join(folder, 'signs'), { files: false })).rejects.toThrow(/has no sign for/);
  });
});
