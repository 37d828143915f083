import { copyFile, mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { counted } from '../../counted.js';
import { CancelledError, HandfirstError, UsageError } from '../../errors.js';
import type { Picture } from '../../picture.js';
import {
  type OpenPoseOptions,
  openPoseClip,
  openPoseWriter,
  type PoseClip,
  type PoseClipInfo,
  type PoseFrame,
} from '../../pose/index.js';
import { probeVideo, readVideoFrames } from '../../video/index.js';
import { writeWhole } from '../../write-whole.js';
import { askedHands } from '../judge/pose-scores.js';
import type { BenchmarkInput } from '../source/benchmark.js';
import type { Choosable } from './sample.js';
import type { Source } from './sources.js';

/** What the user says of keypoint files that do not say it themselves. */
export interface SourceFlags extends Pick<OpenPoseOptions, 'format' | 'fps' | 'size'> {
  /** Choose only frames that ask for both hands. */
  readonly twoHanded?: boolean;
}

/** Rate that is written where nobody says one: single pictures have none. */
const SOME_FPS = 25;

type Item = BenchmarkInput['items'][number];

interface WriteOptions {
  readonly caption?: string;
  /** Items before these, which makes their names and seeds. */
  readonly number: number;
  readonly tell: () => void;
  readonly signal?: AbortSignal;
}

/** A source that was looked through. */
export interface OpenedSource extends Choosable {
  readonly source: Source;
  /** Writes keypoints and pictures of lists of consecutive frames into a benchmark's folder; an item a list. */
  write(folder: string, lists: readonly (readonly number[])[], options: WriteOptions): Promise<Item[]>;
}

/** Opens the keypoints of a source and looks which frames ask for a hand. Throws `HandfirstError`s. */
export async function openSource(source: Source, flags: SourceFlags): Promise<OpenedSource> {
  const stated = await sizeAndRate(source);
  const open = await opener(source.pose, flags, stated);
  const clip = await open();
  try {
    const { info } = clip;
    checkShape(source, info, stated);
    const frames: number[] = [];
    const limit = source.kind === 'video' ? Number.POSITIVE_INFINITY : source.pictures.length;
    for await (const { index, keypoints } of clip.frames()) {
      if (index >= limit) break;
      if (askedInside(keypoints, info) >= (flags.twoHanded ? 2 : 1)) frames.push(index);
    }
    return {
      source,
      ...(source.className === undefined ? {} : { className: source.className }),
      frames,
      write: (folder, lists, options) => writeLists(folder, { source, open, info, stated, lists }, options),
    };
  } finally {
    await clip.close();
  }
}

interface Stated {
  readonly width: number;
  readonly height: number;
  readonly fps?: number;
}

/** What the pictures say themselves. */
async function sizeAndRate({ kind, pictures }: Source): Promise<Stated> {
  const [first = ''] = pictures;
  if (kind === 'video') return probeVideo(first);
  try {
    const { width, height } = (await sharp(first).metadata()).autoOrient;
    return { width, height };
  } catch {
    throw new UsageError(
      'HF_PICTURE_UNREADABLE',
      `The picture ${first} cannot be read: give a PNG, JPEG or WebP picture.`,
      { file: first },
    );
  }
}

/** Opens keypoints by what they say, or else by what the pictures say. */
async function opener(path: string, asked: SourceFlags, stated: Stated): Promise<() => Promise<PoseClip>> {
  // Keypoints stay on the pictures that they were found in.
  const flags = { ...asked, rotate: 0 } as const;
  const size = { width: stated.width, height: stated.height };
  const more = { ...flags, fps: flags.fps ?? stated.fps ?? SOME_FPS, size: flags.size ?? size };
  try {
    await (await openPoseClip(path, flags)).close();
    return () => openPoseClip(path, flags);
  } catch (error) {
    if (!(error instanceof HandfirstError)) throw error;
    return () => openPoseClip(path, more);
  }
}

/** Shapes may differ by rounding. */
const SAME_SHAPE = 0.02;

function checkShape({ pose, pictures }: Source, info: PoseClipInfo, stated: Stated): void {
  const [asked, shown] = [info.width / info.height, stated.width / stated.height];
  if (Math.abs(asked / shown - 1) < SAME_SHAPE) return;
  throw new UsageError(
    'HF_PICTURE_SIZE',
    `${pose} belongs to pictures of ${info.width}x${info.height}, but ${pictures[0]} has ${stated.width}x${stated.height}: give keypoints of the same pictures, or their \`size\`.`,
    { file: pose, field: 'size' },
  );
}

/** How many hands a frame asks for within the picture. */
function askedInside(keypoints: Float32Array, { width, height }: PoseClipInfo): number {
  const side = Math.max(width, height);
  const inside = keypoints.slice();
  for (let at = 0; at < inside.length; at += 3) {
    const [x = 0, y = 0] = [inside[at], inside[at + 1]];
    if (x < 0 || y < 0 || x > width || y > height) inside.fill(0, at, at + 3);
  }
  return askedHands(inside, side).size;
}

interface Lists {
  readonly source: Source;
  readonly open: () => Promise<PoseClip>;
  readonly info: PoseClipInfo;
  readonly stated: Stated;
  readonly lists: readonly (readonly number[])[];
}

async function writeLists(
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
  await mkdir(join(folder, 'poses'), { recursive: true });
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
  await mkdir(join(folder, 'references'), { recursive: true });
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
