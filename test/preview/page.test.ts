import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { spell, writeClip } from '../../src/phrase/index.js';
import { startPreview } from '../../src/preview/index.js';
import { findFfmpeg, readInfo } from '../../src/video/index.js';
import { CHROMIUM, launchBrowser, PATIENCE, seriousFaults, withBrowser } from '../browser.js';
import { TINY } from '../pipeline/write-clip.js';
import { SETTINGS, startTestPreview } from './start-preview.js';

/*
 * The page in Debian's Chromium, as someone uses it. Its machine may be busy: every wait is long, and none is a pause.
 */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let started: Awaited<ReturnType<typeof startTestPreview>>;
let browser: Browser;
let pose = '';

beforeAll(async () => {
  if (!CHROMIUM) return;
  started = await startTestPreview();
  pose = join(started.folder, 'word.pose');
  await writeClip(spell('AB'), pose);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
});

async function openPage(options: { width?: number; dark?: boolean; address?: string } = {}): Promise<Page> {
  const { width = 1280, dark = false, address = started.preview.address } = options;
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => expect.unreachable(error.message));
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  return page;
}

/** Keeps a picture of the page for someone to look at, where HANDFIRST_SCREENSHOTS names a folder. */
async function keep(page: Page, name: string): Promise<void> {
  const shots = process.env.HANDFIRST_SCREENSHOTS;
  if (shots) writeFileSync(join(shots, `${name}.png`), await page.screenshot({ fullPage: true }));
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
  // Thousands of frames: not finished before the button is pressed, however fast the machine.
  const long = join(started.folder, 'long.pose');
  await writeClip(spell('THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG '.repeat(6).trim()), long);
  await drop(page, 'long.pose', readFileSync(long));
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
  expect(await seriousFaults(page)).toEqual([]);
  await keep(page, 'compared');
  await page.close();
});

withBrowser('makes phrases: spelled, joined from files, signed from a folder', async () => {
  const page = await openPage();
  await page.getByLabel('Spelling hand').first().selectOption('left');
  await page.getByLabel('Spelling speed').first().selectOption('2');
  await page.getByLabel('Or fingerspell a word').fill('UP');
  await page.getByRole('button', { name: 'Spell' }).click();
  const name = page.locator('.facts b');
  await name.getByText('UP.pose', { exact: true }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save these keypoints' }).click(),
  ]);
  const saved = join(started.folder, 'UP.pose');
  await download.saveAs(saved);
  await writeClip(spell('UP', { hand: 'left', speed: 2 }), join(started.folder, 'expected.pose'));
  expect(readFileSync(saved).equals(readFileSync(join(started.folder, 'expected.pose')))).toBe(true);

  await page.getByText('Join files to a phrase').click();
  await page.getByRole('button', { name: 'Add the open one' }).click();
  await page.getByLabel('Add files').setInputFiles([pose]);
  await page.getByRole('button', { name: 'word.pose, 2, one place earlier' }).click();
  await page.getByRole('button', { name: 'Join 2 files' }).click();
  await name.getByText('word-UP.pose', { exact: true }).waitFor();

  const folder = join(started.folder, 'mine');
  mkdirSync(folder);
  await writeClip(spell('HI'), join(folder, 'HELLO.pose'));
  await page.getByText('Sign a phrase from a lexicon').click();
  await page.getByLabel('Or a folder of yours').setInputFiles(folder);
  await page.getByRole('option', { name: 'mine, 1 sign' }).waitFor({ state: 'attached' });
  await page.getByLabel('Glosses', { exact: true }).fill('HELLO ANNA');
  await page.getByLabel('Spell what the lexicon lacks').check();
  await page.getByRole('button', { name: 'Sign', exact: true }).click();
  await name.getByText('HELLO-ANNA.pose', { exact: true }).waitFor();
  await keep(page, 'phrase');
  await page.close();
});

withBrowser('can be used by the keyboard alone', async () => {
  const page = await openPage();
  const tabTo = async (label: string): Promise<void> => {
    await expect
      .poll(
        async () => {
          await page.keyboard.press('Tab');
          return page.evaluate(`(() => {
            const { activeElement } = document;
            const { outlineStyle } = getComputedStyle(activeElement);
            const seen = activeElement.type === 'file' || outlineStyle !== 'none';
            return seen && (activeElement.labels?.[0] ?? activeElement).innerText.replace(/\\s+/g, ' ').trim();
          })()`);
        },
        { timeout: PATIENCE, interval: 1 },
      )
      .toMatch(new RegExp(`^${label}`));
  };
  await tabTo('Or fingerspell a word');
  await page.keyboard.type('HI');
  await page.keyboard.press('Enter');
  await page.locator('.facts b').getByText('HI.pose', { exact: true }).waitFor();
  await tabTo('From frame');
  await page.keyboard.type('20');
  await tabTo('Up to');
  await page.keyboard.type('21');
  await tabTo('Generate');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Download MP4' }).waitFor();
  await tabTo('Look inside frame 20');
  await page.keyboard.press('Enter');
  await page.getByText('Finished frame').waitFor();
  const frame = page.getByRole('slider', { name: 'Frame' });
  await page.keyboard.press('End');
  expect(Number(await frame.inputValue())).toBeGreaterThan(20);
  await page.keyboard.press('Home');
  await page.keyboard.press('l');
  expect(await frame.inputValue()).toBe('1');
  await page.close();
});

withBrowser('tells of a lost connection, and goes on with whoever answers there again', async () => {
  const options = { ...SETTINGS, page: join(started.folder, 'page') };
  const first = await startPreview({ ...options, port: 0, input: pose });
  const page = await openPage({ address: first.address });
  await page.getByText('word.pose', { exact: true }).waitFor();
  await first.close();
  await page.getByText('The connection is lost').waitFor();
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('alert').getByText('The preview does not answer').waitFor();
  const second = await startPreview({ ...options, port: Number(new URL(first.address).port) });
  await page.getByText('The connection is lost').waitFor({ state: 'detached' });
  await page.getByText('No file is open.').waitFor();
  await page.getByLabel('Or fingerspell a word').fill('D');
  await page.getByRole('button', { name: 'Spell' }).click();
  await page.getByText('D.pose', { exact: true }).waitFor();
  await page.close();
  await second.close();
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
    expect(await seriousFaults(page)).toEqual([]);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.getByLabel('Compare two').check();
    await page.getByLabel('Glosses', { exact: true }).fill('NOBODY');
    await page.getByRole('button', { name: 'Sign', exact: true }).click();
    await page.getByRole('alert').getByText('has no sign for NOBODY').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const wide = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(wide).toBe(0);
    await keep(page, `page-${look.width}-${look.dark ? 'dark' : 'light'}`);
    await page.close();
  },
);
