import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { PoseFileError } from '../errors.js';
import { reasonOf } from '../reason.js';
import type { ByteSource } from './byte-source.js';
import { handleSource } from './file-source.js';
import { unpackedLimit, unpacksToTooMuch } from './unpacked-limit.js';

const CHUNK = 1024 * 1024;
/** Longest input on a pipe, bytes. */
const LONGEST_PIPE = 16 * 1024 ** 3;

/** Chunks of a source in order. */
async function* chunks(source: ByteSource): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < source.size; ) {
    const chunk = await source.read(offset, CHUNK);
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}

/**
 * Keeps a stream's bytes in a temporary file, so that they can be read at any place and twice without memory for them. The file has
 * no name any more once it is open (where the system allows that), so that nothing stays behind.
 */
async function spool(
  name: string,
  stream: AsyncIterable<unknown>,
  limit: number,
  tooLong: string,
  damage: (error: unknown) => string | undefined = () => undefined,
): Promise<ByteSource> {
  const path = join(tmpdir(), `handfirst-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600).catch((error: unknown) => {
    throw notKept(name, error);
  });
  const removed = await unlink(path).then(
    () => true,
    () => false,
  );
  const remove = async () => {
    if (!removed) await unlink(path).catch(() => {});
  };
  try {
    const size = await fill(handle, stream, limit, tooLong);
    return handleSource(name, handle, size, remove);
  } catch (error) {
    await handle.close();
    await remove();
    if (error instanceof PoseFileError) throw error;
    const damaged = damage(error);
    if (damaged) throw new PoseFileError('HF_POSE_DAMAGED', damaged, { file: name });
    throw notKept(name, error);
  }
}

function notKept(name: string, error: unknown): PoseFileError {
  return new PoseFileError(
    'HF_POSE_TEMPORARY',
    `${name} cannot be kept in the temporary folder ${tmpdir()} while it is read (${reasonOf(error)}): set TMPDIR to a folder with space that you may write in.`,
    { file: name },
  );
}

async function fill(
  handle: FileHandle,
  stream: AsyncIterable<unknown>,
  limit: number,
  tooLong: string,
): Promise<number> {
  let size = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    if (size + chunk.length > limit) throw new PoseFileError('HF_POSE_TOO_LARGE', tooLong);
    // One write may take fewer bytes, as on a disk that gets full.
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, size + done);
      done += bytesWritten;
    }
    size += chunk.length;
  }
  return size;
}

/** Everything on standard input, or another stream of bytes. */
export function spoolStream(name: string, stream: AsyncIterable<unknown>): Promise<ByteSource> {
  return spool(
    name,
    stream,
    LONGEST_PIPE,
    `${name} is longer than ${LONGEST_PIPE / 1024 ** 3} GiB; name a file instead.`,
  );
}

/** Unpacks gzip, or raw deflate as in zip files. Closes nothing of the packed source. */
export function spoolUnpacked(
  name: string,
  packed: ByteSource,
  kind: 'gzip' | 'deflate',
): Promise<ByteSource> {
  const limit = unpackedLimit(packed.size);
  const unpack =
    kind === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createInflateRaw({ chunkSize: CHUNK });
  const stream = Readable.from(chunks(packed));
  stream.on('error', (error) => unpack.destroy(error));
  // Damage may show before the first chunk is asked for; asking then says so.
  unpack.on('error', () => {});
  return spool(name, stream.pipe(unpack), limit, unpacksToTooMuch(name, packed.size), (error) =>
    error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
      ? `${name} is no sound ${kind}, at about byte ${unpack.bytesWritten} of its ${packed.size} packed bytes: ${error.message}; copy it again.`
      : undefined,
  );
}

/** The same text in UTF-8. Closes nothing of the source. */
export function spoolText(
  name: string,
  source: ByteSource,
  encoding: 'utf-16le' | 'utf-16be',
): Promise<ByteSource> {
  async function* text(): AsyncGenerator<Buffer> {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of chunks(source)) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
  }
  return spool(name, text(), unpackedLimit(source.size), `${name} is too long.`);
}
