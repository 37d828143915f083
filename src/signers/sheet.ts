import path from 'node:path';
import type { Gallery } from '../models/gallery.js';
import { openSafeFile } from '../pose/writers/safe-file.js';
import { drawSheet } from '../sheet.js';

const TILE = { width: 240, height: 240 };
const COLUMNS = 6;

/** Writes a picture of every signer of the gallery with its name. Throws `OutputError`. */
export async function writeSheet(gallery: Gallery, output: string, { force = false } = {}): Promise<void> {
  const tiles = gallery.signers.map((signer) => ({
    picture: path.join(gallery.folder, signer.picture),
    label: signer === gallery.default ? `${signer.name} (default)` : signer.name,
  }));
  const bytes = await drawSheet(tiles, output, { columns: COLUMNS, tile: TILE });
  const file = await openSafeFile(output, force);
  try {
    await file.write(bytes);
    await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
}
