import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Bytes that are read at a time, at the most. */
const BLOCK = 1 << 20;

/**
 * Adds a file's bytes to `hash`. No more memory is asked for than the file fills: a clip may be ten thousand small files, and a stream takes
 * a whole block for each. Rejects as reading does.
 */
export async function addFile(hash: Hash, file: string): Promise<Hash> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const block = Buffer.allocUnsafe(Math.min(BLOCK, Math.max(1, size)));
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, block.length);
      if (bytesRead === 0) return hash;
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** SHA-256 of a file, in hex. Rejects as reading does. */
export async function hashFile(file: string): Promise<string> {
  return (await addFile(createHash('sha256'), file)).digest('hex');
}
