import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { spell, writeClip } from '../../../src/phrase/index.js';
import type { PreviewOptions } from '../../../src/preview/index.js';
import { CHROMIUM, launchBrowser, PATIENCE } from '../../browser.js';
import { startTestPreview } from '../start-preview.js';

/*
 * The page in Debian's Chromium, as someone uses it. Its machine may be busy: every wait is long, and none is a pause.
 */

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly address?: string;
}

/** One preview and one browser for a file of tests, and a keypoint file of two spelled letters. */
export function usePreview(options: PreviewOptions = {}, flags: readonly string[] = []) {
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
  let started: Awaited<ReturnType<typeof startTestPreview>>;
  let browser: Browser;
  let pose = '';
  beforeAll(async () => {
    if (!CHROMIUM) return;
    started = await startTestPreview(options);
    pose = join(started.folder, 'word.pose');
    await writeClip(spell('AB'), pose);
    browser = await launchBrowser(flags);
  });
  afterAll(async () => {
    await browser?.close();
    await started?.stop();
  });
  return {
    get folder() {
      return started.folder;
    },
    get pose() {
      return pose;
    },
    async open({ width = 1280, height = 800, dark = false, address }: OpenOptions = {}): Promise<Page> {
      const page = await browser.newPage({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        hasTouch: width < 500,
      });
      page.setDefaultTimeout(PATIENCE);
      page.on('pageerror', (error) => expect.unreachable(error.message));
      await page.goto(address ?? started.preview.address, { waitUntil: 'domcontentloaded' });
      return page;
    },
  };
}

/** Keeps a picture of the page for someone to look at, where HANDFIRST_SCREENSHOTS names a folder. */
export async function keep(page: Page, name: string): Promise<void> {
  const shots = process.env.HANDFIRST_SCREENSHOTS;
  if (shots) writeFileSync(join(shots, `${name}.png`), await page.screenshot());
}

/** Drops a file on an element of the page, as a file manager does. */
export async function drop(page: Page, name: string, bytes: Buffer, on = '.drop', type = ''): Promise<void> {
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    const content = Uint8Array.from(atob('${bytes.toString('base64')}'), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([content], ${JSON.stringify(name)}, { type: ${JSON.stringify(type)} }));
    return transfer;
  })()`);
  await page.dispatchEvent(on, 'drop', { dataTransfer: data });
}

export const panel = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click();
export const pressGenerate = (page: Page): Promise<void> =>
  page.getByRole('button', { name: /Generate\b/ }).click();

/** Does what makes the page ask the server for something, and gives the id of that. */
async function idOf(page: Page, path: string, act: () => Promise<void>): Promise<string> {
  const answered = page.waitForResponse(
    (response) => response.request().method() === 'POST' && response.url().endsWith(path),
  );
  await act();
  return (await (await answered).json()).id;
}

/** Has a video drawn, and waits until the page follows it. */
export async function generate(page: Page): Promise<void> {
  const id = await idOf(page, '/api/runs', () => pressGenerate(page));
  await page.locator(`.status[data-run="${id}"]`).waitFor();
}

export const slider = (page: Page, name: string): Locator => page.getByRole('slider', { name, exact: true });
/** Where a slider's thumb stands. */
export const at = async (thumb: Locator): Promise<number> =>
  Number(await thumb.getAttribute('aria-valuenow'));

/** Moves in and out point by the keyboard alone. */
export async function chooseRange(page: Page, from: number, to: number): Promise<void> {
  for (const [name, wanted] of [
    ['In point', from],
    ['Out point', to],
  ] as const) {
    const thumb = slider(page, name);
    await thumb.focus();
    // From the nearer end, where that is nearer than the thumb.
    const last = Number(await thumb.getAttribute('aria-valuemax'));
    const away = Math.abs((await at(thumb)) - wanted);
    if (Math.min(wanted, last - wanted) < away)
      await page.keyboard.press(wanted < last - wanted ? 'Home' : 'End');
    for (let now = await at(thumb); now !== wanted; now = await at(thumb)) {
      const far = Math.abs(now - wanted) >= 10 ? 'Shift+' : '';
      await page.keyboard.press(`${far}Arrow${now < wanted ? 'Right' : 'Left'}`);
    }
  }
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The middle of an element, or a place within it: shares of its width and height. */
export async function placeOf(element: Locator, across = 0.5, down = 0.5): Promise<Place> {
  const box = await element.boundingBox();
  if (!box) throw new Error('the element is not in sight');
  return { x: box.x + across * box.width, y: box.y + down * box.height };
}

/** What is waited for while something is held: before it is moved, and before it is let go. */
interface Dragging {
  readonly held?: () => Promise<void>;
  readonly moved?: () => Promise<void>;
}

/** Drags with a mouse. */
export async function drag(page: Page, from: Place, to: Place, { moved }: Dragging = {}): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await moved?.();
  await page.mouse.up();
}

/** Drags with a finger. */
export async function dragByTouch(
  page: Page,
  from: Place,
  to: Place,
  { held, moved }: Dragging = {},
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: Place[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', from);
  await held?.();
  for (let step = 1; step <= 6; step++) {
    const share = step / 6;
    await touch('touchMove', { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) });
  }
  await moved?.();
  await touch('touchEnd');
  await session.detach();
}

/** Waits until nothing is drawn any more. */
export async function finished(page: Page): Promise<void> {
  await page.locator('.progress').waitFor({ state: 'detached' });
}

/** Parts of the page whose content is wider than they are. */
export const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('html, .top, .stage, .transport, .status, .tabs, .panel, .act')]
    .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
    .map(({ className, localName }) => className || localName)`);

/** Pairs of the page's regions that lie over each other, and regions that reach out of the window. */
export const inEachOthersWay = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const names = ['.views', '.caption', '.transport', '.timeline', '.status', '.tabs', '.panel:not([hidden])', '.act'];
    const regions = names.flatMap((name) => {
      const element = document.querySelector(name);
      const box = element?.getBoundingClientRect();
      return box && box.height > 0 ? [{ name, element, box }] : [];
    });
    const out = regions.filter(({ box }) => box.bottom > innerHeight + 1 || box.right > innerWidth + 1);
    const over = regions.flatMap((a, at) => regions.slice(at + 1).flatMap((b) => {
      const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      return width > 1 && height > 6 ? [a.name + ' over ' + b.name] : [];
    }));
    return [...out.map(({ name }) => name + ' outside'), ...over];
  })()`);

/** Waits until all that is in sight is there: letters, pictures, and what canvases show. */
export async function settled(page: Page): Promise<void> {
  const waiting = () =>
    page.evaluate(`(() => {
      const inSight = (element) => {
        const { top, bottom, width } = element.getBoundingClientRect();
        return width > 0 && bottom > 0 && top < innerHeight;
      };
      const coming = ({ complete, naturalWidth }) => !complete || naturalWidth === 0;
      return [
        ...(document.fonts.status === 'loaded' ? [] : ['fonts']),
        ...[...document.querySelectorAll('main [aria-busy="true"]')].map(({ ariaLabel }) => ariaLabel),
        ...[...document.images].filter((image) => inSight(image) && coming(image)).map(({ src }) => src),
      ];
    })()`);
  await expect.poll(waiting, { timeout: PATIENCE }).toEqual([]);
  await page.evaluate(`Promise.all([...document.images].map((image) => image.complete && image.decode()))`);
}

/** Spells a word, which is open then. */
export async function spellWord(page: Page, word: string): Promise<void> {
  await page.getByLabel('Or fingerspell a word').fill(word);
  const id = await idOf(page, '/api/clips', () => page.getByRole('button', { name: 'Spell' }).click());
  await page.locator(`.file[data-clip="${id}"]`).getByText(`${word}.pose`, { exact: true }).waitFor();
}
