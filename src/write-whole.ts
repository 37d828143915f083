import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OutputError } from './errors.js';
import { reasonOf } from './reason.js';

/** Writes a file under a temporary name and renames it; makes its folder. Throws `OutputError`, and then leaves nothing behind. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new OutputError('HF_OUTPUT_UNWRITABLE', `${path} cannot be written: ${reasonOf(error)}.`, {
      file: path,
    });
  }
}
