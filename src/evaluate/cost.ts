import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { counted } from '../counted.js';
import { UsageError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { makeOwnFolder } from '../own-folder.js';
import { writeWhole } from '../write-whole.js';
import { parseSystem } from './draw/systems.js';
import type { BenchmarkItem } from './source/benchmark.js';
import { openOptions } from './source/item-source.js';
import { readBenchmark } from './source/read-benchmark.js';

/** Options of `measureCost`. */
export interface CostOptions {
  readonly benchmark: string;
  /** Folder that gets `cost.md` and `cost.json`. */
  readonly out: string;
  /** `preset` or `preset@bundle`. */
  readonly presets: readonly string[];
  readonly bundle?: string;
  readonly device?: string;
  readonly threads?: number;
  /** Numbers of steps; empty: each preset's own. */
  readonly steps: readonly number[];
  /** How handfirst is started: program and first arguments. */
  readonly program: readonly string[];
  /** Gets a sentence before each measurement. */
  readonly note?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/** What a system costs with a number of steps. */
export interface Cost {
  readonly system: string;
  /** Absent: the preset's own. */
  readonly steps?: number;
  readonly device: string;
  /** Frames drawn after the first, which loads the networks and is not counted. */
  readonly frames: number;
  readonly secondsPerFrame: number;
  /** Of the process, main memory. */
  readonly peakMegabytes: number;
  /** Of the graphics card, by nvidia-smi; absent elsewhere. */
  readonly devicePeakMegabytes?: number;
}

/** The paper's table V: seconds ("sec/iter", whose unit it does not say) and megabytes on an RTX 3090. */
const TABLE_V = [
  ['Stable Diffusion', 2.0, 2050],
  ['ControlNet', 2.65, 2800],
  ['two-stage', 9.7, 8700],
] as const;
/** Frames that are drawn of an item at most, the first one among them. */
const FRAMES = 4;
const POLL_MS = 200;

/** The last line of `generate --json`. */
const doneSchema = z.object({
  frames: z.number(),
  device: z.string(),
  firstFrameMs: z.number(),
  totalMs: z.number(),
  peakMemoryBytes: z.number(),
});

/**
 * Draws a few frames by each system and number of steps, each in a process of its own so that memory is its own, and writes what a
 * frame costs beside the paper's table V. Throws `UsageError`, or with what a process said.
 */
export async function measureCost(options: CostOptions): Promise<Cost[]> {
  const { folder, benchmark } = await readBenchmark(options.benchmark);
  const item = benchmark.items.find(({ kind }) => kind === 'clip') ?? benchmark.items[0];
  if (!item || item.range.to - item.range.from < 2) {
    throw new UsageError(
      'HF_BENCHMARK_SOURCE',
      `${options.benchmark} has no clip, and cost is measured on consecutive frames: make a benchmark with \`clips\`.`,
      { file: options.benchmark, field: 'cost' },
    );
  }
  const costs: Cost[] = [];
  for (const system of options.presets) {
    for (const steps of options.steps.length > 0 ? options.steps : [undefined]) {
      options.note?.(`Measuring ${system}${steps === undefined ? '' : ` in ${counted(steps, 'step')}`}.`);
      costs.push(await costOf(join(folder, item.pose), item, system, steps, options));
    }
  }
  await makeFolder(options.out);
  await writeWhole(join(options.out, 'cost.json'), `${JSON.stringify(costs, undefined, 1)}\n`);
  await writeWhole(join(options.out, 'cost.md'), costTable(costs));
  return costs;
}

/** The costs as Markdown, the paper's table V below. */
export function costTable(costs: readonly Cost[]): string {
  const rows = costs.map(({ system, steps, device, secondsPerFrame, peakMegabytes, devicePeakMegabytes }) => [
    system,
    steps === undefined ? "the preset's" : String(steps),
    device,
    secondsPerFrame.toPrecision(3),
    peakMegabytes.toFixed(0),
    devicePeakMegabytes?.toFixed(0) ?? '',
  ]);
  const paper = TABLE_V.map(([system, seconds, megabytes]) => [
    `*paper, table V: ${system}*`,
    '',
    '*RTX 3090*',
    `*${seconds}*`,
    '',
    `*${megabytes}*`,
  ]);
  const head = ['system', 'steps', 'device', 'seconds a frame', 'peak memory, MB', "card's peak memory, MB"];
  const lines = [head, head.map(() => '---'), ...rows, ...paper].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

async function costOf(
  input: string,
  item: BenchmarkItem,
  system: string,
  steps: number | undefined,
  options: CostOptions,
): Promise<Cost> {
  const scratch = await makeOwnFolder('cost');
  try {
    const done = await generate(
      [input, '-o', join(scratch, 'frames'), ...flagsOf(item, system, steps, options)],
      options,
    );
    const frames = done.frames - 1;
    return {
      system,
      ...(steps === undefined ? {} : { steps }),
      device: done.device,
      frames,
      secondsPerFrame: (done.totalMs - done.firstFrameMs) / 1000 / frames,
      peakMegabytes: done.peakMemoryBytes / 1e6,
      ...(done.card > 0 ? { devicePeakMegabytes: done.card } : {}),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function flagsOf(
  item: BenchmarkItem,
  system: string,
  steps: number | undefined,
  { bundle: usual, device, threads }: CostOptions,
): string[] {
  const { preset, bundle = usual } = parseSystem(system);
  const { from, to } = item.range;
  const { fps, size, format, sequence, person } = openOptions(item);
  const given = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [name, String(value)];
  return [
    '--json',
    ...['--range', `${from}:${Math.min(to, from + FRAMES)}`, '--preset', preset],
    ...given('--bundle', bundle),
    ...given('--steps', steps),
    ...given('--device', device),
    ...given('--threads', threads),
    ...given('--fps', fps === undefined ? undefined : String(fps)),
    ...given('--size', size && `${size.width}x${size.height}`),
    ...given('--format', format),
    ...given('--sequence', sequence),
    ...given('--person', person),
  ];
}

/** Runs `handfirst generate` and reads its last line; `card`: the most megabytes that the card lent it. */
async function generate(
  flags: readonly string[],
  { program, signal }: CostOptions,
): Promise<z.infer<typeof doneSchema> & { card: number }> {
  const [command = '', ...first] = program;
  const child = spawn(command, [...first, 'generate', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let [printed, said, card] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const poll = setInterval(async () => {
    card = Math.max(card, await cardMegabytes(child.pid));
  }, POLL_MS);
  try {
    const [code] = await once(child, 'close');
    const line: unknown = JSON.parse(printed.trim().split('\n').at(-1) || '{}');
    const done = doneSchema.safeParse(line);
    if (code === 0 && done.success) return { ...done.data, card };
    const message = z.object({ message: z.string() }).safeParse(line).data?.message ?? said.trim();
    throw new UsageError('HF_FIELD_VALUE', `A system could not be measured: ${message}`, { field: 'cost' });
  } finally {
    clearInterval(poll);
  }
}

/** Memory of the graphics card that a process holds, by nvidia-smi; 0 where there is none. */
async function cardMegabytes(pid: number | undefined): Promise<number> {
  const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];
  const child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const failed = new Promise<void>((resolve) => child.once('error', () => resolve()));
  await Promise.race([once(child, 'close').catch(() => undefined), failed]);
  const own = printed.split('\n').find((line) => line.startsWith(`${pid},`));
  return Number(own?.split(',')[1] ?? 0);
}
