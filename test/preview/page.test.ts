import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { spell, writeClip } from '../../src/phrase/index.js';
import { findFfmpeg, readInfo } from '../../src/video/index.js';
import { TINY } from '../pipeline/write-clip.js';
import { startTestPreview } from './start-preview.js';

/*
 * The page in Debian's Chromium, as someone uses it. Its machine may be busy: every wait is long, and none is a pause.
 */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const PATIENCE = 200_000;

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

if (!CHROMIUM)
  process.stdout.write('The page is not tested: there is no chromium here (apt-get install chromium).\n');
const withBrowser = it.skipIf(!CHROMIUM);

let started: Awaited<ReturnType<typeof startTestPreview>>;
let browser: Browser;
let pose = '';

beforeAll(async () => {
  if (!CHROMIUM) return;
  started = await startTestPreview();
  pose = join(started.folder, 'word.pose');
  await writeClip(spell('AB'), pose);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, timeout: PATIENCE });
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
});

async function openPage(options: { width?: number; dark?: boolean } = {}): Promise<Page> {
  const { width = 1280, dark = false } = options;
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => expect.unreachable(error.message));
  await page.goto(started.preview.address, { waitUntil: 'domcontentloaded' });
  return page;
}

/** Drops a file on the page, as a file manager does. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    const content = Uint8Array.from(atob('${bytes.toString('base64')}'), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([content], ${JSON.stringify(name)}));
    return transfer;
  })()`);
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: data });
}

async function chooseRange(page: Page, from: string, to: string): Promise<void> {
  for (const [label, value] of [
    ['Up to', to],
    ['From frame', from],
  ] as const) {
    await page.getByLabel(label).fill(value);
    await page.getByLabel(label).blur();
  }
}

withBrowser('drops a file, plays it, generates two frames and downloads them', async () => {
  const page = await openPage();
  await drop(page, 'word.pose', readFileSync(pose));
  await page.getByText('pose-v0.2').waitFor();
  const slider = page.getByRole('slider', { name: 'Frame' });
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(async () => Number(await slider.inputValue()), { timeout: PATIENCE }).toBeGreaterThan(3);
  await page.getByRole('button', { name: 'Pause' }).click();
  const painted = await page.evaluate(`(() => {
    const canvas = document.querySelector('canvas.paper');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((level, i) => i % 4 === 3 && level > 0);
  })()`);
  expect(painted).toBe(true);

  await chooseRange(page, '10', '12');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('canvas[data-shown]').waitFor();
  const link = page.getByRole('link', { name: 'Download MP4' });
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toBe('word.mp4');
  const video = join(started.folder, 'word.mp4');
  await download.saveAs(video);
  expect((await readInfo(video)).pose.name).toBe('word.pose');
  const { path: ffmpeg } = await findFfmpeg();
  const decoded = execFileSync(ffmpeg, [
    '-v',
    'error',
    '-i',
    video,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-',
  ]);
  expect(decoded).toHaveLength(2 * 64 * 64);
  expect(await page.locator('.command').innerText()).toBe(
    `handfirst generate word.pose --range 10:12 --bundle ${TINY} --device cpu --threads 1 -o word.mp4`,
  );
  await page.close();
});

withBrowser('is after a reload where it was', async () => {
  const page = await openPage();
  await drop(page, 'again.pose', readFileSync(pose));
  await page.getByText('again.pose', { exact: true }).waitFor();
  await chooseRange(page, '3', '5');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('link', { name: 'Download MP4' }).waitFor();
  await page.reload({ waitUntil: 'domcontentloaded' });
  await page.getByRole('link', { name: 'Download MP4' }).waitFor();
  expect(await page.getByLabel('From frame').inputValue()).toBe('3');
  await page.close();
});

withBrowser('cancels at once', async () => {
  const page = await openPage();
  await drop(page, 'long.pose', readFileSync(pose));
  await page.getByText('long.pose', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('.queue li').first().waitFor();
  await page.locator('.act').getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('was cancelled').first().waitFor();
  await page.getByText('Nothing is being drawn.').waitFor();
  await page.close();
});

withBrowser('compares two seeds side by side, and looks inside a frame', async () => {
  const page = await openPage();
  await page.getByLabel('Or fingerspell a word').fill('C');
  await page.getByRole('button', { name: 'Spell' }).click();
  await page.getByText('C.pose', { exact: true }).waitFor();
  await chooseRange(page, '20', '21');
  await page.getByLabel('Compare two').check();
  await page.getByRole('radio', { name: 'Signer B' }).check();
  await page.getByLabel('Seed').fill('12');
  await page.getByRole('button', { name: 'Generate' }).click();
  await expect.poll(() => page.locator('canvas[data-shown]').count(), { timeout: PATIENCE }).toBe(2);
  expect(await page.locator('.stage figcaption').allInnerTexts()).toEqual([
    expect.stringContaining('Keypoints'),
    expect.stringMatching(/Signer A[\s\S]*seed 0/),
    expect.stringMatching(/Signer B[\s\S]*seed 12/),
  ]);
  await page.getByRole('button', { name: 'Look inside frame 20' }).click();
  await page.getByText('Finished frame').waitFor();
  expect(await page.locator('.steps h3').allInnerTexts()).toHaveLength(4);
  await page.close();
});

withBrowser('says what is wrong with a broken file', async () => {
  const page = await openPage();
  await drop(page, 'broken.pose', Buffer.from('nothing'));
  await page.getByRole('alert').getByText('broken.pose is in no layout that is known').waitFor();
  await page.close();
});

const LOOKS = [
  { width: 1280, dark: false },
  { width: 1280, dark: true },
  { width: 390, dark: false },
  { width: 390, dark: true },
];

withBrowser.each(LOOKS)(
  'has nothing seriously in the way of anyone, $width wide, dark: $dark',
  async (look) => {
    const page = await openPage(look);
    await page.getByText('.pose').first().waitFor();
    await page.locator('.engine.ready').waitFor();
    await page.evaluate(axe);
    const violations: { id: string; impact: string; nodes: string[] }[] = await page.evaluate(`axe
    .run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))`);
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    const wide = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(wide).toBe(0);
    const shots = process.env.HANDFIRST_SCREENSHOTS;
    if (shots) {
      writeFileSync(
        join(shots, `page-${look.width}-${look.dark ? 'dark' : 'light'}.png`),
        await page.screenshot({ fullPage: true }),
      );
    }
    await page.close();
  },
);
