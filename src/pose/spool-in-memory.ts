import { PoseFileError } from '../errors.js';
import { reasonOf } from '../reason.js';
import { type ByteSource, memorySource } from './byte-source.js';
import { unpackedLimit, unpacksToTooMuch } from './unpacked-limit.js';

/** In place of `spool.ts` where there is no disk: unpacks gzip, or raw deflate as in zip files, in memory. */
export async function spoolUnpacked(
  name: string,
  packed: ByteSource,
  kind: 'gzip' | 'deflate',
): Promise<ByteSource> {
  const limit = unpackedLimit(packed.size);
  const bytes = await packed.read(0, packed.size);
  const format = kind === 'gzip' ? 'gzip' : 'deflate-raw';
  const reader = new Blob([Uint8Array.from(bytes)])
    .stream()
    .pipeThrough(new DecompressionStream(format))
    .getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > limit) throw new PoseFileError('HF_POSE_TOO_LARGE', unpacksToTooMuch(name, packed.size));
      chunks.push(next.value);
    }
  } catch (error) {
    if (error instanceof PoseFileError) throw error;
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${name} is no sound ${kind}: ${reasonOf(error)}; copy it again.`,
      {
        file: name,
      },
    );
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return memorySource(name, whole);
}
