import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OutputError } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';
import { reasonOf } from '../../reason.js';

/** A file that gets its name only when it is whole. */
export interface SafeFile {
  readonly path: string;
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Puts bytes over those at `offset`. */
  patch(bytes: Uint8Array, offset: number): Promise<void>;
  /** Gives the file its name. */
  finish(): Promise<void>;
  /** Removes what was written. */
  abort(): Promise<void>;
}

/** Begins a file. Throws OutputError when it exists without `force` or cannot be written. */
export async function openSafeFile(path: string, force: boolean): Promise<SafeFile> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory())
    throw new OutputError('HF_OUTPUT_KIND', `${path} is a folder; name a file.`, { file: path });
  if (there && !force)
    throw new OutputError(
      'HF_OUTPUT_EXISTS',
      `${path} exists; write another file, or replace it with \`force: true\`.`,
      { file: path, field: 'force' },
    );
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  let handle: FileHandle;
  try {
    await makeFolder(dirname(path));
    handle = await open(partial, 'w+');
  } catch (error) {
    throw new OutputError('HF_OUTPUT_UNWRITABLE', `${path} cannot be written: ${reasonOf(error)}.`, {
      file: path,
    });
  }
  let offset = 0;
  return {
    path,
    async write(bytes) {
      await asOutputError(path, () => writeAll(handle, bytes, offset));
      offset += bytes.length;
    },
    patch: (bytes, at) => asOutputError(path, () => writeAll(handle, bytes, at)),
    async finish() {
      await asOutputError(path, async () => {
        await handle.sync();
        await handle.close();
        await rename(partial, path);
      });
    },
    async abort() {
      await handle.close().catch(() => {});
      await rm(partial, { force: true });
    },
  };
}

/** Writes all bytes: `write` alone may write fewer, as on a disk that gets full. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}

async function asOutputError(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
      throw new OutputError(
        'HF_OUTPUT_FULL',
        `The disk that holds ${path} is full: free some space, then run the same command again.`,
        { file: path },
      );
    throw new OutputError('HF_OUTPUT_UNWRITABLE', `${path} cannot be written: ${reasonOf(error)}.`, {
      file: path,
    });
  }
}
