import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputError } from '../../errors.js';
import { reasonOf } from '../../reason.js';
import { type SafeFile, writeAll } from './safe-file.js';

/** Writes the body of a `.pose` 0.2 file frame by frame, though all confidences come after all coordinates. */
export interface PoseBodyWriter {
  /** Coordinates (`float32` [people, points, dimensions]) and confidences (`float32` [people, points]) of a frame, as bytes. */
  frame(numbers: Float32Array, confidence: Float32Array): Promise<void>;
  /** Appends the confidences and sets the number of frames. */
  finish(): Promise<void>;
  abort(): Promise<void>;
}

const COPY = 1024 * 1024;
const FLUSH = 256 * 1024;

/** Little-endian bytes of float32 numbers. */
function littleEndian(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes;
}

/** Collects small pieces into larger writes. */
class Collected {
  private pieces: Buffer[] = [];
  private size = 0;

  constructor(private readonly flushed: (bytes: Buffer) => Promise<void>) {}

  async add(bytes: Buffer): Promise<void> {
    this.pieces.push(bytes);
    this.size += bytes.length;
    if (this.size >= FLUSH) await this.flush();
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.pieces);
    this.pieces = [];
    this.size = 0;
    if (bytes.length > 0) await this.flushed(bytes);
  }
}

/** Begins the body after `header`, which is written first. Confidences wait in a temporary file, so that memory does not grow. */
export async function openPoseBody(
  file: SafeFile,
  header: Buffer,
  fps: number,
  people: number,
): Promise<PoseBodyWriter> {
  const counts = Buffer.alloc(10);
  counts.writeFloatLE(fps, 0);
  counts.writeUInt16LE(people, 8);
  const { handle, remove } = await begin(file, [header, counts]);
  let aside = 0;
  let frames = 0;
  const data = new Collected((bytes) => file.write(bytes));
  const confidences = new Collected(async (bytes) => {
    await writeAll(handle, bytes, aside).catch((error: unknown) => {
      throw noAside(error);
    });
    aside += bytes.length;
  });
  const release = async () => {
    await handle.close().catch(() => {});
    await remove();
  };
  return {
    async frame(numbers, confidence) {
      await data.add(littleEndian(numbers));
      await confidences.add(littleEndian(confidence));
      frames += 1;
    },
    async finish() {
      await data.flush();
      await confidences.flush();
      for (let offset = 0; offset < aside; offset += COPY) {
        const bytes = Buffer.alloc(Math.min(COPY, aside - offset));
        await handle.read(bytes, 0, bytes.length, offset);
        await file.write(bytes);
      }
      counts.writeUInt32LE(frames, 4);
      await file.patch(counts, header.length);
      await release();
      await file.finish();
    },
    async abort() {
      await release();
      await file.abort();
    },
  };
}

/** Writes what comes first and opens the temporary file; where that fails, nothing is left of the output. */
async function begin(file: SafeFile, first: readonly Buffer[]): ReturnType<typeof openAside> {
  try {
    for (const bytes of first) await file.write(bytes);
    return await openAside();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

async function openAside(): Promise<{ handle: FileHandle; remove: () => Promise<void> }> {
  const path = join(tmpdir(), `handfirst-${randomUUID()}`);
  try {
    const handle = await open(path, 'wx+', 0o600);
    const removed = await unlink(path).then(
      () => true,
      () => false,
    );
    return { handle, remove: async () => void (removed || (await unlink(path).catch(() => {}))) };
  } catch (error) {
    throw noAside(error);
  }
}

function noAside(error: unknown): OutputError {
  return new OutputError(
    'HF_TEMPORARY_FOLDER',
    `No temporary file can be written in ${tmpdir()} (${reasonOf(error)}): set TMPDIR to a folder with space that you may write in.`,
    { file: tmpdir() },
  );
}
