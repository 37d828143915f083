import sharp from 'sharp';
import { HandfirstError, UsageError } from '../../errors.js';
import { type OpenPoseOptions, openPoseClip, type PoseClip, type PoseClipInfo } from '../../pose/index.js';
import { probeVideo } from '../../video/index.js';
import { askedHands } from '../judge/pose-scores.js';
import type { Choosable } from './sample.js';
import type { Source } from './sources.js';
import { type Item, type Stated, type WriteOptions, writeItems } from './write-items.js';

/** What the user says of keypoint files that do not say it themselves. */
export interface SourceFlags extends Pick<OpenPoseOptions, 'format' | 'fps' | 'size'> {
  /** Choose only frames that ask for both hands. */
  readonly twoHanded?: boolean;
}

/** Rate that is written where none is given: single pictures have none. */
const SOME_FPS = 25;

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
      write: (folder, lists, options) => writeItems(folder, { source, open, info, stated, lists }, options),
    };
  } finally {
    await clip.close();
  }
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
