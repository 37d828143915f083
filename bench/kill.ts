import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';

/*
 * Kills the built program (SIGKILL) at random moments of a run, each time letting the same command go on from what is there, and
 * compares the finished video with that of an undisturbed run.
 */

const program = fileURLToPath(new URL('../bin/handfirst.js', import.meta.url));
const sample = fileURLToPath(new URL('../samples/hello.pose', import.meta.url));

const options = new Command('kill')
  .option('--input <file>', 'keypoint file', sample)
  .option('--kills <n>', 'how often', '10')
  .option('--seed <n>', 'decides the moments', '0')
  .option('--flags <text>', 'further flags of generate', '')
  .parse()
  .opts<Record<'input' | 'kills' | 'seed' | 'flags', string>>();

/** Runs to the end, or is killed after `killAfter` ms. Returns whether it came to its end. */
async function run(out: string, killAfter?: number): Promise<boolean> {
  const flags = options.flags.split(' ').filter(Boolean);
  const child = spawn(
    process.execPath,
    [program, 'generate', options.input, '-o', out, '--quiet', ...flags],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const timer =
    killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), Math.max(1, killAfter));
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`handfirst ended with code ${code}`);
  return code === 0;
}

/** mulberry32: uniform numbers from 0 to 1. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const folder = mkdtempSync(join(tmpdir(), 'handfirst-kill-'));
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
try {
  const whole = join(folder, 'whole.mp4');
  const start = performance.now();
  await run(whole);
  const length = performance.now() - start;
  const wanted = sha256(whole);
  process.stdout.write(`undisturbed: ${(length / 1000).toFixed(1)} s, ${wanted}\n`);
  const random = uniform(Number(options.seed));
  const broken = join(folder, 'broken.mp4');
  let kills = 0;
  let finished = 0;
  while (kills < Number(options.kills)) {
    // Up to a third of the whole, so that a run is broken several times before it ends.
    const moment = (random() * length) / 3 + 800;
    if (await run(broken, moment)) {
      if (sha256(broken) !== wanted) throw new Error(`After ${kills} kills the video has other bytes.`);
      finished++;
      rmSync(broken);
      continue;
    }
    kills++;
    process.stdout.write(`killed after ${(moment / 1000).toFixed(1)} s\n`);
  }
  await run(broken);
  const same = sha256(broken) === wanted;
  process.stdout.write(
    `${kills} kills, ${finished + 1} finished runs: ${same ? 'the same bytes' : 'OTHER BYTES'}\n`,
  );
  if (!same) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
