import type { Picture } from '../../../picture.js';

/**
 * Mean absolute change between two frames of one size, levels 0..255, over channels and over the pixels of `region` [height * width];
 * NaN for an empty region. Over a still background it is flicker; over a whole picture it is movement as well.
 */
export function frameChange(before: Picture, after: Picture, region?: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < before.width * before.height; at += 1) {
    if (region && !region[at]) continue;
    count += 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const from = before.data[at * before.channels + channel] ?? 0;
      sum += Math.abs((after.data[at * after.channels + channel] ?? 0) - from);
    }
  }
  return sum / count;
}
