import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { framesShown, worstFirst } from '../../src/evaluate/report/html/frames-section.js';
import { htmlReport, writeHtmlReport } from '../../src/evaluate/report/html/index.js';
import { html, Markup } from '../../src/evaluate/report/html/markup.js';
import { intervalText, numberText } from '../../src/evaluate/report/html/numbers.js';
import { scaleOf } from '../../src/evaluate/report/html/scale.js';
import { markdown } from '../../src/evaluate/report/markdown.js';
import type { Report } from '../../src/evaluate/report/report-model.js';
import { summary } from '../../src/evaluate/report/summary.js';
import { faults, launchBrowser, withBrowser } from '../browser.js';
import { sampleReport } from './sample-report.js';

vi.setConfig({ testTimeout: 200_000, hookTimeout: 200_000 });

let folder = '';
let report: Report;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handfirst-report-'));
  report = await sampleReport(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a row that was shown no hands', () => {
  it('says so in every table', () => {
    const presets = report.presets.map((one, at) => ({ ...one, shownHands: at === 0 }));
    const others = presets.slice(1).map(({ preset }) => preset);
    const told = { ...report, presets };
    expect(others.length).toBeGreaterThan(0);
    expect(summary(told)).toContain(
      `Shown no hands, so that scores of hands follow from it: ${others.join(', ')}`,
    );
    expect(summary(report)).not.toContain('Shown no hands');
    for (const name of others) expect(markdown(told)).toContain(`${name} (shown no hands)`);
    expect(markdown(told)).not.toContain(`${presets[0]?.preset} (shown no hands)`);
  });
});

describe('parts of the page', () => {
  it('escape what is put into them', () => {
    const name = `<b a="1" c='2'>&`;
    expect(html`<i title="${name}">${[name, new Markup('<hr>')]}${undefined}${false}${0}</i>`.text).toBe(
      '<i title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;<hr>0</i>',
    );
  });

  it.each([
    [0.0443, '0.0443'],
    [0.702, '0.702'],
    [5.512, '5.51'],
    [17.64, '17.6'],
    [1234.5, '1235'],
    [-0.05, '−0.0500'],
    [0, '0'],
    [-0.000001, '0'],
    [null, '–'],
  ])('say %s as %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  it('say an interval, or nothing', () => {
    expect(intervalText([0.1, 12])).toBe('[0.100, 12.0]');
    expect(intervalText(null)).toBe('');
  });

  it('scale values between round ones', () => {
    const scale = scaleOf([0.12, 0.47], 100, 500);
    // A fourth of 0.35 is 0.0875: the next round step is 0.1.
    expect(scale.marks).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(scale.at(0.1)).toBeCloseTo(100, 9);
    expect(scale.at(0.2)).toBeCloseTo(200, 9);
    expect(scale.at(0.5)).toBeCloseTo(500, 9);
    const single = scaleOf([3], 0, 10);
    expect(single.low).toBeLessThan(3);
    expect(single.high).toBeGreaterThan(3);
    expect(scaleOf([], 0, 1).marks.length).toBeGreaterThan(1);
  });
});

describe('the report', () => {
  it('puts the worst frames first, and those without hands last', () => {
    expect(worstFirst(report).map(({ item }) => item.id)).toEqual([
      'picture-11',
      'letter-W',
      'letter-A',
      'picture-04',
      'picture-17',
    ]);
    expect([1, 6, 60].map(framesShown)).toEqual([24, 24, 6]);
  });

  it('is one file: pictures within, nothing fetched, missing pictures named', async () => {
    const page = await htmlReport(report, folder);
    expect(page).not.toMatch(/(src|href)="(?!data:image\/webp;base64,|#)/);
    expect(page).not.toMatch(/<script|@import|url\(/);
    expect(page).toContain('lost.png is not there');
    expect(page).toContain('Not measured: no &lt;Inception&gt; network was named.');
    expect(page).toContain('DAP hands of default fell from 0.400 to 0.274');
    // Five frames with pose, reference and three results, of which one is missing.
    const pictures = [...page.matchAll(/src="data:image\/webp;base64,([^"]+)"/g)];
    expect(pictures).toHaveLength(24);
    const { width, format } = await sharp(Buffer.from(pictures[0]?.[1] ?? '', 'base64')).metadata();
    expect({ width, format }).toEqual({ width: 384, format: 'webp' });
    expect(Buffer.byteLength(page)).toBeLessThan(1.5e6);
  });

  it('does without baseline, comparisons, curves and frames', async () => {
    const bare: Report = { ...report, baseline: null, comparisons: [], shrink: [], items: [] };
    const page = await htmlReport(bare, folder);
    for (const id of ['baseline', 'comparisons', 'shrink', 'frames']) expect(page).not.toContain(`#${id}`);
    expect(page).toContain('id="figures"');
  });

  it('gets its name when it is whole', async () => {
    const path = await writeHtmlReport(report, folder);
    expect(readFileSync(path, 'utf8')).toBe(await htmlReport(report, folder));
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
    await expect(writeHtmlReport(report, join(path, 'nowhere'))).rejects.toThrow('cannot be written');
  });
});

withBrowser.each([
  { width: 1280, dark: false },
  { width: 390, dark: true },
])('is readable in a browser, $width wide, dark: $dark', async ({ width, dark }) => {
  const path = await writeHtmlReport(report, folder);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({
      viewport: { width, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
    });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().slice(0, 40)));
    await page.goto(pathToFileURL(path).href);
    await page.evaluate('for (const part of document.querySelectorAll("details")) part.open = true');
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([expect.stringMatching(/^file:/)]);
    expect(await page.locator('article').first().getByRole('heading').innerText()).toBe('picture-11');
    expect(await page.getByRole('img', { name: /^DAP hands: default 0.274/ }).count()).toBe(1);
    expect(await faults(page)).toEqual([]);
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBe(0);
    const shots = process.env.HANDFIRST_SCREENSHOTS;
    if (shots)
      writeFileSync(
        join(shots, `report-${width}-${dark ? 'dark' : 'light'}.png`),
        await page.screenshot({ fullPage: true }),
      );
  } finally {
    await browser.close();
  }
});
