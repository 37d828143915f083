import sharp from 'sharp';
import type { Picture } from '../picture.js';

/** Writes a picture as WebP for the page: small and quick, or without loss, so that videos can be made of it. */
export async function savePicture(picture: Picture, path: string, { lossless = false } = {}): Promise<void> {
  const { width, height, channels, data } = picture;
  await sharp(data, { raw: { width, height, channels } })
    .webp(lossless ? { lossless, effort: 0 } : { quality: 88, effort: 1 })
    .toFile(path);
}

/** File of frame `index` of a pass. */
export function frameFile(pass: string, index: number): string {
  return `${pass}-${index}.webp`;
}

/** File of picture `k` of the frame that was looked into. */
export function inspectionFile(frame: number, k: number): string {
  return `inside-${frame}-${k}.webp`;
}
