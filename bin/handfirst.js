#!/usr/bin/env node
// Starts the program. In a fresh clone nothing is built yet, since package managers may skip build scripts: then it builds first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, 'dist', 'cli', 'main.js');

if (!existsSync(built)) build();
const [, , command, ...words] = process.argv;
if (command === '__complete') {
  const { answer } = await import('../dist/cli/answer-completion.js');
  await answer(words);
} else {
  const { run } = await import('../dist/cli/main.js');
  await run(process.argv);
}

function build() {
  process.stderr.write('handfirst is built first, which takes a few seconds.\n');
  const page = join(root, 'src', 'preview', 'page', 'build.mjs');
  const [commands, bundle] = ['write-commands.mjs', 'bundle-program.mjs'].map((name) =>
    join(root, 'scripts', name),
  );
  const steps = [[findCompiler(), '-p', join(root, 'tsconfig.build.json')], [page], [commands], [bundle]];
  const done = steps.every(
    (step) => spawnSync(process.execPath, step, { stdio: ['ignore', 2, 2] }).status === 0,
  );
  if (done && existsSync(built)) return;
  process.stderr.write(
    'handfirst could not be built: run `npm ci` and then `npm run build` in its folder.\n',
  );
  process.exit(1);
}

function findCompiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  } catch {
    process.stderr.write(
      'handfirst is not built, and TypeScript is not installed: run `npm ci` in its folder.\n',
    );
    process.exit(1);
  }
}
