import path from 'node:path';
import sharp from 'sharp';
import type { Gallery, GallerySigner } from '../models/gallery.js';
import { openSafeFile } from '../pose/writers/safe-file.js';

const TILE = 240;
const LABEL = 30;
const COLUMNS = 6;
/** How each ending is encoded. */
const FORMATS = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.webp': 'webp' } as const;

/** Endings that a sheet can have. */
export const SHEET_ENDINGS = Object.keys(FORMATS);

/** Writes a picture of every signer of the gallery with its name. Throws `OutputError`. */
export async function writeSheet(gallery: Gallery, output: string, { force = false } = {}): Promise<void> {
  const ending = path.extname(output).toLowerCase();
  const [, format = 'png'] = Object.entries(FORMATS).find(([known]) => known === ending) ?? [];
  const { signers } = gallery;
  const columns = Math.min(COLUMNS, signers.length);
  const tiles = await Promise.all(
    signers.map(async (signer, at) => ({
      input: await tile(gallery, signer),
      left: (at % columns) * TILE,
      top: Math.floor(at / columns) * (TILE + LABEL),
    })),
  );
  const height = Math.ceil(signers.length / columns) * (TILE + LABEL);
  const sheet = sharp({ create: { width: columns * TILE, height, channels: 3, background: '#fff' } });
  const bytes = await sheet.composite(tiles).toFormat(format).toBuffer();
  const file = await openSafeFile(output, force);
  try {
    await file.write(bytes);
    await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

async function tile({ folder, default: standard }: Gallery, signer: GallerySigner): Promise<Buffer> {
  const name = signer === standard ? `${signer.name} (default)` : signer.name;
  const label = `<svg width="${TILE}" height="${LABEL}"><text x="8" y="21" font-family="sans-serif" font-size="17">${name}</text></svg>`;
  const picture = await sharp(path.join(folder, signer.picture)).resize(TILE, TILE).png().toBuffer();
  return sharp({ create: { width: TILE, height: TILE + LABEL, channels: 3, background: '#fff' } })
    .composite([
      { input: picture, left: 0, top: 0 },
      { input: Buffer.from(label), left: 0, top: TILE },
    ])
    .png()
    .toBuffer();
}
