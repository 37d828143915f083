// Builds what is packed. In a fresh clone the compiler is installed first, so that `npm pack` alone makes a whole package.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

if (!isInstalled('typescript/package.json')) npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
npm('run', 'build');

/** @param {string} file a file of a package */
function isInstalled(file) {
  try {
    createRequire(import.meta.url).resolve(file);
    return true;
  } catch {
    return false;
  }
}

/** @param {string[]} args what npm is asked for; its words go to standard error, since `npm pack --json` prints JSON */
function npm(...args) {
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
