import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { TINY, temporaryFolder } from '../pipeline/write-clip.js';
import { handfirst } from './run.js';

const CARRIED = fileURLToPath(new URL('../fixtures/carried-bundle', import.meta.url));

describe('handfirst signers', () => {
  it('lists whom a bundle brings, for people and for programs', async () => {
    const { out, code } = await handfirst('signers', '--bundle', CARRIED);
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 2)).toEqual([
      'ada  young woman, medium build, light skin, short black hair, red jumper with long sleeves, black trousers, white wall (default)',
      'bob  old man, medium build, brown skin, short grey hair, blue jumper with long sleeves, black trousers, grey wall',
    ]);
    const listed: unknown = JSON.parse((await handfirst('signers', '--bundle', CARRIED, '--json')).out);
    expect(listed).toMatchObject([
      { name: 'ada', default: true, words: { cloth: 'red' } },
      { name: 'bob', default: false, picture: join(CARRIED, 'gallery', 'bob.png') },
    ]);
  });

  it('draws a sheet of them, and replaces nothing unasked', async () => {
    const sheet = join(temporaryFolder(), 'sheet.png');
    expect((await handfirst('signers', '--bundle', CARRIED, '-o', sheet)).code).toBe(0);
    const { width, height } = await sharp(sheet).metadata();
    expect([width, height]).toEqual([480, 270]);
    // The middle of ada's red top.
    const { data } = await sharp(sheet).raw().toBuffer({ resolveWithObject: true });
    const [red = 0, green = 0] = data.subarray(3 * (160 * 480 + 120));
    expect(red - green).toBeGreaterThan(100);
    const again = await handfirst('signers', '--bundle', CARRIED, '-o', sheet);
    expect([again.code, again.err]).toEqual([6, expect.stringMatching(/exists; .*--force/)]);
  });

  it('refuses a sheet of no known kind, and a bundle without signers', async () => {
    const sheet = join(temporaryFolder(), 'sheet.txt');
    expect((await handfirst('signers', '--bundle', CARRIED, '-o', sheet)).code).toBe(2);
    expect(existsSync(sheet)).toBe(false);
    const none = await handfirst('signers', '--bundle', TINY);
    expect([none.code, none.err]).toEqual([4, expect.stringMatching(/"tiny" brings no signers: .*--bundle/)]);
  });

  it('are the words of a prompt as well', async () => {
    const { out } = await handfirst('models', 'words', CARRIED);
    expect(out).toMatch(/^cloth: .*turquoise/m);
    expect(out).toMatch(/^gender: man, woman$/m);
  });
});
