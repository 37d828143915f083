import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PoseFileError } from '../errors.js';

/** Bytes that can be read at any place: what every single-file reader works on. */
export interface ByteSource {
  /** The name used in sentences to the user. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Bytes [offset, offset + length), fewer where the source ends. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

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
    throw new PoseFileError('HF_POSE_UNREADABLE', `${path} cannot be opened: ${reason(error)}.`, {
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
        ? `grew from ${before.size} to ${now.size} bytes`
        : now.size < before.size
          ? `shrank from ${before.size} to ${now.size} bytes`
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

/** The bytes [offset, offset + size) of another source; closing it closes the other. */
export function windowSource(source: ByteSource, name: string, offset: number, size: number): ByteSource {
  return {
    name,
    size,
    read: (at, length) => source.read(offset + at, Math.max(0, Math.min(length, size - at))),
    close: () => source.close(),
  };
}

/** A source on bytes in memory. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => Buffer.from(bytes.subarray(offset, offset + length)),
    close: async () => {},
  };
}

/** Text from a file as it may stand in a sentence: on one line, without control characters, at most `longest` characters. */
export function shown(text: string, longest = 80): string {
  const plain = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain.length > longest ? `${plain.slice(0, longest)}...` : plain;
}

/** The plain cause of a system error. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error) {
    if (error.code === 'ENOENT') return 'there is no such file';
    if (error.code === 'EACCES') return 'reading it is not permitted';
    if (error.code === 'ENOSPC') return 'the disk is full';
  }
  return error.message;
}
