import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** A process that has something for itself. */
export const ownerSchema = z.object({
  pid: z.number().int(),
  host: z.string(),
  /** When the process began, in the kernel's ticks, where the system says it: a number may be given to a new process. */
  began: z.string().optional(),
});
export type Owner = z.output<typeof ownerSchema>;

/** This process. */
export function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), began: beginning(process.pid) };
}

/** Whether a process lives; one of another machine counts as alive. */
export function isRunning({ pid, host, began }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const now = beginning(pid);
  return now === undefined || began === undefined || now === began;
}

/** Field 22 of /proc/PID/stat (proc(5)); undefined on systems without it. */
function beginning(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
