import sharp from 'sharp';
import type { Picture } from '../../picture.js';
import { writeWhole } from '../../write-whole.js';

/** Writes a picture for the report: small, and no longer needed for numbers. */
export async function writePicture(path: string, { data, width, height, channels }: Picture): Promise<void> {
  const raw = { width, height, channels };
  await writeWhole(path, await sharp(data, { raw }).webp({ quality: 90, effort: 2 }).toBuffer());
}
