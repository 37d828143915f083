// Bundles the keypoint reader for browsers into one file without imports. `node build-browser.mjs [FILE]`; default dist/pose/browser.js.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** @param {string} outfile where the bundle goes */
export async function buildBrowserReader(outfile = path('../dist/pose/browser.js')) {
  await build({
    entryPoints: [path('../src/pose/browser.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    inject: [path('./browser-buffer.mjs')],
    plugins: [{ name: 'no disk', setup: unpackInMemory }],
    legalComments: 'inline',
    logLevel: 'warning',
  });
}

/** @param {import('esbuild').PluginBuild} build */
function unpackInMemory({ onResolve }) {
  onResolve({ filter: /\/spool\.js$/ }, () => ({ path: path('../src/pose/spool-in-memory.ts') }));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildBrowserReader(process.argv[2]);
