import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { z } from 'zod';
import { FPS, SIZE, writeClip } from './clip.js';

/*
 * Ends the built program (SIGKILL, SIGTERM, Ctrl-C) at random moments of a run, each time letting the same command go on from what is
 * there. The finished video must have the bytes of an undisturbed run, and no frame that was said to be done may be lost.
 */

const program = fileURLToPath(new URL('../bin/handfirst.js', import.meta.url));
const tiny = fileURLToPath(new URL('../test/fixtures/tiny-bundle', import.meta.url));

const options = new Command('kill')
  .option('--input <file>', 'keypoint file (default: a clip of --frames frames)')
  .option('--frames <n>', 'frames of the clip', '150')
  .option('--bundle <name>', 'model bundle (default: one that draws fast and badly)', tiny)
  .option('--kills <n>', 'how often', '10')
  .option('--once', 'one kill a video, so that there are as many videos as kills')
  .option('--seed <n>', 'decides the moments', '0')
  .option('--flags <text>', 'further flags of generate', '')
  .parse()
  .opts<Record<'frames' | 'bundle' | 'kills' | 'seed' | 'flags', string> & { input?: string; once?: true }>();

const folder = mkdtempSync(join(tmpdir(), 'handfirst-kill-'));
const input = options.input ?? writeClip(folder, Number(options.frames));
const flags = [
  ...(options.input ? [] : ['--fps', String(FPS), '--size', `${SIZE}x${SIZE}`]),
  ...['--bundle', options.bundle, '--device', 'cpu', '--threads', '1', '--json'],
  ...options.flags.split(' ').filter(Boolean),
];

interface Ended {
  readonly finished: boolean;
  /** Frames that an earlier run had finished, as it said; undefined where it was ended before it said so. */
  readonly resumed?: number;
  /** The last frame that it said was done. */
  readonly done: number;
  /** Milliseconds of drawing. */
  readonly drawing: number;
}

interface Kill {
  readonly signal: NodeJS.Signals;
  /** Milliseconds after the first frame is drawn, or after the start. */
  readonly after: number;
  readonly drawing: boolean;
}

const eventSchema = z.object({
  event: z.string(),
  done: z.number().optional(),
  resumed: z.number().optional(),
});

/** Runs to the end, or is killed. */
async function run(out: string, kill?: Kill): Promise<Ended> {
  const child = spawn(process.execPath, [program, 'generate', input, '-o', out, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [done, resumed, begun]: [number, number | undefined, number | undefined] = [0, undefined, undefined];
  let last = '';
  const end = (): void => void (kill && setTimeout(() => child.kill(kill.signal), kill.after));
  if (kill && !kill.drawing) end();
  createInterface(child.stdout).on('line', (line) => {
    if (!line.endsWith('}')) return;
    last = line;
    const event = eventSchema.parse(JSON.parse(line));
    if (event.event !== 'progress') return;
    if (begun === undefined && kill?.drawing) end();
    begun ??= performance.now();
    resumed ??= event.resumed;
    done = event.done ?? done;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0 && code !== 130 && !signal) throw new Error(`handfirst ended with code ${code}: ${last}`);
  return { finished: code === 0, resumed, done, drawing: performance.now() - (begun ?? performance.now()) };
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

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;
try {
  const whole = join(folder, 'whole.mp4');
  const { drawing } = await run(whole);
  const wanted = sha256(whole);
  process.stdout.write(`undisturbed: ${(drawing / 1000).toFixed(1)} s of drawing, ${wanted}\n`);
  const random = uniform(Number(options.seed));
  const broken = join(folder, 'broken.mp4');
  const kills = { SIGKILL: 0, SIGTERM: 0, SIGINT: 0 };
  const total = (): number => kills.SIGKILL + kills.SIGTERM + kills.SIGINT;
  let [finished, lost, before, broke] = [0, 0, 0, false];
  while (total() < Number(options.kills) || finished === 0 || (options.once && broke)) {
    const signal = SIGNALS[Math.floor(random() * SIGNALS.length)] ?? 'SIGKILL';
    const moment = random();
    const inDrawing = random() < 0.85;
    const enough = total() >= Number(options.kills) || (options.once && broke);
    // Up to a third of the whole, so that a run is broken several times before it ends; anywhere with --once.
    const span = options.once ? drawing : drawing / 3;
    const kill = { signal, after: inDrawing ? moment * span : moment * 3000, drawing: inDrawing };
    const ended = await run(broken, enough ? undefined : kill);
    if (ended.resumed !== undefined) lost = Math.max(lost, before - ended.resumed);
    if (!ended.finished) {
      kills[signal]++;
      broke = true;
      before = Math.max(before, ended.done);
      process.stdout.write(`${total()} kills\n`);
    }
    // A run may be killed when the video has its name and only the end of the program is missing.
    if (ended.finished || (existsSync(broken) && !existsSync(`${broken}.handfirst`))) {
      if (sha256(broken) !== wanted) throw new Error(`After ${total()} kills the video has other bytes.`);
      finished++;
      before = 0;
      broke = false;
      rmSync(broken);
    }
  }
  process.stdout.write(
    `${total()} kills (${kills.SIGKILL} SIGKILL, ${kills.SIGTERM} SIGTERM, ${kills.SIGINT} SIGINT), ${finished} finished videos, all with the same bytes; ${lost} frames lost at most\n`,
  );
  if (lost > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
