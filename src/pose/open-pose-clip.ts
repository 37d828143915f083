import { readdir, stat } from 'node:fs/promises';
import { PoseFileError } from '../errors.js';
import { reasonOf } from '../reason.js';
import { type ByteSource, looksPacked, wideText } from './byte-source.js';
import { fileSource } from './file-source.js';
import { follow } from './follow-person.js';
import { checkOptions, type OpenPoseOptions, openBytes, unknownLayout } from './open-source.js';
import type { PoseClip } from './pose-frame.js';
import { folderKind } from './readers/folder-kind.js';
import type { FolderReader } from './readers/reader.js';
import { POSE_READERS } from './readers/table.js';
import { spoolStream, spoolText, spoolUnpacked } from './spool.js';

export type { OpenPoseOptions };

/** Names and titles of the layouts that can be read. */
export const poseFormats: readonly { format: string; title: string }[] = POSE_READERS.map(
  ({ format, title }) => ({
    format,
    title,
  }),
);

/**
 * Opens a keypoint file, a folder of OpenPose frames, or standard input (`-`); gzip is unpacked. The layout is recognised by
 * content. Files up to 32 MiB are read through once, so that faults, several people and nobody at all are reported here; of larger ones
 * only the part up to the first person is. Throws PoseFileError, and UsageError for options that make no sense.
 */
export async function openPoseClip(path: string, options: OpenPoseOptions = {}): Promise<PoseClip> {
  checkOptions(options, POSE_READERS);
  if (path !== '-' && (await isFolder(path))) return openFolder(path, options);
  const packed = path === '-' ? await spoolStream('standard input', process.stdin) : await fileSource(path);
  const source = await unpacked(packed);
  try {
    return await openSource(source, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Whether a folder with these names in it is one clip, a file a frame or an array a part. */
export function recognisesFolder(names: readonly string[]): boolean {
  return POSE_READERS.some((reader) => reader.kind === 'folder' && reader.recognise(names));
}

/** Runs `work` on a file's bytes, unpacked, or on undefined for a folder; closes them afterwards. */
export async function withPlainSource<T>(
  path: string,
  work: (source: ByteSource | undefined) => Promise<T>,
): Promise<T> {
  if (await isFolder(path)) return work(undefined);
  const source = await unpacked(await fileSource(path));
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

/** As `openPoseClip`, for bytes that are at hand already; the source is closed with the clip. */
export function openSource(source: ByteSource, options: OpenPoseOptions = {}): Promise<PoseClip> {
  return openBytes(source, options, POSE_READERS);
}

async function openFolder(path: string, options: OpenPoseOptions): Promise<PoseClip> {
  const names = await readdir(path).catch((error: unknown) => {
    throw new PoseFileError('HF_POSE_UNREADABLE', `${path} cannot be listed: ${reasonOf(error)}.`, {
      file: path,
    });
  });
  const readers = POSE_READERS.filter((reader): reader is FolderReader => reader.kind === 'folder');
  const reader = options.format
    ? readers.find(({ format }) => format === options.format)
    : readers.find((candidate) => candidate.recognise(names));
  if (!reader)
    throw new PoseFileError(
      'HF_POSE_LAYOUT',
      unknownLayout(path, options, POSE_READERS, await folderKind(path, names)),
      {
        file: path,
        field: 'format',
      },
    );
  const raw = await reader.open(path, options);
  return follow(path, raw, options, (raw.frameCount ?? 0) < 2000, async () => {});
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new PoseFileError('HF_POSE_UNREADABLE', `${path} cannot be opened: ${reasonOf(error)}.`, {
      file: path,
    });
  }
}

async function unpacked(source: ByteSource): Promise<ByteSource> {
  try {
    const start = await source.read(0, 4);
    const encoding = wideText(start);
    if (encoding) {
      const text = await spoolText(source.name, source, encoding);
      await source.close();
      return text;
    }
    if (!looksPacked(start)) return source;
    const plain = await spoolUnpacked(source.name.replace(/\.gz$/i, ''), source, 'gzip');
    await source.close();
    return plain;
  } catch (error) {
    await source.close();
    throw error;
  }
}
