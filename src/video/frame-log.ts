import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncToDisk } from './journal.js';

/*
 * The pictures of the open segment, as they are. An encoder holds pictures back, and a segment cannot be cut without changing its bytes;
 * with this file a run that was killed has them all, and encodes the segment from its first picture on. Its bytes are then those of an
 * undisturbed run.
 *
 * The file: a header (MAGIC, bytes of a picture, number of the first picture), then records of a SHA-256 and the picture. The hash
 * covers the picture's number too, so that a record is trusted only where it belongs.
 */

/** Name within the work folder. */
export const FRAME_LOG = 'open.frames';
const MAGIC = 'HFFRAME1';
const HEADER_BYTES = 16;
const HASH_BYTES = 32;
/** How long a picture may wait before it is surely on the disk. */
const SYNC_MS = 1000;

/** Takes the pictures of one segment. */
export interface FrameLog {
  /** Resolves when the picture is in the file; it is on the disk within a second. */
  append(frame: Uint8Array): Promise<void>;
  /** Closes the file: it stays for the next run, or with `remove` goes. */
  close(options: { remove: boolean }): Promise<void>;
}

function digest(index: number, frame: Uint8Array): Buffer {
  return createHash('sha256').update(`${index}\n`).update(frame).digest();
}

function header(frameBytes: number, firstFrame: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(frameBytes, 8);
  bytes.writeUInt32LE(firstFrame, 12);
  return bytes;
}

/** Writes all bytes: `write` alone may write fewer, as on a disk that gets full. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Reads exactly `length` bytes; undefined where the file ends before. */
async function readAt(handle: FileHandle, length: number, position: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}

/**
 * The pictures that are kept in `folder` for a segment that begins at `firstFrame`, up to the first that is torn. `frameBytes`: bytes of
 * a picture, where another number makes the file useless.
 */
export async function* keptFrames(
  folder: string,
  firstFrame: number,
  frameBytes?: number,
): AsyncGenerator<Uint8Array> {
  const handle = await open(join(folder, FRAME_LOG), 'r').catch(() => undefined);
  if (!handle) return;
  try {
    const start = await readAt(handle, HEADER_BYTES, 0);
    const bytes = frameBytes ?? start?.readUInt32LE(8) ?? 0;
    if (bytes === 0 || !start?.equals(header(bytes, firstFrame))) return;
    for (let index = 0; ; index++) {
      const record = await readAt(handle, HASH_BYTES + bytes, HEADER_BYTES + index * (HASH_BYTES + bytes));
      const frame = record?.subarray(HASH_BYTES);
      if (!record || !frame) return;
      if (!record.subarray(0, HASH_BYTES).equals(digest(firstFrame + index, frame))) return;
      yield frame;
    }
  } finally {
    await handle.close();
  }
}

/** How many pictures `keptFrames` gives. */
export async function countKept(folder: string, firstFrame: number, frameBytes?: number): Promise<number> {
  let count = 0;
  for await (const _ of keptFrames(folder, firstFrame, frameBytes)) count += 1;
  return count;
}

/** The log of a segment, of which `kept` pictures are there already. */
class OpenLog implements FrameLog {
  private timer: NodeJS.Timeout | undefined;
  private syncing: Promise<void> = Promise.resolve();
  private failure: unknown;

  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
    private readonly firstFrame: number,
    private frames: number,
  ) {}

  async append(frame: Uint8Array): Promise<void> {
    if (this.failure) throw this.failure;
    const { handle, firstFrame, frames } = this;
    const record = HASH_BYTES + frame.length;
    const position = HEADER_BYTES + frames * record;
    await writeAt(handle, frame, position + HASH_BYTES);
    await writeAt(handle, digest(firstFrame + frames, frame), position);
    this.frames += 1;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.syncing = handle.datasync().catch((error: unknown) => {
        this.failure = error;
      });
    }, SYNC_MS);
  }

  async close({ remove }: { remove: boolean }): Promise<void> {
    clearTimeout(this.timer);
    await this.syncing;
    try {
      if (!remove) await this.handle.datasync();
    } finally {
      await this.handle.close();
      if (remove) await rm(this.path, { force: true });
    }
  }
}

/** Opens the log of the segment at `firstFrame`, to go on after `kept` pictures. Rejects as the file system does. */
export async function openFrameLog(
  folder: string,
  { firstFrame, frameBytes, kept }: { firstFrame: number; frameBytes: number; kept: number },
): Promise<FrameLog> {
  const path = join(folder, FRAME_LOG);
  const handle = await open(path, kept > 0 ? 'r+' : 'w');
  try {
    if (kept > 0) {
      await handle.truncate(HEADER_BYTES + kept * (HASH_BYTES + frameBytes));
    } else {
      await writeAt(handle, header(frameBytes, firstFrame), 0);
      await syncToDisk(folder);
    }
    return new OpenLog(handle, path, firstFrame, kept);
  } catch (error) {
    await handle.close();
    throw error;
  }
}
