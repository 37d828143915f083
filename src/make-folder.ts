import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing, as `mkdir` with `recursive` does, and returns the uppermost one that was made; undefined where the
 * folder was there. Node's own loops for ever where a folder's parent exists and says ENOENT all the same, as `/proc` does.
 */
export async function makeFolder(folder: string): Promise<string | undefined> {
  const path = resolve(folder);
  if (await made(path)) return path;
  if (await isFolder(path)) return undefined;
  const above = await makeFolder(dirname(path));
  // Somebody else may have made it since.
  return (await made(path)) ? (above ?? path) : above;
}

/** Makes one folder; false where it is there already, or its parent is not. */
async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await isFolder(path))) return false;
    if (codeOf(error) === 'ENOENT' && !(await isFolder(dirname(path))) && dirname(path) !== path)
      return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
