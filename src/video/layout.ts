import { UsageError } from '../errors.js';
import type { Picture } from '../picture.js';

/** What stands at the left of the signer: nothing, the drawn skeleton, or the video that the keypoints came from. */
export type Layout = 'plain' | 'skeleton' | 'source';

/** Size in pixels of the composed picture for frames of `width` x `height`. */
export function layoutSize(layout: Layout, width: number, height: number): { width: number; height: number } {
  return { width: layout === 'plain' ? width : 2 * width, height };
}

/** The picture with `channels` channels: alpha is added as opaque, or left out (colours are kept as they are). */
export function withChannels(picture: Picture, channels: 3 | 4): Picture {
  if (picture.channels === channels) return picture;
  const { width, height, data } = picture;
  const pixels = width * height;
  const result = new Uint8Array(pixels * channels).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * picture.channels;
    result.set(data.subarray(from, from + 3), pixel * channels);
  }
  return { width, height, channels, data: result };
}

/**
 * `left` and `right` side by side, upper edges aligned. RGBA when one of them is.
 *
 * @throws UsageError when the heights differ
 */
export function sideBySide(left: Picture, right: Picture): Picture {
  if (left.height !== right.height) {
    throw new UsageError(
      'HF_PICTURE_SIZE',
      `Pictures side by side need one height, but they are ${left.height} and ${right.height} pixels high: scale one of them first.`,
    );
  }
  const channels = left.channels === 4 || right.channels === 4 ? 4 : 3;
  const width = left.width + right.width;
  const data = new Uint8Array(width * left.height * channels);
  let column = 0;
  for (const part of [withChannels(left, channels), withChannels(right, channels)]) {
    const row = part.width * channels;
    for (let y = 0; y < part.height; y++) {
      data.set(part.data.subarray(y * row, (y + 1) * row), (y * width + column) * channels);
    }
    column += part.width;
  }
  return { width, height: left.height, channels, data };
}

/** The next even number: video with chroma at half resolution needs even sizes. */
export function even(length: number): number {
  return length + (length % 2);
}

/** The picture with its last column and row repeated where its width or height is odd. */
export function evenPicture(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  const [fullWidth, fullHeight] = [even(width), even(height)];
  if (fullWidth === width && fullHeight === height) return picture;
  const result = new Uint8Array(fullWidth * fullHeight * channels);
  for (let y = 0; y < fullHeight; y++) {
    const row = data.subarray(Math.min(y, height - 1) * width * channels).subarray(0, width * channels);
    result.set(row, y * fullWidth * channels);
    if (fullWidth > width) result.set(row.subarray(-channels), (y * fullWidth + width) * channels);
  }
  return { width: fullWidth, height: fullHeight, channels, data: result };
}

/** The bytes of a picture as an encoder takes them: with `alpha` RGBA, and of even sides where `evenSides` says so. */
export function encoderPicture(picture: Picture, alpha: boolean, evenSides: boolean): Uint8Array {
  const channelled = withChannels(picture, alpha ? 4 : 3);
  return (evenSides ? evenPicture(channelled) : channelled).data;
}
