import { join } from 'node:path';
import sharp from 'sharp';
import { counted } from '../../counted.js';
import { UsageError } from '../../errors.js';
import type { Picture } from '../../picture.js';
import { reasonOf } from '../../reason.js';
import { readVideoFrames } from '../../video/index.js';
import type { BenchmarkItem } from './benchmark.js';
import type { KnownMasks } from './known-masks.js';

/** A picture file, fitted whole into `size` x `size`, on black. Throws `UsageError`. */
export async function readPicture(path: string, size: number): Promise<Picture> {
  const data = await decode(path, () =>
    sharp(path)
      .autoOrient()
      .toColourspace('srgb')
      .flatten({ background: '#000' })
      .resize(size, size, { fit: 'contain', background: '#000' })
      .removeAlpha()
      .raw()
      .toBuffer(),
  );
  return { width: size, height: size, channels: 3, data };
}

/** A mask's picture in the same way: 1 where it is nearer to white. */
async function readMask(path: string, size: number): Promise<Uint8Array> {
  const data = await decode(path, () =>
    sharp(path)
      .flatten({ background: '#000' })
      .greyscale()
      .resize(size, size, { fit: 'contain', background: '#000', kernel: 'nearest' })
      .extractChannel(0)
      .raw()
      .toBuffer(),
  );
  return Uint8Array.from(data, (level) => (level >= 128 ? 1 : 0));
}

async function decode(path: string, work: () => Promise<Buffer>): Promise<Uint8Array> {
  try {
    return new Uint8Array(await work());
  } catch (error) {
    throw new UsageError(
      'HF_PICTURE_UNREADABLE',
      `The picture ${path} cannot be read (${reasonOf(error)}): give a PNG, JPEG or WebP picture.`,
      { file: path },
    );
  }
}

/** The item's true pictures at `size` x `size`; undefined where it has none. */
export async function readReferences(
  folder: string,
  { reference, range }: BenchmarkItem,
  { size, fps, signal }: { size: number; fps: number; signal?: AbortSignal },
): Promise<Picture[] | undefined> {
  if (!reference) return undefined;
  if ('pictures' in reference)
    return Promise.all(reference.pictures.map((path) => readPicture(join(folder, path), size)));
  const pictures: Picture[] = [];
  const count = range.to - range.from;
  const path = join(folder, reference.video);
  const options = { width: size, height: size, fps, firstFrame: reference.first, signal };
  for await (const picture of readVideoFrames(path, options)) {
    pictures.push(picture);
    if (pictures.length === count) return pictures;
  }
  throw new UsageError(
    'HF_VIDEO_SHORT',
    `${path} ends ${counted(count - pictures.length, 'frame')} before the item that it belongs to: name the right first frame.`,
    { file: path },
  );
}

/** The item's masks, frame by frame. */
export async function readMasks(
  folder: string,
  { masks, range }: BenchmarkItem,
  size: number,
): Promise<KnownMasks[]> {
  const frames = Array.from({ length: range.to - range.from }, (_, at) => at);
  const read = async (list: readonly string[] | undefined, at: number) => {
    const path = list?.[at];
    return path === undefined ? undefined : readMask(join(folder, path), size);
  };
  return Promise.all(
    frames.map(async (at) => ({
      person: await read(masks?.person, at),
      leftHand: await read(masks?.leftHand, at),
      rightHand: await read(masks?.rightHand, at),
    })),
  );
}
