import sharp, { type Sharp } from 'sharp';
import { UsageError } from '../errors.js';
import type { Picture } from '../picture.js';
import { reasonOf } from '../reason.js';

/** Longest side in pixels that a picture of the user's is looked at with. */
const LONGEST = 1536;

/** A picture of the user's, upright, RGB, no larger than is of use. Throws `UsageError`; `field`: the option that names it. */
export function readPhoto(path: string, field: string): Promise<Picture> {
  return read(path, field, (picture) =>
    picture.resize(LONGEST, LONGEST, { fit: 'inside', withoutEnlargement: true }),
  );
}

/** The middle square of a picture of the user's, at `size` x `size`. Throws `UsageError`. */
export function readSquare(path: string, field: string, size: number): Promise<Picture> {
  return read(path, field, (picture) => picture.resize(size, size, { fit: 'cover' }));
}

async function read(path: string, field: string, placed: (picture: Sharp) => Sharp): Promise<Picture> {
  try {
    const upright = sharp(path).autoOrient().toColourspace('srgb').flatten({ background: '#808080' });
    const { data, info } = await placed(upright).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels: 3, data };
  } catch (error) {
    const cause = reasonOf(error);
    throw new UsageError(
      'HF_PICTURE_UNREADABLE',
      `The ${field} picture ${path} cannot be read (${cause}): give a PNG, JPEG or WebP picture.`,
      { file: path, field },
    );
  }
}
