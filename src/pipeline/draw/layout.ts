import { availableParallelism, totalmem } from 'node:os';

/** How the processor's threads are used: so many frames at a time, and so many threads within a graph of each. */
export interface ThreadLayout {
  readonly workers: number;
  readonly threads: number;
}

/** Share of the machine's memory that the weights of all workers may take. */
const MEMORY_SHARE = 0.25;
/** Weights of a bundle take about this many times their size on the disk: float16 becomes float32. */
const UNPACKED = 2.5;

/**
 * One frame a thread, since graphs of small pictures gain little from more threads, and waiting for one another takes part of that.
 * Where copies of the weights would take too much memory: fewer frames at a time, and more threads for each. The pictures are the same
 * bytes either way.
 */
export function threadLayout(
  threads: number | undefined,
  weightBytes: number,
  memoryBytes: number = totalmem(),
): ThreadLayout {
  const all = threads ?? availableParallelism();
  const fitting = Math.floor((MEMORY_SHARE * memoryBytes) / Math.max(1, UNPACKED * weightBytes));
  const workers = Math.max(1, Math.min(all, fitting));
  return { workers, threads: Math.max(1, Math.floor(all / workers)) };
}
