import { availableParallelism, freemem } from 'node:os';
import { machineFacts } from '../models/machine.js';

/** Memory in bytes that a process takes with the shipped bundle: `bench` prints its peak. */
const PROCESS_BYTES = 700 * 2 ** 20;

/** Processes that this machine has cores and memory for; one where models run on a graphics processor. */
export function usualWorkers(device: string | undefined, threads: number): number {
  if (device !== 'cpu' && hasGraphics(device)) return 1;
  const free = Math.min(freemem(), process.constrainedMemory?.() || Infinity);
  const byMemory = Math.floor(free / PROCESS_BYTES);
  return Math.max(1, Math.min(Math.floor(availableParallelism() / threads), byMemory));
}

function hasGraphics(device: string | undefined): boolean {
  if (device !== undefined && device !== 'auto') return true;
  const { nvidiaDriver, cudaLibraries, graphics } = machineFacts(['cuda', 'webgpu', 'cpu']);
  return process.platform !== 'linux' ? false : graphics || (nvidiaDriver && cudaLibraries);
}
