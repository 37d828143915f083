// Bundles the page: script and style with esbuild, the rest copied. `node build.mjs [FOLDER]`; default dist/preview/page.
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('./', import.meta.url));
const usual = fileURLToPath(new URL('../../../dist/preview/page/', import.meta.url));

/** @param {string} folder where the page goes */
export async function buildPage(folder = usual) {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: { page: join(here, 'main.tsx') },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) await copyFile(join(here, file), join(folder, file));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildPage(process.argv[2]);
