import type { Picture } from '../../picture.js';
import type { Frame } from '../source/item-source.js';

/** The whole pixels of a picture that lie in a rectangle; the same object where that is all of it. */
export function cropPicture(picture: Picture, frame: Frame): Picture {
  const left = Math.max(0, Math.ceil(frame.left - 0.5));
  const top = Math.max(0, Math.ceil(frame.top - 0.5));
  const width = Math.min(picture.width, Math.ceil(frame.left + frame.width - 0.5)) - left;
  const height = Math.min(picture.height, Math.ceil(frame.top + frame.height - 0.5)) - top;
  if (width === picture.width && height === picture.height) return picture;
  const { channels } = picture;
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row += 1) {
    const from = ((top + row) * picture.width + left) * channels;
    data.set(picture.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { width, height, channels, data };
}
