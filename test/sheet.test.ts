import sharp from 'sharp';
import { expect, it } from 'vitest';
import { drawSheet } from '../src/sheet.js';

it('shows the upper part of a picture that is higher than its tile', async () => {
  const red = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#c00000' } })
    .extend({ bottom: 30, background: '#0000c0' })
    .png()
    .toBuffer();
  const tiles = [{ picture: red, label: 'tall' }];
  const sheet = await drawSheet(tiles, 'sheet.png', { columns: 3, tile: { width: 20, height: 20 } });
  const { data, info } = await sharp(sheet).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([20, 50]);
  // Squeezed into the tile, the lower three sevenths would be blue.
  const middle = (17 * info.width + 10) * info.channels;
  expect(data[middle]).toBeGreaterThan(185);
  expect(data[middle + 2]).toBeLessThan(5);
});
