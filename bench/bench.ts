import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { FPS, SIZE, writeClip } from './clip.js';
import { benchWorkers } from './workers.js';

/*
 * Measures the built program as a user runs it: frames a second, share of the time inside ONNX Runtime, time to the first
 * frame, and whether memory stays flat. Memory is measured with a bundle of formulas, where 2,000 frames take minutes
 * instead of an hour; everything that a frame allocates outside of the networks is there, at that bundle's picture size.
 */

const program = fileURLToPath(new URL('../bin/handfirst.js', import.meta.url));
const tiny = fileURLToPath(new URL('../test/fixtures/tiny-bundle', import.meta.url));

/** The last line that `generate --json` prints. */
interface Done {
  readonly frames: number;
  readonly device: string;
  readonly firstFrameMs: number;
  readonly totalMs: number;
  readonly busyShare: number;
  readonly peakMemoryBytes: number;
}

async function generate(clip: string, out: string, flags: string[]): Promise<Done> {
  const input = ['generate', clip, '--fps', String(FPS), '--size', `${SIZE}x${SIZE}`];
  const child = spawn(process.execPath, [program, ...input, '-o', out, '--json', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const [code] = await once(child, 'close');
  const last: Done & { message?: string } = JSON.parse(printed.trim().split('\n').at(-1) ?? '{}');
  if (code !== 0) throw new Error(last.message ?? `handfirst ended with code ${code}`);
  return last;
}

function row(what: string, value: string, aim = ''): void {
  process.stdout.write(`${what.padEnd(34)}${value.padStart(12)}  ${aim}\n`);
}

const command = new Command('bench')
  .argument('[what]', 'speed (default), or workers: what the queue of many machines costs')
  .option('--bundle <name>', 'bundle whose speed is measured', 'compact')
  .option('--preset <name>', 'preset', 'default')
  .option('--device <name>', 'device', 'cpu')
  .option('--threads <n>', 'threads of the cpu device', String(availableParallelism()))
  .option('--frames <n>', 'frames of the speed run', '50')
  .option('--memory-bundle <name>', 'bundle of the memory runs', tiny)
  .option('--memory-frames <n>', 'frames of the long memory run', '2000')
  .parse();
const options =
  command.opts<
    Record<'bundle' | 'preset' | 'device' | 'threads' | 'frames' | 'memoryBundle' | 'memoryFrames', string>
  >();

const folder = mkdtempSync(join(tmpdir(), 'handfirst-bench-'));
try {
  if (command.args[0] === 'workers') await benchWorkers(row);
  else await benchSpeed();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function benchSpeed(): Promise<void> {
  const runtime = ['--device', options.device, '--threads', options.threads];
  const draw = (bundle: string, frames: number): Promise<Done> =>
    generate(writeClip(folder, frames), join(folder, `${frames}.mp4`), [
      ...['--bundle', bundle, '--preset', options.preset, ...runtime],
    ]);
  process.stdout.write(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${options.threads} threads, Node ${process.version}\n\n`,
  );

  const speed = await draw(options.bundle, Number(options.frames));
  const seconds = (speed.totalMs - speed.firstFrameMs) / 1000;
  row(`${options.bundle}, ${options.preset}, on ${speed.device}`, '');
  row('frames a second', ((speed.frames - 1) / seconds).toFixed(2), 'aim: 2 on 2 cores');
  row('share inside ONNX Runtime', `${(speed.busyShare * 100).toFixed(1)} %`, 'aim: 95 %');
  row('time to the first frame', `${(speed.firstFrameMs / 1000).toFixed(2)} s`);
  row('peak memory', `${(speed.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`);

  const short = await draw(options.memoryBundle, 100);
  const long = await draw(options.memoryBundle, Number(options.memoryFrames));
  row('\nmemory at 100 frames', `${(short.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`);
  row(`memory at ${options.memoryFrames} frames`, `${(long.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`);
  row('ratio', (long.peakMemoryBytes / short.peakMemoryBytes).toFixed(3), 'aim: at most 1.05');
}
