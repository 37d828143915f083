import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { startPreview } from '../../../src/preview/index.js';
import { buildPage } from '../../../src/preview/page/build.mjs';
import { withBrowser } from '../../browser.js';
import { CARRIED, SETTINGS } from '../start-preview.js';
import { finished, generate, panel, spellWord, usePreview } from './driver.js';

const preview = usePreview();

/** English, in brackets: what stands outside of them has not come from the strings. */
const bracketed = (words: unknown): unknown =>
  typeof words === 'string'
    ? `⟦${words}⟧`
    : Object.fromEntries(Object.entries(words ?? {}).map(([key, value]) => [key, bracketed(value)]));

/** Letters outside of brackets, but for names and the server's sentences, which are marked as such. */
const outside = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const isForeign = (element) => element.closest('[translate=no], [lang]:not(html)') !== null;
    const rest = (text) => {
      const shorter = text.replace(/⟦[^⟦⟧]*⟧/g, '');
      return shorter === text ? text : rest(shorter);
    };
    const found = new Set();
    const check = (text) => /\\p{L}{2}/u.test(rest(text ?? '')) && found.add(text.trim());
    for (const element of document.body.querySelectorAll('*')) {
      if (isForeign(element)) continue;
      for (const name of ['aria-label', 'aria-valuetext', 'title', 'alt', 'placeholder']) check(element.getAttribute(name));
      for (const { nodeType, data } of element.childNodes) if (nodeType === Node.TEXT_NODE) check(data);
    }
    return [...found];
  })()`);

withBrowser('has every word of the page in its strings', async () => {
  const folder = join(preview.folder, 'bracketed');
  await buildPage(folder, bracketed);
  const server = await startPreview({ ...SETTINGS, method: { bundle: CARRIED }, port: 0, page: folder });
  const page = await preview.open({ address: server.address });
  const look = async (where: string) => expect(await outside(page), where).toEqual([]);
  await page.getByText('⟦No file is open.⟧').waitFor();
  await look('no file');
  await spellWord(page, 'A');
  await page.locator('.engine.ready').waitFor();
  await page.locator('.play').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('i');
  await generate(page);
  await finished(page);
  for (const name of ['Keypoints', 'Phrase', 'Signer', 'History', 'Inside']) {
    await panel(page, name);
    if (name === 'Inside') {
      await page.getByRole('button', { name: 'Look inside' }).click();
      await page.locator('.steps figure').first().waitFor();
    }
    for (const summary of await page.locator('.panel:not([hidden]) summary').all()) await summary.click();
    await look(name);
  }
  // What goes wrong is in the page's words as well, round the engine's sentence.
  await panel(page, 'Keypoints');
  const broken = { name: 'broken.pose', mimeType: '', buffer: Buffer.from('nothing') };
  await page.locator('.drop input').setInputFiles(broken);
  await page.getByRole('alert').getByText('⟦The keypoint file cannot be used.⟧').waitFor();
  await look('a failure');
  await page.close();
  await server.close();
});
