import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** How often a folder is tried whose parent comes and goes while others make and remove folders beside it. */
const TRIES = 10;

/**
 * Makes a folder and those above it that are missing, as `mkdir` with `recursive` does, and returns the uppermost one that was made; undefined where the
 * folder was there. Node's own tries for ever where a folder's parent exists and the system says ENOENT all the same, as `/proc` does.
 */
export async function makeFolder(folder: string): Promise<string | undefined> {
  const path = resolve(folder);
  let above: string | undefined;
  for (let left = TRIES; ; left--) {
    try {
      await mkdir(path);
      return above ?? path;
    } catch (error) {
      if (await isFolder(path)) return above;
      if (codeOf(error) !== 'ENOENT' || dirname(path) === path || left === 0) throw error;
      above = (await makeFolder(dirname(path))) ?? above;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
