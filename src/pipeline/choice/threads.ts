import { availableParallelism, totalmem } from 'node:os';
import { z } from 'zod';
import { type Bundle, openRunner } from '../../models/index.js';
import { bodyInputs, least } from './body-step.js';
import { Measurement } from './measured.js';

const count = z.number().int().min(1);
/** How the processor's threads are used: so many frames at a time, and so many threads within a graph of each. */
const layoutSchema = z.object({ workers: count, threads: count });
export type ThreadLayout = z.output<typeof layoutSchema>;

/** What was measured, for people: steps of the body stage a second, by frames at a time. */
const measuredSchema = z.object({ layout: layoutSchema, stepsPerSecond: z.record(z.string(), z.number()) });

/** What threads are chosen from. */
export interface ThreadWish {
  /** The user's number of threads. */
  readonly threads?: number;
  /** Threads within a graph that an unfinished run was begun with: it goes on so. */
  readonly begun?: number;
}

/** Share of the machine's memory that the weights of all workers may take. */
const MEMORY_SHARE = 0.25;
/** Weights of a bundle take about this many times their size on the disk: float16 becomes float32. */
const UNPACKED = 2.5;
/**
 * Fewer frames at a time are drawn where a step is at least this many times as fast then: half of a frame's work is not measured, and is
 * done in one thread a frame.
 */
const WORTH = 1.3;

/**
 * One frame a thread, since graphs of small pictures gain little from more threads, and waiting for one another takes part of that.
 * Where copies of the weights would take too much memory: fewer frames at a time, and more threads for each.
 */
export function threadLayout(
  threads: number,
  weightBytes: number,
  memoryBytes: number = totalmem(),
): ThreadLayout {
  return shared(threads, Math.min(threads, fitting(weightBytes, memoryBytes)));
}

/** `threadLayout`, and what else `threads` threads could be used for: always half as many frames at a time. */
export function possibleLayouts(
  threads: number,
  weightBytes: number,
  memoryBytes: number = totalmem(),
): readonly ThreadLayout[] {
  const { workers } = threadLayout(threads, weightBytes, memoryBytes);
  const halvings = Math.floor(Math.log2(workers)) + 1;
  return Array.from({ length: halvings }, (_, at) => shared(threads, Math.floor(workers / 2 ** at)));
}

/** The fastest of them, where it is clearly faster than the first. */
export function fastestLayout(
  layouts: readonly ThreadLayout[],
  stepsPerSecond: readonly number[],
): ThreadLayout {
  const [usual] = layouts;
  if (!usual) throw new Error('no layouts');
  const most = stepsPerSecond.indexOf(Math.max(...stepsPerSecond));
  const worth = (stepsPerSecond[most] ?? 0) > WORTH * (stepsPerSecond[0] ?? 0);
  return (worth ? layouts[most] : undefined) ?? usual;
}

/**
 * The layout that is kept, and how fast each was. A way other than the usual must win twice: what else the machine does may slow one
 * measurement down, and what is kept slows down every run that follows.
 */
export async function chooseLayout(
  layouts: readonly ThreadLayout[],
  stepsPerSecond: (layout: ThreadLayout) => Promise<number>,
): Promise<{ layout: ThreadLayout; speeds: readonly number[] }> {
  const speeds: number[] = [];
  for (const layout of layouts) speeds.push(await stepsPerSecond(layout));
  const winner = layouts.indexOf(fastestLayout(layouts, speeds));
  for (const at of winner > 0 ? [0, winner] : []) {
    const [layout, before = 0] = [layouts[at], speeds[at]];
    if (layout) speeds[at] = Math.max(before, await stepsPerSecond(layout));
  }
  return { layout: fastestLayout(layouts, speeds), speeds };
}

/** How threads are used on the processor, where that is known without measuring. */
export async function knownThreads(
  bundle: Bundle,
  { threads, begun }: ThreadWish,
): Promise<ThreadLayout | undefined> {
  const bytes = weightBytes(bundle);
  const all = threads ?? availableParallelism();
  if (threads === undefined && begun !== undefined) {
    const workers = Math.min(Math.max(1, Math.floor(all / begun)), fitting(bytes));
    return { workers, threads: begun };
  }
  const layouts = possibleLayouts(all, bytes);
  if (threads !== undefined || layouts.length === 1) return layouts[0];
  return (await (await measurement(bundle, all)).kept())?.layout;
}

/** The usual way, for a device on which nothing is measured, or until it is. */
export function usualThreads(bundle: Bundle): ThreadLayout {
  return threadLayout(availableParallelism(), weightBytes(bundle));
}

/** Measures what all threads of the processor together draw, and keeps what is best. Rejects as `openRunner` does. */
export async function measureThreads(bundle: Bundle, signal?: AbortSignal): Promise<ThreadLayout> {
  const all = availableParallelism();
  const layouts = possibleLayouts(all, weightBytes(bundle));
  const made = await (await measurement(bundle, all)).make(async () => {
    const { layout, speeds } = await chooseLayout(layouts, (one) => stepsPerSecond(bundle, one, signal));
    const said = layouts.map(({ workers }, at) => [workers, speeds[at] ?? 0] as const);
    return { layout, stepsPerSecond: Object.fromEntries(said) };
  });
  return made.layout;
}

function measurement(bundle: Bundle, threads: number): Promise<Measurement<z.output<typeof measuredSchema>>> {
  return Measurement.of(`threads-${threads}`, bundle, measuredSchema);
}

/** Steps of the body stage a second, in float32, of all workers at once. */
async function stepsPerSecond(
  bundle: Bundle,
  { workers, threads }: ThreadLayout,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { graph } = bundle.manifest.body.denoiser;
  const opening = Array.from({ length: workers }, () =>
    openRunner(bundle, { device: 'cpu', threads, signal }),
  );
  try {
    const runners = await Promise.all(opening);
    const all = await Promise.all(
      runners.map(async (runner) => ({ runner, inputs: await bodyInputs(bundle, runner, graph) })),
    );
    const ms = await least(async () => {
      const begun = performance.now();
      await Promise.all(all.map(({ runner, inputs }) => runner.run(graph, inputs)));
      return performance.now() - begun;
    });
    return (1000 * workers) / ms;
  } finally {
    for (const one of await Promise.allSettled(opening))
      if (one.status === 'fulfilled') await one.value.close();
  }
}

/** Bytes of all graphs. */
function weightBytes({ manifest }: Bundle): number {
  return Object.entries(manifest.files).reduce(
    (sum, [name, { bytes }]) => sum + (name.endsWith('.onnx') ? bytes : 0),
    0,
  );
}

/** How many workers' weights fit. */
function fitting(bytes: number, memoryBytes: number = totalmem()): number {
  return Math.max(1, Math.floor((MEMORY_SHARE * memoryBytes) / Math.max(1, UNPACKED * bytes)));
}

function shared(threads: number, workers: number): ThreadLayout {
  return { workers, threads: Math.max(1, Math.floor(threads / workers)) };
}
