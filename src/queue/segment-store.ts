import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ClipOrder, STORE_FOLDER, type Store } from '../batch/index.js';
import { makeFolder } from '../make-folder.js';
import { type ApartVideo, type SegmentRecord, segmentRecordSchema } from '../video/index.js';

/*
 * Segments in the store. Their files are named by what decides their bytes and by the bytes themselves, so that a segment that is drawn
 * twice is stored once, and one that came out otherwise does not touch the first.
 */

/** A clip that is being drawn. */
export interface DrawnClip {
  readonly order: ClipOrder;
  readonly video: ApartVideo;
}

/** A clip's own, since two clips of the same pictures are finished at different times. */
function folderOf({ order, video }: DrawnClip): string {
  return `${STORE_FOLDER}/segments/${order.key.slice(0, 16)}-${video.fingerprint}`;
}

function recordKey(clip: DrawnClip, index: number): string {
  return `${folderOf(clip)}/${index}.json`;
}

function fileKey(clip: DrawnClip, { index, sha256 }: SegmentRecord, file: string): string {
  return `${folderOf(clip)}/${index}-${sha256.slice(0, 16)}/${basename(file)}`;
}

/** A segment that is in the store whole; undefined where it must be drawn. */
export async function storedSegment(
  store: Store,
  clip: DrawnClip,
  index: number,
): Promise<SegmentRecord | undefined> {
  const bytes = await store.read(recordKey(clip, index));
  if (!bytes) return undefined;
  try {
    return segmentRecordSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Puts a segment's files into the store, and its record last. */
export async function storeSegment(
  store: Store,
  clip: DrawnClip,
  record: SegmentRecord,
  folder: string,
): Promise<void> {
  for (const file of record.files) await store.put(fileKey(clip, record, file), join(folder, file));
  await store.write(recordKey(clip, record.index), `${JSON.stringify(record)}\n`);
}

/** Copies a segment's files into `folder`, under the names of its record. */
export async function fetchSegment(
  store: Store,
  clip: DrawnClip,
  record: SegmentRecord,
  folder: string,
): Promise<void> {
  for (const file of record.files) {
    const target = join(folder, file);
    await makeFolder(dirname(target));
    await store.get(fileKey(clip, record, file), target);
  }
}

/** Removes all segments of a video. */
export async function removeSegments(store: Store, clip: DrawnClip): Promise<void> {
  await store.remove(folderOf(clip));
}

/** Key of a file or folder that clips are made from, by its content. */
export function inputKey(sha256: string, name = ''): string {
  return [`${STORE_FOLDER}/inputs/${sha256.slice(0, 2)}/${sha256}`, ...(name === '' ? [] : [name])].join('/');
}

/** Whether a file is there. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
