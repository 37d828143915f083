import path from 'node:path';
import sharp from 'sharp';
import { BundleError } from '../../errors.js';
import type { Gallery, GallerySigner } from '../../models/gallery.js';
import type { Picture } from '../../picture.js';
import { reasonOf } from '../../reason.js';
import { gaussianBlur } from './blur.js';
import { overPlate } from './plate.js';
import { recolour } from './recolour.js';
import { PART, type Reference } from './reference.js';

/** New colours, sRGB 0..255, for what the part masks tell apart. */
export type Recolouring = Partial<
  Record<'hair' | 'cloth' | 'trousers' | 'wall', readonly [number, number, number]>
>;

/** Softness of the person's edge, pixels: as in training. */
const EDGE = 0.8;
const PARTS_OF = { hair: PART.hair, cloth: PART.top, trousers: PART.bottom } as const;

/** A signer of the gallery as a reference for pictures of `size` x `size`, in new colours where there are any. Throws `BundleError`. */
export async function galleryReference(
  { folder }: Pick<Gallery, 'folder'>,
  signer: GallerySigner,
  size: number,
  recolouring: Recolouring = {},
): Promise<Reference> {
  const file = (name: string): string => path.join(folder, name);
  const scale = size / signer.size[0];
  const height = Math.round(signer.size[1] * scale);
  const [picture, plate, parts] = await Promise.all([
    readPicture(file(signer.picture), size, height),
    readPicture(file(signer.plate), size, height),
    readLabels(file(signer.parts), size, height),
  ]);
  const person = gaussianBlur(Float32Array.from(parts.map((label) => (label > 0 ? 1 : 0))), size, EDGE);
  const dressed = inColours({ picture, plate }, parts, person, recolouring);
  return {
    size,
    picture: dressed.picture,
    plate: { ...dressed.plate, height: size, data: dressed.plate.data.subarray(0, 3 * size * size) },
    person,
    skin: parts.map((label) => (label === PART.skin ? 1 : 0)),
    keypoints: Float32Array.from(signer.keypoints.flatMap(([x, y, c]) => [x * scale, y * scale, c])),
  };
}

/** Picture and plate with the parts recoloured. */
function inColours(
  { picture, plate }: { picture: Picture; plate: Picture },
  parts: Uint8Array,
  person: Float32Array,
  { wall, ...clothes }: Recolouring,
): { picture: Picture; plate: Picture } {
  let dressed = picture;
  for (const name of ['hair', 'cloth', 'trousers'] as const) {
    const colour = clothes[name];
    if (!colour) continue;
    const label = PARTS_OF[name];
    const where = parts.map((one) => (one === label ? 1 : 0));
    dressed = recolour(dressed, where, colour);
  }
  if (!wall) return { picture: dressed, plate };
  const painted = recolour(plate, new Uint8Array(parts.length).fill(1), wall);
  return { picture: overPlate({ picture: dressed, person, plate }, painted), plate: painted };
}

async function readPicture(file: string, width: number, height: number): Promise<Picture> {
  const data = await read(file, () =>
    sharp(file).toColourspace('srgb').resize(width, height, { fit: 'fill' }).removeAlpha().raw().toBuffer(),
  );
  return { width, height, channels: 3, data };
}

async function readLabels(file: string, width: number, height: number): Promise<Uint8Array> {
  const data = await read(file, () =>
    sharp(file).resize(width, height, { fit: 'fill', kernel: 'nearest' }).raw().toBuffer(),
  );
  // One channel, or the same three times.
  const channels = data.length / (width * height);
  return new Uint8Array(width * height).map((_, i) => data[i * channels] ?? 0);
}

async function read(file: string, work: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await work();
  } catch (error) {
    const why = reasonOf(error);
    throw new BundleError(
      'HF_BUNDLE_GALLERY',
      `The gallery's picture ${file} cannot be read (${why}): install the bundle again, or export it again with its script.`,
      { file },
    );
  }
}
