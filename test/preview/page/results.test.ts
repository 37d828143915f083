import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { spell, writeClip } from '../../../src/phrase/index.js';
import { startPreview } from '../../../src/preview/index.js';
import { findFfmpeg, readInfo } from '../../../src/video/index.js';
import { faults, PATIENCE, withBrowser } from '../../browser.js';
import { TINY } from '../../pipeline/write-clip.js';
import { SETTINGS } from '../start-preview.js';
import {
  at,
  chooseRange,
  drag,
  drop,
  finished,
  generate,
  keep,
  panel,
  placeOf,
  pressGenerate,
  slider,
  spellWord,
  usePreview,
} from './driver.js';

const preview = usePreview();

withBrowser('draws a live draft, replaces it by the final video, and gives that', async () => {
  const page = await preview.open();
  await drop(page, 'word.pose', readFileSync(preview.pose));
  await chooseRange(page, 10, 12);
  await generate(page);
  // The page asks for pictures of the draft, and then for those that replace them.
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.locator('canvas[data-shown*="/full/"]').waitFor();
  await finished(page);
  await page.getByText('Final', { exact: true }).waitFor();
  await panel(page, 'History');
  const link = page.getByRole('button', { name: 'Save word.mp4' });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toBe('word.mp4');
  const video = join(preview.folder, 'word.mp4');
  await download.saveAs(video);
  expect((await readInfo(video)).pose.name).toBe('word.pose');
  const { path: ffmpeg } = await findFfmpeg();
  const options = ['-v', 'error', '-i', video, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  expect(execFileSync(ffmpeg, options)).toHaveLength(2 * 64 * 64);
  const copy = page.getByRole('button', { name: 'Copy the command' });
  await page.evaluate(`(() => {
    globalThis.writeText = navigator.clipboard.writeText;
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  })()`);
  await copy.click();
  await page.getByRole('alert').getByText('refused the clipboard. The command is: handfirst').waitFor();
  await page.evaluate('navigator.clipboard.writeText = globalThis.writeText');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await copy.click();
  await page.getByRole('button', { name: 'The command is copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
    `handfirst generate word.pose --range 10:12 --bundle ${TINY} --device cpu --threads 1 -o word.mp4`,
  );
  await page.close();
});

withBrowser('plays the draft while it is drawn', async () => {
  const page = await preview.open();
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.reload();
  await drop(page, 'playing.pose', readFileSync(preview.pose));
  await page.locator('.file').getByText('playing.pose').waitFor();
  const pictures = new Set<string>();
  page.on('request', (request) => {
    const [, pass, frame] = /\/(live|full)\/(\d+)$/.exec(request.url()) ?? [];
    if (pass) pictures.add(`${pass} ${frame}`);
  });
  await generate(page);
  await expect
    .poll(() => [...pictures].filter((one) => one.startsWith('live')).length, { timeout: PATIENCE })
    .toBeGreaterThan(3);
  expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(1);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await finished(page);
  await page.close();
});

withBrowser('marks a video as old once its settings change, and takes them back', async () => {
  const page = await preview.open();
  await spellWord(page, 'C');
  await chooseRange(page, 20, 21);
  await slider(page, 'Frame').focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowRight');
  await generate(page);
  await page.getByText('Final', { exact: true }).waitFor();
  await panel(page, 'Signer');
  await page.getByLabel('Seed').fill('12');
  await page.getByText('This video is old. Changed since: signer.').waitFor();
  expect(await page.getByText('Final', { exact: true }).count()).toBe(0);
  expect(await page.locator('.badge.old').count()).toBe(1);
  await page.getByRole('button', { name: 'Back to its settings' }).click();
  await page.getByText('Final', { exact: true }).waitFor();
  expect(await page.getByLabel('Seed').inputValue()).toBe('0');
  await page.close();
});

withBrowser('leaves the former video in place when the next one fails, and says why', async () => {
  const page = await preview.open();
  await spellWord(page, 'D');
  await chooseRange(page, 0, 1);
  await generate(page);
  await page.getByText('Final', { exact: true }).waitFor();
  const former = await page.locator('canvas[data-shown]').getAttribute('data-shown');
  await panel(page, 'Signer');
  await page.getByLabel('Describe the signer').fill('rde');
  await generate(page);
  const alert = page.getByRole('alert').filter({ hasText: 'rde' });
  await alert
    .getByText(
      /cannot be drawn as described.*does not know.*"rde".*Change the prompt in the Signer panel.*former video stays/,
    )
    .waitFor();
  expect(await page.locator('canvas[data-shown]').getAttribute('data-shown')).toBe(former);
  expect(await page.locator('.badge.old').count()).toBe(1);
  await panel(page, 'History');
  expect(await page.locator('.entry').filter({ hasText: 'rde' }).innerText()).toMatch(/Not finished/);
  await page.close();
});

withBrowser('compares two results side by side and with a slider, and removes them', async () => {
  const page = await preview.open();
  await spellWord(page, 'E');
  await chooseRange(page, 0, 1);
  for (const seed of ['3', '4']) {
    await panel(page, 'Signer');
    await page.getByLabel('Seed').fill(seed);
    await generate(page);
    await page.locator('.summary').getByText(`seed ${seed}`).waitFor();
    await page.getByText('Final', { exact: true }).waitFor();
  }
  await panel(page, 'History');
  const third = page.locator('.entry').filter({ hasText: 'seed 3' });
  await third.getByRole('button', { name: 'Compare with the one shown' }).click();
  await expect.poll(() => page.locator('.square canvas[data-shown]').count(), { timeout: PATIENCE }).toBe(2);
  expect(await page.locator('.views figcaption').allInnerTexts()).toEqual([
    expect.stringContaining('Keypoints'),
    expect.stringMatching(/^A[\s\S]*seed 4/),
    expect.stringMatching(/^B[\s\S]*seed 3/),
  ]);
  expect(await faults(page)).toEqual([]);
  await page.getByRole('radio', { name: 'Slider' }).check();
  const line = slider(page, 'Line between A and B');
  await line.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowLeft');
  expect(await line.getAttribute('aria-valuetext')).toBe('20 % of the picture shows A');
  const clip = await page.evaluate(`getComputedStyle(document.querySelector('.over')).clipPath`);
  expect(clip).toBe('inset(0px 80% 0px 0px)');
  // By the mouse: the line is dragged, and comes to where the picture is pressed.
  const square = page.locator('.compared .square');
  await drag(page, await placeOf(line), await placeOf(square, 0.6));
  expect(Math.abs((await at(line)) - 60)).toBeLessThan(2);
  const { x, y } = await placeOf(square, 0.3, 0.2);
  await page.mouse.click(x, y);
  expect(Math.abs((await at(line)) - 30)).toBeLessThan(2);
  await keep(page, 'compared');
  await page.getByRole('button', { name: 'Stop comparing' }).click();
  await third.getByRole('button', { name: 'Remove' }).click();
  await third.waitFor({ state: 'detached' });
  await page.close();
});

withBrowser('is after a reload where it was', async () => {
  const page = await preview.open();
  await drop(page, 'again.pose', readFileSync(preview.pose));
  await page.locator('.file').getByText('again.pose').waitFor();
  await chooseRange(page, 3, 5);
  await generate(page);
  await finished(page);
  await panel(page, 'History');
  await page.reload({ waitUntil: 'domcontentloaded' });
  await page.getByRole('button', { name: 'Save again.mp4' }).waitFor();
  expect(await slider(page, 'In point').getAttribute('aria-valuenow')).toBe('3');
  await page.close();
});

withBrowser('cancels at once', async () => {
  const page = await preview.open();
  // Hundreds of frames: not finished before the button is pressed, however fast the machine.
  const long = join(preview.folder, 'long.pose');
  await writeClip(spell('THE QUICK BROWN FOX JUMPS OVER'), long);
  await drop(page, 'long.pose', readFileSync(long));
  await page.locator('.file').getByText('long.pose').waitFor();
  await generate(page);
  await page.locator('.progress').waitFor();
  // A second press, as a double click has it, asks for nothing more.
  await pressGenerate(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await finished(page);
  await panel(page, 'History');
  expect(await page.locator('.entry').filter({ hasText: 'long.pose' }).count()).toBe(1);
  await page.locator('.entry').filter({ hasText: 'long.pose' }).getByText('Cancelled after').waitFor();
  await page.close();
});

withBrowser('shows how a frame is made', async () => {
  const page = await preview.open();
  await spellWord(page, 'F');
  await chooseRange(page, 20, 21);
  await generate(page);
  await finished(page);
  await panel(page, 'Inside');
  await page.getByRole('button', { name: 'Look inside frame 20' }).click();
  await page.getByText('Finished frame').waitFor();
  expect(await page.locator('.steps h3').allInnerTexts()).toHaveLength(4);
  expect(await faults(page)).toEqual([]);
  await page.close();
});

withBrowser('says that the connection is lost, and goes on with whoever answers there again', async () => {
  const options = { ...SETTINGS, page: join(preview.folder, 'page') };
  const first = await startPreview({ ...options, port: 0, input: preview.pose });
  const page = await preview.open({ address: first.address });
  await page.locator('.file').getByText('word.pose').waitFor();
  await first.close();
  await page.getByText('The connection is lost').waitFor();
  await pressGenerate(page);
  await page.getByRole('alert').getByText('The preview does not answer').waitFor();
  const second = await startPreview({ ...options, port: Number(new URL(first.address).port) });
  await page.getByText('The connection is lost').waitFor({ state: 'detached' });
  await page.getByText('No file is open.').waitFor();
  await spellWord(page, 'D');
  await page.close();
  await second.close();
});

withBrowser('says what is wrong with a broken file', async () => {
  const page = await preview.open();
  await drop(page, 'broken.pose', Buffer.from('nothing'));
  // The page's own words round the engine's sentence, and without advice that is for a command line.
  const alert = page.getByRole('alert');
  await alert
    .getByText(/^The keypoint file cannot be used\. broken\.pose is in no layout that is known\. Choose/)
    .waitFor();
  expect(await alert.locator('[lang=en]').innerText()).toBe('broken.pose is in no layout that is known.');
  await drop(page, 'photo.png', Buffer.from('nothing'), '.drop', 'image/png');
  await alert.getByText('photo.png is a picture.').waitFor();
  await page.close();
});
