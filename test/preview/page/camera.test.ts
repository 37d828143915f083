import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { findFfmpeg } from '../../../src/video/index.js';
import { withBrowser } from '../../browser.js';
import { keep, usePreview } from './driver.js';

const SIGNER = fileURLToPath(new URL('../../../models/compact/gallery/maya.webp', import.meta.url));
/** What the browser's camera shows: a rendered signer, who stands still. */
const folder = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
const film = join(folder, 'camera.y4m');
const { path: ffmpeg } = await findFfmpeg();
const FILTER = 'scale=-2:480,pad=640:480:(ow-iw)/2:0:color=gray,format=yuv420p';
const still = ['-v', 'error', '-loop', '1', '-i', SIGNER, '-t', '1', '-r', '10', '-vf', FILTER, film];
execFileSync(ffmpeg, still);
afterAll(() => rmSync(folder, { recursive: true }));

const preview = usePreview({}, [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${film}`,
]);

withBrowser('finds the keypoints of a recording of the user', async () => {
  const page = await preview.open();
  let sent = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/recordings')) sent += 1;
  });
  const record = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Record yourself' }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
  };
  // A recording whose dialog is closed goes nowhere.
  await record();
  await page.getByRole('button', { name: /^Stop/ }).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await record();
  await page.getByRole('button', { name: /^Stop/ }).getByText('1 s').waitFor();
  await page.getByRole('button', { name: /^Stop/ }).click();
  await page.getByText('Looking for keypoints').first().waitFor();
  await keep(page, 'recording');
  await page.locator('.file').getByText('recording.pose').waitFor();
  // The signer is found, and her face and shoulders are in the file.
  await page.locator('.timeline .share').nth(2).getByText('100 %').waitFor();
  expect(await page.locator('.facts').innerText()).toMatch(/25 a second/);
  expect(sent).toBe(1);
  await page.close();
});
