import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BundleError } from '../errors.js';
import { reasonOf } from '../reason.js';
import { type Bundle, bundleFile } from './bundle.js';

/** What the words of a prompt can say of a signer of the gallery. */
export const SIGNER_FIELDS = [
  'gender',
  'age',
  'build',
  'skin',
  'hair',
  'hairstyle',
  'garment',
  'sleeve',
  'cloth',
  'trousers',
  'wall',
] as const;

export type SignerField = (typeof SIGNER_FIELDS)[number];

const file = z.string().regex(/^[\w.-]+$/, 'has to be the name of a file beside gallery.json');
const point = z.tuple([z.number(), z.number(), z.number()]);

/** Signers are placed by these. */
const SHOULDERS = [5, 6];

const signerSchema = z.object({
  name: z.string().regex(/^[\w-]+$/),
  words: z.record(z.enum(SIGNER_FIELDS), z.string().min(1)),
  /** RGB pictures of `size`: the signer, and what is behind. */
  picture: file,
  plate: file,
  /** 8-bit labels: 0 background, 1 skin, 2 left hand, 3 right hand, 4 hair, 5 top, 6 eyes and mouth, 7 bottom. */
  parts: file,
  size: z.tuple([z.number().int().positive(), z.number().int().positive()]),
  /** x, y (pixels), confidence; 0 = missing. */
  keypoints: z.array(point).length(133),
  /** Pixels from the middle of the hips, smaller = nearer; null = unknown. */
  depth: z.array(z.number().nullable()).length(133),
});

/** `gallery.json`: the rendered signers that a bundle brings. */
export const gallerySchema = z.object({ default: z.string(), signers: z.array(signerSchema).min(1) });

export type GallerySigner = z.infer<typeof signerSchema>;

/** The signers of a bundle, and the one that is taken where none is chosen. */
export interface Gallery {
  /** Absolute path of the folder that holds the pictures. */
  readonly folder: string;
  readonly default: GallerySigner;
  readonly signers: readonly GallerySigner[];
}

/** The bundle's gallery, where it has one. Throws `BundleError` where it does not fit the manifest. */
export async function loadGallery({ folder, manifest }: Bundle): Promise<Gallery | undefined> {
  if (manifest.gallery === undefined) return undefined;
  const place = bundleFile({ folder, manifest }, manifest.gallery);
  const { default: first, signers } = parse(place, await read(place));
  const standard = signers.find(({ name }) => name === first);
  if (!standard) throw unfit(place, `its default "${first}" is none of its signers`);
  const beside = path.posix.dirname(manifest.gallery);
  for (const { name, picture, plate, parts, keypoints } of signers) {
    const [left, right] = SHOULDERS.map((k) => keypoints[k]);
    if (
      !left ||
      !right ||
      left[2] <= 0 ||
      right[2] <= 0 ||
      Math.hypot(left[0] - right[0], left[1] - right[1]) === 0
    )
      throw unfit(place, `the signer "${name}" has no shoulders in its keypoints`);
    for (const one of [picture, plate, parts]) {
      if (!Object.hasOwn(manifest.files, path.posix.join(beside, one)))
        throw unfit(place, `the manifest does not list "${one}" of the signer "${name}"`);
    }
  }
  return { folder: path.dirname(place), default: standard, signers };
}

async function read(place: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(place, 'utf8'));
  } catch (error) {
    throw unfit(place, reasonOf(error));
  }
}

function parse(place: string, value: unknown): z.infer<typeof gallerySchema> {
  const result = gallerySchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw unfit(place, `at "${issue?.path.map(String).join('.')}": ${issue?.message}`);
}

function unfit(place: string, why: string): BundleError {
  return new BundleError(
    'HF_BUNDLE_GALLERY',
    `The gallery ${place} cannot be used (${why}): install the bundle again, or export it again with its script.`,
    { file: place },
  );
}
