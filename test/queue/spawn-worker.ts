import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { TINY } from '../pipeline/write-clip.js';

const entry = fileURLToPath(new URL('../cli/entry.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A worker in a process of its own, and what it prints. */
export function spawnWorker(queue: string, store: string, ...flags: string[]) {
  if (!store.startsWith('s3://')) mkdirSync(store, { recursive: true });
  const own = ['--queue', queue, '--store', store, '--bundle', TINY, '--device', 'cpu', '--json', ...flags];
  const child = spawn(process.execPath, ['--import', loader, entry, 'worker', ...own], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: Record<string, unknown>[] = [];
  createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line)));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  return { child, events, ended: once(child, 'exit') };
}
