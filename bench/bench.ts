import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { FPS, SIZE, writeClip } from './clip.js';
import { FRAMES, measureFrame } from './frame.js';
import { measurePass, measurePassInPyTorch, type Pass } from './pass.js';
import { measureGraphs } from './speed.js';
import { measureStarts } from './start.js';
import { benchWorkers } from './workers.js';

/*
 * Measures the built program as a user runs it, presets side by side: frames a second, milliseconds a frame by graph, shares of the
 * threads' time, time to the first frame, and whether memory stays flat. Memory is measured with a bundle of formulas, where 2,000 frames
 * take minutes instead of an hour; everything that a frame allocates outside of the networks is there, at that bundle's picture size.
 */

const program = fileURLToPath(new URL('../bin/handfirst.js', import.meta.url));
const tiny = fileURLToPath(new URL('../test/fixtures/tiny-bundle', import.meta.url));
const compact = fileURLToPath(new URL('../models/compact', import.meta.url));

/** The last line that `generate --json` prints. */
interface Done {
  readonly frames: number;
  readonly device: string;
  readonly firstFrameMs: number;
  readonly totalMs: number;
  readonly busyShare: number;
  readonly runtimeShare: number;
  readonly frameMs: number;
  readonly graphMs: Readonly<Record<string, number>>;
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

function row(what: string, ...values: string[]): void {
  process.stdout.write(`${what.padEnd(30)}${values.map((value) => value.padStart(13)).join('')}\n`);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

const command = new Command('bench')
  .argument(
    '[what]',
    'speed (default); start: time to the first frame; frame: what a frame takes one thread; pass: what one pass of a large denoiser costs; workers: what the queue of many machines costs',
  )
  .option('--presets <names>', 'presets to compare, with commas between', 'default,fast,live')
  .option('--bundle <name>', 'bundle whose speed is measured', 'compact')
  .option('--device <name>', 'device', 'cpu')
  .option('--threads <n>', 'threads of the cpu device', String(availableParallelism()))
  .option('--frames <n>', 'frames of the speed runs', '50')
  .option('--memory-bundle <name>', 'bundle of the memory runs', tiny)
  .option('--memory-frames <n>', 'frames of the long memory run; 0: none (default: 2000, of `memory` 10000)')
  .option('--python <program>', 'Python with models/training/requirements.txt: compares graphs with PyTorch')
  .option('--against <program>', "start, frame: another build's bin/handfirst.js to compare with")
  .option('--runs <n>', 'start, frame: runs of each, of which the fastest counts', '5')
  .option('--system <name>', 'pass: the system whose networks --python builds', 'text-only')
  .option('--compile', 'compare with torch.compile as well, which takes minutes')
  .parse();
const options = command.opts<{
  presets: string;
  bundle: string;
  device: string;
  threads: string;
  frames: string;
  memoryBundle: string;
  memoryFrames?: string;
  python?: string;
  compile?: boolean;
  against?: string;
  runs: string;
  system: string;
}>();

const folder = mkdtempSync(join(tmpdir(), 'handfirst-bench-'));
const runtime = ['--device', options.device, '--threads', options.threads];
const presets = options.presets.split(',');
const memoryFrames = Number(options.memoryFrames ?? (command.args[0] === 'memory' ? 10_000 : 2000));

async function speed(): Promise<void> {
  const clip = writeClip(folder, Number(options.frames));
  const done: Done[] = [];
  for (const preset of presets) {
    const flags = ['--bundle', options.bundle, '--preset', preset, ...runtime];
    done.push(await generate(clip, join(folder, `${preset}.mp4`), flags));
  }
  const each = (value: (one: Done) => string): string[] => done.map(value);
  row(`${options.bundle} on ${done[0]?.device}`, ...presets);
  row(
    'frames a second',
    ...each((one) => ((1000 * (one.frames - 1)) / (one.totalMs - one.firstFrameMs)).toFixed(2)),
  );
  row('ms of a thread a frame', ...each((one) => one.frameMs.toFixed(1)));
  const graphs = [...new Set(done.flatMap(({ graphMs }) => Object.keys(graphMs)))].sort();
  for (const graph of graphs) row(`  ${graph}`, ...each(({ graphMs }) => graphMs[graph]?.toFixed(1) ?? '-'));
  row('threads drawing', ...each((one) => percent(one.busyShare)));
  row('inside ONNX Runtime', ...each((one) => percent(one.runtimeShare)));
  row('first frame after', ...each((one) => `${(one.firstFrameMs / 1000).toFixed(2)} s`));
  row('peak memory', ...each((one) => mebibytes(one.peakMemoryBytes)));
}

async function memory(): Promise<void> {
  const draw = (frames: number): Promise<Done> =>
    generate(writeClip(folder, frames), join(folder, `${frames}.mp4`), [
      '--bundle',
      options.memoryBundle,
      ...runtime,
    ]);
  // The speed runs' clip has its own folder; the shortest one here has another length. At 1000 frames all code is compiled.
  const lengths = [...new Set([101, 1000, memoryFrames])];
  const peaks: number[] = [];
  for (const frames of lengths) peaks.push((await draw(frames)).peakMemoryBytes);
  row('\nmemory at', ...lengths.map((frames) => `${frames} frames`));
  row('peak', ...peaks.map(mebibytes));
  row('against 101 frames', ...peaks.map((peak) => (peak / (peaks[0] ?? peak)).toFixed(3)));
}

async function comparison(python: string): Promise<void> {
  const bundle = options.bundle === 'compact' ? compact : options.bundle;
  const { gemm, graphs } = await measureGraphs(python, bundle, options.compile ?? false);
  process.stdout.write(
    `\nOne thread, ms of CPU time; a matrix product reaches ${gemm.toFixed(0)} GFLOP/s.\n`,
  );
  row('', 'M multiplies', 'float32', 'of product', 'int8', 'PyTorch', 'compiled');
  for (const { graph, multiplications, float32, int8, torch, compiled } of graphs) {
    row(
      graph,
      (multiplications / 1e6).toFixed(0),
      float32.toFixed(1),
      percent((2 * multiplications) / (float32 * 1e6) / gemm),
      int8?.toFixed(1) ?? '-',
      torch.toFixed(1),
      compiled?.toFixed(1) ?? '-',
    );
  }
}

/** Time to the first frame of each preset, files warm; beside another build where one is named. */
async function benchStart(): Promise<void> {
  const { against, bundle, runs } = options;
  const programs = against === undefined ? [program] : [program, against];
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  row('to the first frame', 'of process', 'of render', ...(against ? ['other', 'other', 'ratio'] : []));
  const clip = writeClip(folder, 5);
  for (const preset of presets) {
    const input = [
      clip,
      '--fps',
      String(FPS),
      '--size',
      `${SIZE}x${SIZE}`,
      '-o',
      join(folder, `${preset}.mp4`),
    ];
    const flags = [...input, '--bundle', bundle, '--preset', preset, ...runtime];
    const [own, other] = await measureStarts(programs, flags, Number(runs));
    if (!own) continue;
    const beside = other
      ? [seconds(other.process), seconds(other.render), (other.process / own.process).toFixed(2)]
      : [];
    row(preset, seconds(own.process), seconds(own.render), ...beside);
  }
}

/** What a frame takes one thread, warm and without encoding; beside another build where one is named. */
function benchFrame(): void {
  const { against, bundle, runs } = options;
  const programs = against === undefined ? [program] : [program, against];
  row('one thread, a frame', 'ms', 'ms of CPU', ...(against ? ['other', 'other', 'ratio'] : []));
  const clip = writeClip(folder, FRAMES.all);
  for (const preset of presets) {
    const [own, other] = measureFrame(programs, { clip, preset, bundle }, Number(runs));
    if (!own) continue;
    const beside = other
      ? [other.ms.toFixed(1), other.cpuMs.toFixed(1), (other.cpuMs / own.cpuMs).toFixed(3)]
      : [];
    row(preset, own.ms.toFixed(1), own.cpuMs.toFixed(1), ...beside);
  }
}

/** A bundle's denoiser, and with `--python` the same networks in diffusers. */
async function benchPass(): Promise<void> {
  const { bundle, device, system, python } = options;
  const what = { bundle, device, threads: Number(options.threads) };
  const print = (name: string, pass: Pass): void =>
    row(
      name,
      pass.device,
      pass.seconds.toPrecision(3),
      pass.processorSeconds.toPrecision(3),
      pass.peakMegabytes.toFixed(0),
      pass.devicePeakMegabytes?.toFixed(0) ?? '-',
    );
  const ours = await measurePass(what);
  row('one pass', 'device', 'seconds', 'CPU seconds', 'memory, MB', "card's, MB");
  print(`${ours.graph}, ONNX Runtime`, ours);
  if (python) print(`${system}, diffusers`, await measurePassInPyTorch(python, system, what));
}

async function benchSpeed(): Promise<void> {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${options.threads} threads, Node ${process.version}`;
  process.stdout.write(`${machine}\n\n`);
  await speed();
  if (memoryFrames > 0) await memory();
  if (options.python) await comparison(options.python);
}

try {
  if (command.args[0] === 'workers') await benchWorkers((what, value, aim = '') => row(what, value, aim));
  else if (command.args[0] === 'start') await benchStart();
  else if (command.args[0] === 'frame') benchFrame();
  else if (command.args[0] === 'pass') await benchPass();
  else if (command.args[0] === 'memory') await memory();
  else await benchSpeed();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
