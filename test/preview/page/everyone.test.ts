import { expect } from 'vitest';
import { faults, withBrowser } from '../../browser.js';
import {
  at,
  chooseRange,
  finished,
  generate,
  keep,
  panel,
  slider,
  spellWord,
  tooWide,
  usePreview,
} from './driver.js';

/** More than the page has places for the focus. */
const MOST_TABS = 100;

const preview = usePreview();

withBrowser.each([
  { width: 1280, height: 800 },
  { width: 360, height: 640 },
])('has nothing in the way of anyone, light and dark, $width wide', async (look) => {
  const page = await preview.open(look);
  await spellWord(page, 'HI');
  await chooseRange(page, 0, 1);
  await generate(page);
  await finished(page);
  await page.locator('.engine.ready').waitFor({ state: 'attached' });
  for (const name of ['Keypoints', 'Phrase', 'Signer', 'History', 'Inside']) {
    await panel(page, name);
    for (const summary of await page.locator('.panel:not([hidden]) summary').all()) await summary.click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor({ state: 'attached' });
      expect(await faults(page), `${name}, ${colorScheme}`).toEqual([]);
      await keep(page, `page-${name}-${look.width}-${colorScheme}`);
    }
    expect(await tooWide(page), name).toEqual([]);
  }
  await page.locator('.play').focus();
  await page.keyboard.press('?');
  expect(await faults(page)).toEqual([]);
  await page.close();
});

withBrowser('can be used by the keyboard alone', async () => {
  const page = await preview.open();
  const focused = (): Promise<string> =>
    page.evaluate(`(() => {
      const { activeElement } = document;
      const { outlineStyle } = getComputedStyle(activeElement);
      const seen = activeElement.type === 'file' || outlineStyle !== 'none';
      const named = activeElement.getAttribute('aria-label') ?? (activeElement.labels?.[0] ?? activeElement).innerText;
      return seen ? named.replace(/\\s+/g, ' ').trim() : '(not seen)';
    })()`);
  /** Goes on with Tab, once round the page at most. */
  const tabTo = async (label: string): Promise<void> => {
    const passed: string[] = [];
    while (!passed.at(-1)?.startsWith(label)) {
      expect(passed.length, `${label} after ${passed.join(', ')}`).toBeLessThan(MOST_TABS);
      await page.keyboard.press('Tab');
      passed.push(await focused());
    }
  };
  await tabTo('Or fingerspell a word');
  await page.keyboard.type('HI');
  await page.keyboard.press('Enter');
  await page.locator('.file').getByText('HI.pose', { exact: true }).waitFor();
  await tabTo('Out point');
  const out = slider(page, 'Out point');
  await page.keyboard.press('Home');
  expect(await at(out)).toBe(1);
  await tabTo('Generate');
  await page.keyboard.press('Enter');
  await page.getByText('Final', { exact: true }).waitFor();
  await tabTo('Keypoints');
  // The focus follows a key a little later: the next key waits for it.
  for (const name of ['Phrase', 'Signer', 'History', 'Inside']) {
    await page.keyboard.press('ArrowRight');
    await page.locator('[role=tab][aria-selected=true]:focus').getByText(name, { exact: true }).waitFor();
  }
  await tabTo('Look inside frame 0');
  await page.keyboard.press('Enter');
  await page.getByText('Finished frame').waitFor();
  await tabTo('Frame');
  await page.keyboard.press('End');
  expect(await at(slider(page, 'Frame'))).toBeGreaterThan(20);
  await page.close();
});
