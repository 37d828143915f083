import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, type Owner, ownerSchema, thisProcess } from './owner.js';

/** Says whose a folder is, so that it can be removed when its process was killed. */
const OWNER = 'owner.json';

/**
 * Makes a folder of this process's own in `parent`, by default the system's temporary folder: `handfirst-worker-x7Ab2c` for `worker`. The
 * caller removes it. Folders of the same kind that killed processes left are removed here. Rejects as writing does.
 */
export async function makeOwnFolder(kind: string, parent = tmpdir()): Promise<string> {
  const prefix = `handfirst-${kind}-`;
  await removeLeft(parent, prefix);
  const folder = await mkdtemp(join(parent, prefix));
  try {
    await writeFile(join(folder, OWNER), JSON.stringify(thisProcess()));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/** Removes the folders of processes that have ended. What cannot be read or removed stays. */
async function removeLeft(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const owner = await ownerOf(join(parent, name));
    if (owner && !isRunning(owner))
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function ownerOf(folder: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(join(folder, OWNER), 'utf8')));
  } catch {
    return undefined;
  }
}
