import { copyFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { counted } from '../../counted.js';
import { CancelledError, UsageError } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';
import type { Picture } from '../../picture.js';
import { openPoseWriter, type PoseClip, type PoseClipInfo, type PoseFrame } from '../../pose/index.js';
import { readVideoFrames } from '../../video/index.js';
import { writeWhole } from '../../write-whole.js';
import type { BenchmarkInput } from '../source/benchmark.js';
import type { Source } from './sources.js';

export type Item = BenchmarkInput['items'][number];

export interface WriteOptions {
  readonly caption?: string;
  /** Items before these, which makes their names and seeds. */
  readonly number: number;
  readonly tell: () => void;
  readonly signal?: AbortSignal;
}

/** What the pictures of a source say themselves. */
export interface Stated {
  readonly width: number;
  readonly height: number;
  readonly fps?: number;
}

interface Lists {
  readonly source: Source;
  readonly open: () => Promise<PoseClip>;
  readonly info: PoseClipInfo;
  readonly stated: Stated;
  readonly lists: readonly (readonly number[])[];
}

/** Keypoints and pictures of lists of consecutive frames; an item a list. */
export async function writeItems(
  folder: string,
  { source, open, info, stated, lists }: Lists,
  { caption, number, tell, signal }: WriteOptions,
): Promise<Item[]> {
  const wanted = new Set(lists.flat());
  const poses = await framesOf(open, wanted);
  const references = await writePictures(folder, source, { ...stated, fps: info.fps }, wanted, {
    tell,
    signal,
  });
  const items: Item[] = [];
  await makeFolder(join(folder, 'poses'));
  for (const list of lists) {
    const [first = 0] = list;
    const id = idOf(source, first, list.length);
    const pose = `poses/${id}.pose`;
    await writeFrames(
      join(folder, pose),
      info,
      list.flatMap((frame) => poses.get(frame) ?? []),
    );
    items.push({
      id,
      kind: list.length > 1 ? 'clip' : 'frame',
      pose,
      range: { from: 0, to: list.length },
      reference: { pictures: list.flatMap((frame) => references.get(frame) ?? []) },
      ...captionOf(source.caption ?? caption),
      seed: number + items.length,
    });
  }
  return items;
}

function captionOf(caption: string | undefined): { caption?: string } {
  return caption === undefined ? {} : { caption };
}

function idOf({ name, kind }: Source, first: number, length: number): string {
  const safe = name.replace(/[^\w.-]+/g, '-').replace(/^[.]+/, '_');
  if (kind === 'picture') return safe;
  return length > 1 ? `${safe}-clip-${first}` : `${safe}-${first}`;
}

async function framesOf(
  open: () => Promise<PoseClip>,
  wanted: ReadonlySet<number>,
): Promise<Map<number, PoseFrame>> {
  const clip = await open();
  const last = Math.max(...wanted);
  const frames = new Map<number, PoseFrame>();
  try {
    for await (const frame of clip.frames()) {
      if (wanted.has(frame.index)) frames.set(frame.index, frame);
      if (frame.index >= last) break;
    }
    return frames;
  } finally {
    await clip.close();
  }
}

async function writeFrames(path: string, info: PoseClipInfo, frames: readonly PoseFrame[]): Promise<void> {
  const depth = frames.some((frame) => frame.depth !== undefined);
  const writer = await openPoseWriter(path, { info, depth, force: true });
  try {
    for (const frame of frames) await writer.write(frame);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Copies the pictures of frames; gives their paths by frame. */
async function writePictures(
  folder: string,
  source: Source,
  { width, height, fps }: Stated & { fps: number },
  wanted: ReadonlySet<number>,
  { tell, signal }: Pick<WriteOptions, 'tell' | 'signal'>,
): Promise<Map<number, string>> {
  const paths = new Map<number, string>();
  const named = (frame: number, extension: string): string => {
    const path = `references/${idOf(source, frame, 1)}${extension}`;
    paths.set(frame, path);
    tell();
    if (signal?.aborted) throw new CancelledError('HF_CANCELLED', 'Cancelled; nothing was written.');
    return join(folder, path);
  };
  await makeFolder(join(folder, 'references'));
  if (source.kind !== 'video') {
    for (const frame of wanted) {
      const from = source.pictures[frame] ?? '';
      await copyFile(from, named(frame, extname(from).toLowerCase()));
    }
    return paths;
  }
  const [path = ''] = source.pictures;
  let index = 0;
  for await (const picture of readVideoFrames(path, { width, height, fps, signal })) {
    if (wanted.has(index)) await writeWhole(named(index, '.webp'), await webp(picture));
    index += 1;
    if (paths.size === wanted.size) return paths;
  }
  throw new UsageError(
    'HF_VIDEO_SHORT',
    `${path} ends after ${counted(index, 'frame')}, before its keypoints ${source.pose}: give keypoints of the same video, or their \`fps\`.`,
    { file: path, frame: index, field: 'fps' },
  );
}

/** Near lossless: the picture is what others are compared with. */
function webp({ data, width, height, channels }: Picture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels } }).webp({ quality: 95 }).toBuffer();
}
