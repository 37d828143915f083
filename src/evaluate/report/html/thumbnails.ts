import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** Longer side in pixels of the pictures within the report. */
const SIDE = 384;
const QUALITY = 74;

/** Pictures of a report's folder as data URIs of small WebP pictures; each file is read once, however often it is shown. */
export class Thumbnails {
  private readonly made = new Map<string, Promise<string | undefined>>();

  constructor(private readonly folder: string) {}

  /** The picture at `path` (relative to the folder); undefined where it is not there or no picture. */
  get(path: string): Promise<string | undefined> {
    let thumbnail = this.made.get(path);
    if (!thumbnail) {
      thumbnail = this.make(path);
      this.made.set(path, thumbnail);
    }
    return thumbnail;
  }

  private async make(path: string): Promise<string | undefined> {
    try {
      const bytes = await sharp(await readFile(join(this.folder, path)))
        .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: QUALITY, effort: 4 })
        .toBuffer();
      return `data:image/webp;base64,${bytes.toString('base64')}`;
    } catch {
      return undefined;
    }
  }
}
