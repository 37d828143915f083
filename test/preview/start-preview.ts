import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Preview, type PreviewOptions, startPreview } from '../../src/preview/index.js';
import { buildPage } from '../../src/preview/page/build.mjs';
import { TINY } from '../pipeline/write-clip.js';

/** A bundle whose signers are carried from pictures, with a gallery of two. */
export const CARRIED = fileURLToPath(new URL('../fixtures/carried-bundle', import.meta.url));
export const SETTINGS = { method: { bundle: TINY }, runtime: { device: 'cpu', threads: 1 } };

/** Builds the page into a folder of its own and starts a preview with the bundle of formulas on a free port. */
export async function startTestPreview(
  options: PreviewOptions = {},
): Promise<{ preview: Preview; folder: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
  await buildPage(join(folder, 'page'));
  const preview = await startPreview({ ...SETTINGS, port: 0, page: join(folder, 'page'), ...options });
  return {
    preview,
    folder,
    async stop() {
      await preview.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
