import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { PATIENCE, withBrowser } from '../../browser.js';
import { CARRIED } from '../start-preview.js';
import { chooseRange, finished, generate, keep, panel, spellWord, usePreview } from './driver.js';

const preview = usePreview({ method: { bundle: CARRIED } }, [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
]);

const openPanel = async () => {
  const page = await preview.open();
  await panel(page, 'Signer');
  await page.locator('.look img').waitFor();
  return page;
};
type Page = Awaited<ReturnType<typeof openPanel>>;

/** Mean colour at the upper left of the picture of the signer, where the wall is, and at its middle, where the clothes are. */
const colours = (page: Page): Promise<{ wall: number[]; cloth: number[] }> =>
  page.evaluate(`(async () => {
    const image = document.querySelector('.look img');
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 64, 64);
    const at = (x, y) => [...context.getImageData(x, y, 1, 1).data];
    return { wall: at(2, 2), cloth: at(32, 52) };
  })()`);
const who = (page: Page) => page.locator('.look strong').innerText();

withBrowser('shows the signer as words, gallery and wall make them', async () => {
  const page = await openPanel();
  await expect.poll(() => who(page), { timeout: PATIENCE }).toBe('ada');
  const before = await colours(page);
  await page.getByLabel('Describe the signer').fill('an old man');
  await expect.poll(() => who(page), { timeout: PATIENCE }).toBe('bob');
  await page.getByRole('radio', { name: 'ada' }).check({ force: true });
  await expect.poll(() => who(page), { timeout: PATIENCE }).toBe('ada');
  await page.getByLabel('Describe the signer').fill('green jumper');
  await expect.poll(async () => (await colours(page)).cloth, { timeout: PATIENCE }).not.toEqual(before.cloth);
  await page.getByTitle('wall in #1f3a5f').click();
  await expect
    .poll(async () => Math.abs(((await colours(page)).wall[2] ?? 0) - 0x5f), { timeout: PATIENCE })
    .toBeLessThan(12);
  await page.getByTitle('nothing: transparent').click();
  await expect.poll(async () => (await colours(page)).wall[3], { timeout: PATIENCE }).toBeLessThan(10);
  await keep(page, 'signer');
  await page.close();
});

withBrowser('offers words, and marks those that are not known as they are typed', async () => {
  const page = await openPanel();
  const field = page.getByLabel('Describe the signer');
  await field.pressSequentially('a wom');
  await page.getByRole('option', { name: 'woman' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await field.inputValue()).toBe('a woman ');
  await field.pressSequentially('in rde ');
  const unknown = page.locator('.unknown').filter({ hasText: 'rde' });
  await unknown.waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await unknown.getByRole('button', { name: 'red', exact: true }).click();
  expect(await field.inputValue()).toBe('a woman in red ');
  await unknown.waitFor({ state: 'detached' });
  // A seed is always one that can be drawn.
  for (const [typed, taken] of [
    ['-5', '0'],
    ['3.7', '3'],
    ['1e99', String(Number.MAX_SAFE_INTEGER)],
  ] as const) {
    await page.getByLabel('Seed').fill(typed);
    await expect.poll(() => page.getByLabel('Seed').inputValue()).toBe(taken);
  }
  await page.close();
});

withBrowser('takes a picture for the wall, and a photo from the camera', async () => {
  const page = await openPanel();
  const wall = join(preview.folder, 'wall.png');
  const colour = { r: 200, g: 30, b: 60 };
  writeFileSync(
    wall,
    await sharp({ create: { width: 80, height: 60, channels: 3, background: colour } })
      .png()
      .toBuffer(),
  );
  await page.getByLabel('A picture of yours').setInputFiles(wall);
  await expect
    .poll(async () => Math.abs(((await colours(page)).wall[0] ?? 0) - 200), { timeout: PATIENCE })
    .toBeLessThan(8);
  await panel(page, 'Keypoints');
  await spellWord(page, 'A');
  await chooseRange(page, 0, 1);
  await generate(page);
  await finished(page);
  await panel(page, 'History');
  await page.locator('.entry').getByText('Finished, 1 frame').waitFor();
  await panel(page, 'Signer');
  await page.getByRole('button', { name: 'Camera' }).click();
  // While the person is looked for, which takes seconds, the photo is seen as it is.
  let look = (): void => {};
  const seen = new Promise<void>((resolve) => {
    look = resolve;
  });
  await page.route('**/api/looks', async (route) => {
    await seen;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Take the photo' }).click();
  await page.locator('.look img[src*="/api/pictures/"]').waitFor();
  look();
  // The browser's test picture shows no person, and the page says so.
  await page
    .getByRole('alert')
    .getByText(/photo.png shows no person.*Choose another one/)
    .waitFor();
  await page.getByRole('radio', { name: 'bob' }).check({ force: true });
  await expect.poll(() => who(page), { timeout: PATIENCE }).toBe('bob');
  await page.close();
});
