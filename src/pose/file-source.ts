import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { counted } from '../counted.js';
import { PoseFileError } from '../errors.js';
import { reasonOf } from '../reason.js';
import type { ByteSource } from './byte-source.js';

/** A source on an open file. `onClose` runs after the handle is closed. */
export function handleSource(
  name: string,
  handle: FileHandle,
  size: number,
  onClose: () => Promise<void> = async () => {},
): ByteSource {
  let closed = false;
  return {
    name,
    size,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    async close() {
      if (closed) return;
      closed = true;
      await handle.close();
      await onClose();
    },
  };
}

/** Opens a file for reading. Throws PoseFileError when it cannot be opened or is no plain file. */
export async function fileSource(path: string): Promise<ByteSource> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    throw new PoseFileError('HF_POSE_UNREADABLE', `${path} cannot be opened: ${reasonOf(error)}.`, {
      file: path,
    });
  }
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw new PoseFileError(
      'HF_POSE_UNREADABLE',
      `${path} is not a plain file; name a keypoint file or a folder of OpenPose frames.`,
      { file: path },
    );
  }
  const source = handleSource(path, handle, stat.size);
  return {
    ...source,
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      checkUnchanged(path, stat, await handle.stat());
      return bytes;
    },
  };
}

/** What is read twice, or hashed, has to be the same bytes. Throws PoseFileError. */
function checkUnchanged(path: string, before: Stats, now: Stats): void {
  const change =
    now.nlink === 0
      ? 'was removed or replaced'
      : now.size > before.size
        ? `grew from ${before.size} to ${counted(now.size, 'byte')}`
        : now.size < before.size
          ? `shrank from ${before.size} to ${counted(now.size, 'byte')}`
          : now.mtimeMs !== before.mtimeMs
            ? 'was written to'
            : undefined;
  if (change !== undefined)
    throw new PoseFileError(
      'HF_POSE_CHANGED',
      `${path} ${change} while it was read: wait until it is finished, or copy it first.`,
      { file: path },
    );
}
