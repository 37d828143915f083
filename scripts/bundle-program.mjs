// Puts the program's modules, and the small packages that it starts with, into few files: reading 900 of them took most of the time until it
// could begin. The entries are written over their own files in dist; all other files there stay, for those who import the library.
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');
/** The program, and what its drawing threads run. */
const ENTRIES = ['cli/main', 'models/session-worker', 'pipeline/draw/serve-draws'];
/** Packages of plain JavaScript that are taken in, with what they need themselves. All others stay where they are installed. */
const TAKEN_IN = [
  'chokidar',
  'cli-progress',
  'commander',
  'fastest-levenshtein',
  'picocolors',
  'rxjs',
  'supports-terminal-graphics',
  'tinyglobby',
  'write-file-atomic',
  'zod',
];
/** What CommonJS has and a module has not, and where dist lies: a file beside a module is looked for from there. */
const HEAD = `import { createRequire as $requireFor } from 'node:module';
const require = $requireFor(import.meta.url);
const $dist = import.meta.url.slice(0, import.meta.url.lastIndexOf('/dist/') + '/dist/'.length);`;

// Files of another build have other names.
await rm(join(dist, 'program'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ENTRIES.map((entry) => join(dist, `${entry}.js`)),
  outbase: dist,
  outdir: dist,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'program/[name]-[hash]',
  banner: { js: HEAD },
  metafile: true,
  logLevel: 'warning',
  plugins: [{ name: 'program', setup }],
});
await copyLicences(Object.keys(metafile.inputs));

/** @param {import('esbuild').PluginBuild} build */
function setup(build) {
  build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
    const own = importer.startsWith(dist + sep);
    return own && !TAKEN_IN.includes(packageOf(path)) ? { path, external: true } : undefined;
  });
  build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
    if (!path.startsWith(dist + sep)) return undefined;
    const place = JSON.stringify(relative(dist, path).replaceAll(sep, '/'));
    const code = await readFile(path, 'utf8');
    return { contents: code.replaceAll(/\bimport\.meta\.url\b/g, `($dist + ${place})`) };
  });
}

/** @param {string} path as it is imported */
function packageOf(path) {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}

/** @param {string[]} inputs files that were taken in */
async function copyLicences(inputs) {
  const packages = new Set(
    inputs.flatMap((input) => input.match(/.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  const to = join(dist, 'licences');
  await mkdir(to, { recursive: true });
  for (const folder of packages) {
    const file = (await readdir(join(root, folder))).find((one) => /^licen[cs]e/i.test(one));
    if (!file) throw new Error(`${folder} has no licence file: leave it out of TAKEN_IN`);
    const name = folder.split('node_modules/').at(-1) ?? '';
    await copyFile(join(root, folder, file), join(to, `${name.replace('/', '-')}.txt`));
  }
}
