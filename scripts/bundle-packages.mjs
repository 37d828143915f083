// Takes packages that are far larger than what is used of them into the files of dist that import them, so that nobody installs the rest:
// fluent-ffmpeg ships 11 MB of test coverage, csv-parse seven copies of itself. Their licences go along.
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
/** Where each is imported, and nowhere else. */
const PLACES = [
  { name: 'fluent-ffmpeg', module: 'video/encoder', licence: 'LICENSE' },
  { name: 'cborg', module: 'video/cose', licence: 'LICENSE' },
  { name: 'csv-parse', module: 'csv', licence: 'LICENSE' },
  { name: '@huggingface/tokenizers', module: 'models/clip-tokenizer', licence: 'LICENSE' },
];
/** What CommonJS has and a module has not. */
const COMMON = `import { createRequire as $require } from 'node:module';
import { dirname as $dirname } from 'node:path';
import { fileURLToPath as $path } from 'node:url';
const require = $require(import.meta.url), __filename = $path(import.meta.url), __dirname = $dirname(__filename);`;

await mkdir(join(root, 'dist', 'licences'), { recursive: true });
for (const { name, module, licence } of PLACES) {
  await build({
    entryPoints: [join(root, 'src', `${module}.ts`)],
    outfile: join(root, 'dist', `${module}.js`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: COMMON },
    plugins: [{ name: 'all else stays', setup: (build) => keep(build, name) }],
    logLevel: 'warning',
  });
  await copyFile(
    join(root, 'node_modules', name, licence),
    join(root, 'dist', 'licences', `${name.replace('/', '-')}.txt`),
  );
}

/**
 * @param {import('esbuild').PluginBuild} build
 * @param {string} name the package that is taken in, with what it needs itself
 */
function keep(build, name) {
  build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
    const own = importer.startsWith(join(root, 'src'));
    if (own && path !== name && !path.startsWith(`${name}/`)) return { path, external: true };
    return undefined;
  });
}
