// Builds packages/pose from src/pose. The compiler is that of the repository.
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBrowserReader } from './build-browser.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'packages', 'pose');
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);

rmSync(join(folder, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', folder], { stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);
await buildBrowserReader(join(folder, 'dist', 'pose', 'browser.js'));
copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
