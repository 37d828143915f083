import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { it } from 'vitest';

/** Its machine may be busy: every wait is long, and none is a pause. */
export const PATIENCE = Number(process.env.HANDFIRST_PATIENCE ?? 200_000);
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
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
  process.stdout.write('Pages are not tested: there is no chromium here (apt-get install chromium).\n');

/** A test in Debian's Chromium. */
export const withBrowser = it.skipIf(!CHROMIUM);

/** `flags`: more of them, for a camera that is a file. */
export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags], timeout: PATIENCE });
}

/** What is in the way of people who use the page: all of axe's findings, minor ones as well, each with its elements. */
export async function faults(page: Page): Promise<unknown[]> {
  await page.evaluate(axe);
  return page.evaluate(`axe
    .run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))`);
}
