// Bundles the page: script and style with esbuild, the rest copied. `node build.mjs [FOLDER]`; default dist/preview/page.
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('./', import.meta.url));
const usual = fileURLToPath(new URL('../../../dist/preview/page/', import.meta.url));

/**
 * @param {string} folder where the page goes
 * @param {(words: unknown) => unknown} inWords what becomes of the English strings
 */
export async function buildPage(folder = usual, inWords = (words) => words) {
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
    plugins: [stringsPlugin(inWords)],
  });
  for (const file of ['index.html', 'icon.svg']) await copyFile(join(here, file), join(folder, file));
}

/** @param {(words: unknown) => unknown} inWords */
function stringsPlugin(inWords) {
  return {
    name: 'strings',
    /** @param {import('esbuild').PluginBuild} build */
    setup({ onLoad }) {
      onLoad({ filter: /en\.json$/ }, async ({ path }) => {
        const words = inWords(JSON.parse(await readFile(path, 'utf8')));
        return { contents: JSON.stringify(words), loader: 'json' };
      });
    },
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildPage(process.argv[2]);
