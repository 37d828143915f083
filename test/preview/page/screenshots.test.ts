import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import type { Page } from 'playwright-core';
import sharp, { type Sharp } from 'sharp';
import { expect } from 'vitest';
import { withBrowser } from '../../browser.js';
import { finished, generate, panel, settled, slider, spellWord, usePreview } from './driver.js';

/*
 * How the page looks, against small pictures of how it should: a fifth of its size, so that another font's edges count little.
 * HANDFIRST_UPDATE_SCREENSHOTS=1 takes them anew.
 */
const BASELINES = fileURLToPath(new URL('./screenshots', import.meta.url));
/** Share of the side that is kept, colour difference of a pixel that counts, and share of such pixels that is allowed. */
const SCALE = 0.2;
const THRESHOLD = 0.1;
const ALLOWED = 0.015;

const preview = usePreview();

/** Share of the pixels that look otherwise than in the baseline. */
async function difference(page: Page, name: string, update = true): Promise<number> {
  await page.evaluate(`document.querySelector('.panel:not([hidden])').scrollTop = 0`);
  await settled(page);
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  const size = { width: Math.round(width * SCALE), height: Math.round(height * SCALE) };
  const small = sharp(await page.screenshot()).resize(size.width, size.height, { fit: 'fill' });
  const file = `${BASELINES}/${name}.png`;
  if (update && process.env.HANDFIRST_UPDATE_SCREENSHOTS) {
    mkdirSync(BASELINES, { recursive: true });
    writeFileSync(file, await small.clone().png({ palette: true }).toBuffer());
  }
  expect(existsSync(file), `${file} is missing: take it with HANDFIRST_UPDATE_SCREENSHOTS=1`).toBe(true);
  const pixels = (picture: Sharp) => picture.ensureAlpha().raw().toBuffer();
  const [seen, expected] = await Promise.all([pixels(small), pixels(sharp(file))]);
  const differing = pixelmatch(seen, expected, undefined, size.width, size.height, { threshold: THRESHOLD });
  return differing / (size.width * size.height);
}

withBrowser.each([
  { width: 1280, height: 800, dark: false },
  { width: 360, height: 640, dark: true },
])('looks as it should, $width wide, dark: $dark', async (look) => {
  const page = await preview.open(look);
  await spellWord(page, 'AB');
  await page.locator('.engine.ready').waitFor({ state: 'attached' });
  await page.locator('.timeline .share').first().getByText('100 %').waitFor({ state: 'attached' });
  const name = (what: string) => `${what}-${look.width}`;
  const differences: Record<string, number> = {};
  for (const what of ['Keypoints', 'Phrase', 'Signer']) {
    await panel(page, what);
    await slider(page, 'Frame').hover({ force: true });
    differences[what] = await difference(page, name(what.toLowerCase()));
  }
  // The signer's panel where the keypoints' should be is seen.
  expect(await difference(page, name('keypoints'), false)).toBeGreaterThan(ALLOWED);
  await slider(page, 'Out point').focus();
  await page.keyboard.press('Home');
  await generate(page);
  await finished(page);
  await panel(page, 'History');
  await page.locator('.entry').first().waitFor();
  differences.History = await difference(page, name('history'));
  // Each size sees one result, whatever was drawn before.
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.locator('.entry').waitFor({ state: 'detached' });
  for (const [what, share] of Object.entries(differences)) expect(share, what).toBeLessThan(ALLOWED);
  await page.close();
});
