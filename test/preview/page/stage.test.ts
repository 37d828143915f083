import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { PATIENCE, withBrowser } from '../../browser.js';
import { at, chooseRange, drop, keep, slider, tooWide, usePreview } from './driver.js';

const preview = usePreview();

async function openWord(options: Parameters<typeof preview.open>[0] = {}): Promise<Page> {
  const page = await preview.open(options);
  await drop(page, 'word.pose', readFileSync(preview.pose));
  await page.getByText('pose-v0.2').waitFor();
  await slider(page, 'Frame').waitFor();
  return page;
}

/** Whether any pixel of the skeleton is drawn, and a number that another picture does not have. */
const painted = (page: Page): Promise<number> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('.paper canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, level, i) => (sum * 31 + level * (i % 4 === 3 ? 1 : 0)) % 1000003, 0);
  })()`);

withBrowser('plays a file that was dropped, in the loop between in and out, at any speed', async () => {
  const page = await openWord();
  const frame = slider(page, 'Frame');
  await expect.poll(() => painted(page), { timeout: PATIENCE }).not.toBe(0);
  await chooseRange(page, 10, 14);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const seen = new Set<number>();
  // Round and round: the fourth frame, and after it the first again.
  await expect
    .poll(async () => seen.add(await at(frame)).size, { timeout: PATIENCE, interval: 20 })
    .toBeGreaterThan(3);
  await page.getByRole('button', { name: 'Pause' }).click();
  expect([...seen].filter((one) => one !== 0 && (one < 10 || one > 13))).toEqual([]);
  const speed = page.getByRole('slider', { name: 'Playing speed' });
  for (const [key, says] of [
    ['Home', '0.1 ×'],
    ['End', '2.0 ×'],
  ] as const) {
    await speed.press(key);
    expect(await page.locator('.rate output').innerText()).toBe(says);
  }
  await page.close();
});

withBrowser('steps by frames, marks the loop and shows its keys', async () => {
  const page = await openWord();
  const frame = slider(page, 'Frame');
  await page.getByRole('button', { name: 'One frame on' }).click();
  await page.locator('.play').focus();
  await page.keyboard.press('l');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  expect(await at(frame)).toBe(13);
  await page.keyboard.press('i');
  await page.keyboard.press('l');
  await page.keyboard.press('o');
  expect(await at(slider(page, 'In point'))).toBe(13);
  expect(await at(slider(page, 'Out point'))).toBe(15);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.getByText('begin the loop here').waitFor();
  await help.getByLabel('Single keys do something').uncheck();
  await page.keyboard.press('Escape');
  await page.locator('.play').focus();
  await page.keyboard.press('j');
  expect(await at(frame)).toBe(14);
  await page.keyboard.press('End');
  expect(await at(frame)).toBe(14);
  await page.evaluate('localStorage.clear()');
  await page.close();
});

withBrowser('has one scale for loop, tracks and frame', async () => {
  const page = await openWord();
  await chooseRange(page, 20, 40);
  await slider(page, 'Frame').focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowRight');
  const box = async (element: Locator) => {
    const { x, width } = (await element.boundingBox()) ?? { x: 0, width: 0 };
    return { left: x, middle: x + width / 2, right: x + width };
  };
  // The handles of the loop lie beside their places.
  const inPoint = (await box(slider(page, 'In point'))).right;
  expect(Math.abs((await box(slider(page, 'Frame'))).middle - inPoint)).toBeLessThan(1);
  const tracks = await box(page.locator('.tracks canvas'));
  const count = Number(await slider(page, 'Out point').getAttribute('aria-valuemax'));
  const expected = tracks.left + ((tracks.right - tracks.left) * 40) / count;
  expect(Math.abs((await box(slider(page, 'Out point'))).left - expected)).toBeLessThan(1);
  await page.locator('.tracks canvas').click({ position: { x: expected - tracks.left, y: 5 }, force: true });
  expect(await at(slider(page, 'Frame'))).toBe(40);
  await page.close();
});

withBrowser('keeps what was typed about a file that cannot be read so', async () => {
  const page = await openWord();
  await page.getByText('How word.pose is read').click();
  await page.getByLabel('Frames a second').fill('5');
  await page.getByLabel('Person').fill('9');
  await page.getByRole('button', { name: 'Read it again' }).click();
  await page.getByRole('alert').getByText('person 9 is not among them').waitFor();
  expect(await page.getByLabel('Frames a second').inputValue()).toBe('5');
  await page.getByLabel('Person').fill('1');
  await page.getByRole('button', { name: 'Read it again' }).click();
  await page.locator('.facts').getByText('5 a second').waitFor();
  await page.close();
});

withBrowser('zooms to a hand, and fills the screen', async () => {
  const page = await openWord();
  await slider(page, 'Frame').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
  const look = (zoom: string) => page.getByLabel('Zoom').selectOption(zoom);
  const zoomed = new Set([await painted(page)]);
  for (const zoom of ['Left hand', 'Right hand']) {
    await look(zoom);
    await expect.poll(async () => zoomed.has(await painted(page)), { timeout: PATIENCE }).toBe(false);
    zoomed.add(await painted(page));
  }
  // One arm of a spelled word hangs, so that both hands need the whole picture, or nearly.
  const [, left, right] = zoomed;
  await look('Both hands');
  await expect
    .poll(async () => [left, right].includes(await painted(page)), { timeout: PATIENCE })
    .toBe(false);
  await page.getByRole('button', { name: 'Full screen' }).click();
  await expect.poll(() => page.evaluate('document.fullscreenElement?.id')).toBe('stage');
  await page.close();
});

withBrowser.each([
  { width: 1280, height: 720 },
  { width: 360, height: 640 },
])('never scrolls away, $width wide', async (size) => {
  const page = await openWord(size);
  for (const summary of await page.locator('summary').all()) await summary.click();
  const last = page.getByLabel('Speed of the video that is drawn');
  await last.scrollIntoViewIfNeeded();
  for (const inSight of [page.locator('.views'), slider(page, 'Frame'), last]) {
    const box = await inSight.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(-1);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height + 1);
  }
  expect(await tooWide(page)).toEqual([]);
  await page.close();
});

withBrowser.each([
  { width: 640, height: 360 },
  { width: 568, height: 320 },
  { width: 800, height: 600 },
  // A small window, or a page that is enlarged four times.
  { width: 320, height: 256 },
])('can be reached whole by scrolling, $width x $height', async (size) => {
  const page = await openWord(size);
  const ends = [slider(page, 'Frame'), page.getByLabel('Speed of the video that is drawn')];
  for (const inReach of [...ends, page.getByRole('button', { name: 'Cancel' }), page.locator('.play')]) {
    await inReach.scrollIntoViewIfNeeded();
    const box = await inReach.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(size.width);
    expect(box?.y).toBeGreaterThanOrEqual(-1);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height + 1);
  }
  expect(await tooWide(page)).toEqual([]);
  await keep(page, `small-${size.width}`);
  await page.close();
});
