import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { faults, PATIENCE, withBrowser } from '../../browser.js';
import {
  at,
  chooseRange,
  dragByTouch,
  finished,
  generate,
  inEachOthersWay,
  keep,
  panel,
  placeOf,
  slider,
  spellWord,
  tooWide,
  usePreview,
} from './driver.js';

const preview = usePreview();

const PHONE = { width: 360, height: 640 };

/** Draws one frame of the clip that is open, with a seed. */
async function draw(page: Page, seed: string): Promise<void> {
  await panel(page, 'Signer');
  await page.getByLabel('Seed').fill(seed);
  await generate(page);
  await finished(page);
  await page.locator('.summary').getByText(`seed ${seed}`).waitFor();
  await page.getByText('Final', { exact: true }).waitFor();
}

withBrowser.each([PHONE, { width: 360, height: 740, dark: true }, { width: 800, height: 600 }])(
  'has room for results, for what is wrong with them, and to compare them, $width x $height',
  async (look) => {
    const page = await preview.open(look);
    const check = async (where: string) => {
      await keep(page, `small-${look.width}-${look.height}-${where}`);
      expect(await inEachOthersWay(page), where).toEqual([]);
      expect(await tooWide(page), where).toEqual([]);
      const picture = await page.locator('.views .square').last().boundingBox();
      expect(picture?.width, where).toBeGreaterThan(60);
      const choices = await page.locator('.panel:not([hidden])').boundingBox();
      expect(choices?.height, where).toBeGreaterThan(100);
    };
    await spellWord(page, 'AB');
    await chooseRange(page, 0, 1);
    await draw(page, '5');
    await check('drawn');
    await page.getByLabel('Seed').fill('6');
    await page.getByText('This video is old. Changed since: signer.').waitFor();
    await check('old');
    await page.getByLabel('Describe the signer').fill('rde');
    await generate(page);
    await page.locator('.status').getByText('The signer cannot be drawn as described.').waitFor();
    await check('failed');
    await page.getByLabel('Describe the signer').fill('');
    await draw(page, '6');
    await panel(page, 'History');
    const former = page.locator('.entry').filter({ hasText: 'seed 5' }).first();
    await former.getByRole('button', { name: 'Compare with the one shown' }).click();
    await expect
      .poll(() => page.locator('.square canvas[data-shown]').count(), { timeout: PATIENCE })
      .toBe(2);
    await check('beside');
    await page.getByRole('radio', { name: 'Slider' }).check();
    await check('slider');
    expect(await faults(page)).toEqual([]);
    // A message lies over the stage, and can be closed.
    await page.evaluate(`document.querySelector('[role=tab]').click()`);
    const broken = { name: 'broken.pose', mimeType: '', buffer: Buffer.from('nothing') };
    await page.locator('.drop input').setInputFiles(broken);
    await page.getByRole('alert').getByText('The keypoint file cannot be used.').waitFor();
    await check('message');
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close this message' }).click();
    await page.close();
  },
);

withBrowser('moves tiles and the line between A and B by touch', async () => {
  const page = await preview.open(PHONE);
  const tiles = async () =>
    (await page.locator('.tile').allInnerTexts()).map((text) => text.split('\n')[0] ?? '');
  await page.getByRole('tab', { name: 'Phrase' }).tap();
  await page.getByLabel('Add words').fill('HELLO Bo C');
  await page.getByRole('button', { name: 'Add', exact: true }).tap();
  await expect.poll(tiles).toEqual(['HELLO', 'Bo', 'C']);
  await page.locator('.tile').first().scrollIntoViewIfNeeded();
  const [first, last] = [page.locator('.tile').nth(0), page.locator('.tile').nth(2)];
  // A finger that moves at once scrolls; one that rests takes the tile.
  await dragByTouch(page, await placeOf(last), await placeOf(first, 0.2));
  expect(await tiles()).toEqual(['HELLO', 'Bo', 'C']);
  await first.scrollIntoViewIfNeeded();
  await dragByTouch(page, await placeOf(last), await placeOf(first, 0.2), {
    held: () => page.locator('.sortable-chosen').waitFor(),
    moved: () => page.locator('.phrase-tiles li:first-child.sortable-ghost').waitFor(),
  });
  await expect.poll(tiles).toEqual(['C', 'HELLO', 'Bo']);
  await page.getByRole('tab', { name: 'Keypoints' }).tap();
  await spellWord(page, 'A');
  await chooseRange(page, 0, 1);
  await draw(page, '7');
  await draw(page, '8');
  await panel(page, 'History');
  const former = page.locator('.entry').filter({ hasText: 'seed 7' });
  await former.getByRole('button', { name: 'Compare with the one shown' }).tap();
  await page.getByRole('radio', { name: 'Slider' }).check();
  const line = slider(page, 'Line between A and B');
  const square = page.locator('.compared .square');
  await dragByTouch(page, await placeOf(line), await placeOf(square, 0.2));
  expect(Math.abs((await at(line)) - 20)).toBeLessThan(4);
  await page.close();
});
