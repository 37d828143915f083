import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { OutputError } from './errors.js';
import { makeFolder } from './make-folder.js';
import { reasonOf } from './reason.js';

/**
 * Writes a file under a temporary name, syncs and renames it; makes its folder. Throws `OutputError`, and then nothing new is left behind.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFileAtomic(path, typeof content === 'string' ? content : Buffer.from(content));
  } catch (error) {
    throw new OutputError('HF_OUTPUT_UNWRITABLE', `${path} cannot be written: ${reasonOf(error)}.`, {
      file: path,
    });
  }
}
