// Puts the program's modules, and the small packages that it starts with, into few files. Reading 900 files took most of the time to start.
// The entries are written over their own files in dist, so it runs right after tsc. All other files stay, for those who import the library.
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');
/** The program, what its drawing threads run, and the processes of a batch. */
const ENTRIES = ['cli/main', 'models/session-worker', 'pipeline/draw/serve-draws', 'batch/pool-process'];
/** Packages of plain JavaScript that are inlined, with their dependencies. All others stay where they are installed. */
const INLINED = [
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
/** `require` for inlined CommonJS packages, and the URL of dist: each module's `import.meta.url` is rebuilt from it. */
const HEAD = `import { createRequire as $requireFor } from 'node:module';
const require = $requireFor(import.meta.url);
const $dist = import.meta.url.slice(0, import.meta.url.lastIndexOf('/dist/') + '/dist/'.length);`;

// Chunks of an earlier build have other names.
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
  // write-file-atomic makes its temporary names from it.
  define: { __filename: 'import.meta.url' },
  // As modules, of which only what is used is kept; its CommonJS is ten times as long.
  alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js') },
  metafile: true,
  logLevel: 'warning',
  plugins: [{ name: 'program', setup }],
});
await copyLicences(Object.keys(metafile.inputs));

/** @param {import('esbuild').PluginBuild} build */
function setup(build) {
  build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
    const own = importer.startsWith(dist + sep);
    return own && !INLINED.includes(packageOf(path)) ? { path, external: true } : undefined;
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
    if (!file) throw new Error(`${folder} has no licence file: leave it out of INLINED`);
    const name = folder.split('node_modules/').at(-1) ?? '';
    await copyFile(join(root, folder, file), join(to, `${name.replace('/', '-')}.txt`));
  }
}
