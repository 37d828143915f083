import path from 'node:path';
import sharp, { type SharpInput } from 'sharp';

/** How each ending is encoded. */
const FORMATS = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.webp': 'webp' } as const;

/** Endings that a sheet of pictures can have. */
export const SHEET_ENDINGS: readonly string[] = Object.keys(FORMATS);

const LABEL = 30;

/** A picture of a sheet, and what stands below it. */
export interface Tile {
  /** Anything that sharp reads. */
  readonly picture: SharpInput;
  readonly raw?: { width: number; height: number; channels: 3 | 4 };
  readonly label: string;
}

/** Labelled pictures in rows, of a higher one its upper part, encoded as the ending of `name` says (PNG where it says nothing). `tile`: pixels of a picture. */
export async function drawSheet(
  tiles: readonly Tile[],
  name: string,
  { columns, tile }: { columns: number; tile: { width: number; height: number } },
): Promise<Buffer> {
  const ending = path.extname(name).toLowerCase();
  const [, format = 'png'] = Object.entries(FORMATS).find(([known]) => known === ending) ?? [];
  const { width, height } = tile;
  const across = Math.min(columns, tiles.length);
  const placed = await Promise.all(
    tiles.map(async ({ picture, raw, label }, at) => {
      const left = (at % across) * width;
      const top = Math.floor(at / across) * (height + LABEL);
      const scaled = await sharp(picture, raw && { raw })
        .resize(width, height, { fit: 'cover', position: 'top' })
        .flatten({ background: '#fff' })
        .png()
        .toBuffer();
      return [
        { input: scaled, left, top },
        { input: labelPicture(label, width), left, top: top + height },
      ];
    }),
  );
  const rows = Math.ceil(tiles.length / across);
  const size = { width: across * width, height: rows * (height + LABEL) };
  return sharp({ create: { ...size, channels: 3, background: '#fff' } })
    .composite(placed.flat())
    .toFormat(format)
    .toBuffer();
}

function labelPicture(text: string, width: number): Buffer {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return Buffer.from(
    `<svg width="${width}" height="${LABEL}"><text x="8" y="21" font-family="sans-serif" font-size="17">${plain}</text></svg>`,
  );
}
