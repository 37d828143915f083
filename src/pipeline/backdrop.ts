import { UsageError } from '../errors.js';
import type { Manifest } from '../models/manifest.js';
import { givesPersonMask, seesPlate } from '../models/reference-uses.js';
import type { Picture } from '../picture.js';
import type { Backdrop } from '../stages/composite.js';
import type { Background } from './options.js';
import { readSquare } from './read-picture.js';

/** What is to stand behind the person, its picture read. Throws `UsageError` where the bundle cannot replace what it draws there. */
export async function openBackdrop(background: Background, manifest: Manifest): Promise<Backdrop> {
  const isPlate = seesPlate(manifest) && background !== 'transparent';
  if (background !== 'drawn' && !isPlate && !givesPersonMask(manifest)) {
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `The bundle "${manifest.name}" gives no mask of the person, so \`background\` cannot replace what is behind it: leave it out, or choose a bundle that has a mask output.`,
      { field: 'background' },
    );
  }
  if (typeof background === 'string' || !('file' in background)) return background;
  return readSquare(background.file, 'background', manifest.body.autoencoder.size);
}

/** The backdrop as a picture that the signer is drawn before; undefined where what the reference shows stays. */
export function plateOf(backdrop: Backdrop, size: number): Picture | undefined {
  if (typeof backdrop === 'string') return undefined;
  if ('data' in backdrop) return backdrop;
  const data = Uint8Array.from({ length: 3 * size * size }, (_, at) => backdrop[at % 3] ?? 0);
  return { width: size, height: size, channels: 3, data };
}
