import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { OutputError } from '../errors.js';

const ownerSchema = z.object({
  pid: z.number().int(),
  host: z.string(),
  /** When the process began, in the kernel's ticks, where the system says it: a number may be given to a new process. */
  began: z.string().optional(),
  token: z.string(),
});
type Owner = z.output<typeof ownerSchema>;

const STEAL_PATIENCE_MS = 10_000;
/** A lock without an owner is one that is being written, unless it is older than this. */
const EMPTY_PATIENCE_MS = 1_000;

/** Field 22 of /proc/PID/stat (proc(5)); undefined on systems without it. */
function beginning(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isRunning(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const began = beginning(owner.pid);
  return began === undefined || owner.began === undefined || began === owner.began;
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Creates the file if it is not there; false if it is. */
async function createOnce(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    // A full disk takes the name and not the text.
    await rm(path, { force: true });
    throw error;
  }
}

/** Milliseconds since the file was written; 0 where there is none. */
async function age(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}

/** Removes a dead process's lock. Guarded by a second file, so that two newcomers cannot remove each other's. */
async function removeStale(path: string): Promise<void> {
  const guard = `${path}.steal`;
  if (!(await createOnce(guard, ''))) {
    if ((await age(guard)) > STEAL_PATIENCE_MS) await rm(guard, { force: true });
    return;
  }
  try {
    const owner = await readOwner(path);
    const stale = owner === undefined ? (await age(path)) > EMPTY_PATIENCE_MS : !isRunning(owner);
    if (stale) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function taken(holder: Owner, path: string, output: string): OutputError {
  return new OutputError(
    'HF_OUTPUT_LOCKED',
    `Process ${holder.pid} on ${holder.host} is writing ${output} already: wait for it, end it, or write to another name (if it is gone for good, remove ${path}).`,
    { file: output },
  );
}

/** @throws OutputError when another process writes `output` now */
export async function checkUnlocked(folder: string, output: string): Promise<void> {
  const path = join(folder, 'lock');
  const holder = await readOwner(path);
  if (holder && isRunning(holder)) throw taken(holder, path, output);
}

/**
 * Makes this process the only one that writes `output`, by a file in its work folder. Returns what gives the place back.
 *
 * @throws OutputError when another process that still runs has it
 */
export async function lockOutput(folder: string, output: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const owner: Owner = { pid: process.pid, host: hostname(), token: randomUUID() };
  owner.began = beginning(process.pid);
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await createOnce(path, JSON.stringify(owner))) {
      return async () => {
        if ((await readOwner(path))?.token === owner.token) await rm(path, { force: true });
      };
    }
    const holder = await readOwner(path);
    if (holder && isRunning(holder)) throw taken(holder, path, output);
    await removeStale(path);
    await new Promise((resolve) => setTimeout(resolve, 10 + 10 * attempt));
  }
  throw new OutputError(
    'HF_OUTPUT_LOCKED',
    `${path} cannot be taken: remove it if no other handfirst writes ${output}.`,
    { file: output },
  );
}
