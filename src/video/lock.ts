import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OutputError } from '../errors.js';
import { isRunning, ownerSchema, thisProcess } from '../owner.js';

const holderSchema = ownerSchema.extend({ token: z.string() });
type Holder = z.output<typeof holderSchema>;

const STEAL_PATIENCE_MS = 10_000;
/** A lock without an owner is one that is being written, unless it is older than this. */
const EMPTY_PATIENCE_MS = 1_000;

async function readOwner(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
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

function taken(holder: Holder, path: string, output: string): OutputError {
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
  const owner: Holder = { ...thisProcess(), token: randomUUID() };
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
