import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { evenPicture, formatOf, layoutSize, sideBySide, withChannels } from '../../src/video/index.js';
import { temporaryFolder } from './helpers.js';

describe('the output’s name decides the format', () => {
  test.each([
    ['a.mp4', 'mp4'],
    ['a.b.MP4', 'mp4'],
    ['a.m4v', 'mp4'],
    ['a.webm', 'webm'],
    ['a.mov', 'mov'],
    ['a.gif', 'gif'],
    ['a.webp', 'webp'],
    ['frames', 'png'],
    ['frames.v2/', 'png'],
    ['./frames.mp4/', 'png'],
  ])('%s is %s', (name, format) => {
    expect(formatOf(name)).toBe(format);
  });

  test('a folder that exists takes pictures', () => {
    const folder = join(temporaryFolder(), 'frames.v2');
    expect(() => formatOf(folder)).toThrow(/\.v2, which is no output of handfirst/);
    mkdirSync(folder);
    expect(formatOf(folder)).toBe('png');
  });

  test.each(['a.avi', 'a.png', ''])('%s is refused', (name) => {
    expect(() => formatOf(name)).toThrow(UsageError);
  });

  test('names with a line break are refused, in a folder above too', () => {
    expect(() => formatOf('two\nlines.mp4')).toThrow(/"two\\nlines.mp4" has a line break/);
    expect(() => formatOf('two\nlines/out.mp4')).toThrow(UsageError);
  });
});

const red = { width: 1, height: 2, channels: 3, data: Uint8Array.of(255, 0, 0, 250, 1, 2) } as const;

describe('pictures are composed before they are encoded', () => {
  test('side by side, one of them with alpha', () => {
    const half = { width: 1, height: 2, channels: 4, data: Uint8Array.of(9, 8, 7, 128, 6, 5, 4, 0) } as const;
    expect(sideBySide(red, half)).toEqual({
      width: 2,
      height: 2,
      channels: 4,
      data: Uint8Array.of(255, 0, 0, 255, 9, 8, 7, 128, 250, 1, 2, 255, 6, 5, 4, 0),
    });
  });

  test('different heights are refused', () => {
    const low = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) } as const;
    expect(() => sideBySide(red, low)).toThrow(/2 and 1 pixels high/);
  });

  test('odd sizes repeat the last column and row', () => {
    const picture = {
      width: 3,
      height: 1,
      channels: 3,
      data: Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3),
    } as const;
    const row = [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3];
    expect(evenPicture(picture)).toEqual({
      width: 4,
      height: 2,
      channels: 3,
      data: Uint8Array.from([...row, ...row]),
    });
  });

  test('alpha is dropped or added as opaque', () => {
    const two = withChannels(red, 4);
    expect([...two.data]).toEqual([255, 0, 0, 255, 250, 1, 2, 255]);
    expect(withChannels(two, 3)).toEqual(red);
  });

  test('sizes', () => {
    expect(layoutSize('plain', 512, 400)).toEqual({ width: 512, height: 400 });
    expect(layoutSize('skeleton', 512, 400)).toEqual({ width: 1024, height: 400 });
  });
});
