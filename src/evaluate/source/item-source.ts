import { join } from 'node:path';
import { PoseFileError } from '../../errors.js';
import type { Picture } from '../../picture.js';
import { keepPlacement } from '../../pose/framing.js';
import {
  type OpenPoseOptions,
  openPoseClip,
  openPoseWriter,
  type PoseFrame,
  prepareFrames,
  REPAIR_NOTHING,
} from '../../pose/index.js';
import type { BenchmarkItem } from './benchmark.js';
import { readMasks, readReferences } from './item-pictures.js';
import type { KnownMasks } from './known-masks.js';

/** Where the file's picture lies in the square picture that is drawn, pixels. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An item, read: everything in pixels of a picture of `size` x `size`. */
export interface ItemSource {
  readonly size: number;
  readonly fps: number;
  /** What the file asks for, as it stands, frame by frame. */
  readonly poses: readonly PoseFrame[];
  /** The points of `poses` that lie in the picture, with confidence 1; the others 0. */
  readonly asked: readonly Float32Array[];
  readonly references?: readonly Picture[];
  readonly known: readonly KnownMasks[];
  readonly frame: Frame;
}

/** How the keypoint file of an item is opened. */
export function openOptions({ format, fps, size, sequence, person }: BenchmarkItem): OpenPoseOptions {
  return { format, fps, size, sequence, person, rotate: 0 };
}

/** What an item's file asks for, placed but not repaired. Throws `PoseFileError` and `UsageError`. */
export async function readPoses(
  folder: string,
  item: BenchmarkItem,
  size: number,
): Promise<Pick<ItemSource, 'poses' | 'fps' | 'frame'>> {
  const path = join(folder, item.pose);
  const clip = await openPoseClip(path, openOptions(item));
  try {
    const { scale, dx, dy } = keepPlacement(clip.info, size, size);
    const { width, height, fps } = clip.info;
    const poses: PoseFrame[] = [];
    const placed = prepareFrames(clip, {
      width: size,
      height: size,
      maxGap: 0,
      framing: 'source',
      complete: false,
      repair: REPAIR_NOTHING,
    });
    for await (const pose of placed) {
      if (pose.index >= item.range.to) break;
      if (pose.index >= item.range.from) poses.push(pose);
    }
    if (poses.length < item.range.to - item.range.from) {
      throw new PoseFileError(
        'HF_POSE_RANGE',
        `${path} ends before frame ${item.range.to}, which the benchmark's "${item.id}" asks for: copy the benchmark again.`,
        { file: path, frame: item.range.to },
      );
    }
    return { poses, fps, frame: { left: dx, top: dy, width: width * scale, height: height * scale } };
  } finally {
    await clip.close();
  }
}

/** Reads an item's keypoints, true pictures and masks. Throws `PoseFileError` and `UsageError`. */
export async function readItem(
  folder: string,
  item: BenchmarkItem,
  size: number,
  signal?: AbortSignal,
): Promise<ItemSource> {
  const { poses, fps, frame } = await readPoses(folder, item, size);
  const asked = poses.map(({ keypoints }) => inPicture(keypoints, frame));
  const references = await readReferences(folder, item, { size, fps, signal });
  return { size, fps, poses, asked, references, known: await readMasks(folder, item, size), frame };
}

/** The points that a picture is judged by: those inside it. */
function inPicture(keypoints: Float32Array, { left, top, width, height }: Frame): Float32Array {
  const asked = new Float32Array(keypoints.length);
  for (let at = 0; at < keypoints.length; at += 3) {
    const [x = 0, y = 0, there = 0] = keypoints.subarray(at, at + 3);
    if (there <= 0 || x < left || y < top || x > left + width || y > top + height) continue;
    asked.set([x, y, 1], at);
  }
  return asked;
}

/** The same item with the signer `factor` as large, about the middle of the picture; nothing true is known of it. */
export function shrunkSource(source: ItemSource, factor: number): ItemSource {
  const { size } = source;
  const poses = source.poses.map((pose) => {
    const keypoints = pose.keypoints.map((value, at) =>
      at % 3 === 2 || (pose.keypoints[at - (at % 3) + 2] ?? 0) <= 0
        ? value
        : (value - size / 2) * factor + size / 2,
    );
    const depth = pose.depth?.map((value) => value * factor);
    return { ...pose, keypoints, ...(depth ? { depth } : {}) };
  });
  const frame = { left: 0, top: 0, width: size, height: size };
  const asked = poses.map(({ keypoints }) => inPicture(keypoints, frame));
  return { size, fps: source.fps, poses, asked, known: poses.map(() => ({})), frame };
}

/** Writes an item's poses as a keypoint file of their own. */
export async function writePoses({ poses, size, fps }: ItemSource, path: string): Promise<void> {
  const depth = poses.some((pose) => pose.depth !== undefined);
  const writer = await openPoseWriter(path, { info: { fps, width: size, height: size }, depth, force: true });
  try {
    for (const pose of poses) await writer.write(pose);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
