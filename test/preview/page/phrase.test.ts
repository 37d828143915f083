import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect } from 'vitest';
import { spell, writeClip } from '../../../src/phrase/index.js';
import { findFfmpeg, probeVideo, readVideoFrames } from '../../../src/video/index.js';
import { faults, withBrowser } from '../../browser.js';
import {
  at,
  chooseRange,
  drag,
  finished,
  generate,
  keep,
  panel,
  placeOf,
  slider,
  usePreview,
} from './driver.js';

const preview = usePreview();

const tiles = async (page: Page): Promise<string[]> =>
  (await page.locator('.tile').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());

async function addWords(page: Page, words: string): Promise<void> {
  await page.getByLabel('Add words').fill(words);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}

withBrowser('makes a phrase of tiles that are moved, repeated, slowed and held', async () => {
  const page = await preview.open();
  await panel(page, 'Phrase');
  await addWords(page, 'HELLO Bo C');
  expect(await tiles(page)).toEqual(['HELLO sign', 'Bo spelled', 'C spelled']);
  // By dragging, by the keyboard, and by a button.
  const [first, last] = [page.locator('.tile').nth(0), page.locator('.tile').nth(2)];
  await drag(page, await placeOf(last), await placeOf(first, 0.2), {
    moved: () => page.locator('.phrase-tiles li:first-child.sortable-ghost').waitFor(),
  });
  await expect.poll(() => tiles(page)).toEqual(['C spelled', 'HELLO sign', 'Bo spelled']);
  await page.locator('.tile').nth(0).press('Alt+ArrowRight');
  await expect.poll(() => tiles(page)).toEqual(['HELLO sign', 'C spelled', 'Bo spelled']);
  await page.getByRole('status').getByText('C is at place 2 of 3.').waitFor({ state: 'attached' });
  await page.locator('.tile').nth(2).click();
  await page.getByRole('button', { name: 'Earlier' }).click();
  await page.getByLabel('Times', { exact: true }).fill('2');
  await page.locator('.times').getByRole('slider').nth(0).fill('2');
  await page.locator('.times').getByRole('slider').nth(1).fill('0.4');
  await expect.poll(() => tiles(page)).toEqual(['HELLO sign', 'Bo ×2 2 × +0.4 s spelled', 'C spelled']);
  await page.locator('.tile').nth(2).press('Delete');
  await page.getByRole('button', { name: 'Sign the phrase' }).click();
  await page.locator('.file').getByText('HELLO-B-o-B-o.pose').waitFor();
  expect(await page.locator('.glosses button').allInnerTexts()).toEqual(['HELLO', 'B-o', 'B-o']);
  await page.getByRole('button', { name: 'B-o' }).first().click();
  expect(await page.locator('.caption').innerText()).toBe('B-o');
  expect(await faults(page)).toEqual([]);
  await keep(page, 'phrase');
  await page.close();
});

withBrowser('puts the glosses into the video and beside it, and saves other formats', async () => {
  const page = await preview.open();
  await panel(page, 'Phrase');
  await addWords(page, 'A');
  await page.getByRole('button', { name: 'Sign the phrase' }).click();
  await page.locator('.file').getByText('A.pose', { exact: true }).waitFor();
  await page.locator('.glosses button').click();
  const start = await at(slider(page, 'Frame'));
  await chooseRange(page, start - 1, start + 2);
  await generate(page);
  await finished(page);
  await panel(page, 'History');
  const { path: ffmpeg } = await findFfmpeg();
  const save = async (name: string): Promise<Buffer> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByLabel(`Save ${name}`, { exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(name);
    await download.saveAs(join(preview.folder, name));
    return readFileSync(join(preview.folder, name));
  };
  const vtt = (await save('A.vtt')).toString();
  expect(vtt).toMatch(/^WEBVTT\n\n00:00:00\.\d{3} --> 00:00:00\.\d{3}\nA-\n/);
  await save('A.mp4');
  /** Each frame, as ffmpeg reads it. */
  const framesOf = async (name: string): Promise<string[]> => {
    const file = join(preview.folder, name);
    const { width, height, fps = 0 } = await probeVideo(file);
    const sizes: string[] = [];
    for await (const picture of readVideoFrames(file, { width, height, fps }))
      sizes.push(`${picture.width}x${picture.height} at ${fps}`);
    return sizes;
  };
  expect(await framesOf('A.mp4')).toEqual(Array(3).fill('64x64 at 25'));
  const options = ['-v', 'error', '-i', join(preview.folder, 'A.mp4'), '-map', '0:s:0', '-f', 'webvtt', '-'];
  expect(execFileSync(ffmpeg, options).toString()).toContain('A-');
  expect((await save('A.gif')).toString('latin1', 0, 6)).toBe('GIF89a');
  expect(await framesOf('A.gif')).toEqual(Array(3).fill('64x64 at 25'));
  expect((await save('A.webm')).readUInt32BE(0)).toBe(0x1a45dfa3);
  expect(await framesOf('A.webm')).toEqual(Array(3).fill('64x64 at 25'));
  const png = await sharp(await save(`A-${start - 1}.png`)).metadata();
  expect(png).toMatchObject({ format: 'png', width: 64, height: 64 });
  await page.close();
});

withBrowser('takes signs from a folder of the user, and files', async () => {
  const page = await preview.open();
  await panel(page, 'Phrase');
  const folder = join(preview.folder, 'mine');
  mkdirSync(folder);
  await writeClip(spell('HI'), join(folder, 'HELLO.pose'));
  await page.getByText('Lexicon and spelling').click();
  await page.getByLabel('Or a folder of yours').setInputFiles(folder);
  await page.getByText('Signs of mine (1)').waitFor();
  await page.getByRole('button', { name: 'HELLO', exact: true }).click();
  await page.getByLabel('Add keypoint files').setInputFiles([preview.pose]);
  await expect.poll(() => tiles(page)).toEqual(['HELLO sign', 'word.pose file']);
  await page.getByRole('button', { name: 'Sign the phrase' }).click();
  await page.locator('.file').getByText('HELLO-word.pose').waitFor();
  await panel(page, 'Keypoints');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save these keypoints' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('HELLO-word.pose');
  await page.close();
});
