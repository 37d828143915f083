import { looksPacked, memorySource } from './byte-source.js';
import { checkOptions, type OpenPoseOptions, openBytes } from './open-source.js';
import type { PoseClip } from './pose-frame.js';
import { BYTE_READERS } from './readers/byte-table.js';
import { spoolUnpacked } from './spool.js';

export * from '../errors.js';
export { drawSkeleton, type SkeletonOptions } from './draw-skeleton.js';
export * from './pose-frame.js';
export type { OpenPoseOptions };

/** What can be said about bytes when they are read. */
export interface ReadPoseOptions extends OpenPoseOptions {
  /** Name for sentences to the user. */
  readonly name?: string;
}

/**
 * Reads a keypoint file that is at hand as bytes, in a browser or elsewhere; gzip is unpacked. The layout is recognised by content. All
 * layouts of one file can be read but parquet. Throws PoseFileError, and UsageError for options that make no sense.
 */
export async function readPose(
  file: Uint8Array | ArrayBuffer | Blob,
  {
    name = file instanceof Blob && 'name' in file ? String(file.name) : 'the file',
    ...options
  }: ReadPoseOptions = {},
): Promise<PoseClip> {
  checkOptions(options, BYTE_READERS);
  const bytes =
    file instanceof Uint8Array
      ? file
      : new Uint8Array(file instanceof Blob ? await file.arrayBuffer() : file);
  const source = memorySource(name, bytes);
  const plain = looksPacked(bytes) ? await spoolUnpacked(name.replace(/\.gz$/i, ''), source, 'gzip') : source;
  return openBytes(plain, options, BYTE_READERS);
}
