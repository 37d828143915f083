import { openDetector } from '../detect/index.js';
import { UsageError } from '../errors.js';
import type { Gallery, GallerySigner } from '../models/gallery.js';
import { nearestWords } from '../nearest-words.js';
import { type ChosenSigner, chooseFromGallery, dress, readPrompt } from '../signers/index.js';
import { galleryReference } from '../stages/reference/gallery-reference.js';
import { photoReference } from '../stages/reference/photo.js';
import type { Reference } from '../stages/reference/reference.js';
import type { LookOptions } from './options.js';
import { checkWords } from './prompt-words.js';
import { readPhoto } from './read-picture.js';

/** What a reference is chosen from. */
export interface ReferenceParts {
  /** Name of the bundle, for sentences. */
  readonly bundle: string;
  readonly gallery: Gallery | undefined;
  /** Side of the picture in pixels. */
  readonly size: number;
  /** Words for the signer, where they are not a prompt graph's. */
  readonly prompt: string;
  readonly warn: (sentence: string) => void;
}

export interface ChosenReference {
  readonly reference: Reference;
  /** Name of the gallery's signer, where it is one. */
  readonly name?: string;
}

/** The clip's reference: the user's picture, the signer that is named, the one that the prompt describes, or the gallery's default. */
export async function chooseReference(
  parts: ReferenceParts,
  look: LookOptions,
  signal?: AbortSignal,
): Promise<ChosenReference> {
  const { bundle, gallery, size, prompt, warn } = parts;
  const { reference: path, signer: name } = look;
  if (path !== undefined && name !== undefined) {
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      'There can be one signer: give `reference` or `signer`, not both.',
      { field: 'signer' },
    );
  }
  if (path !== undefined) {
    if (prompt.trim() !== '')
      warn('The prompt changes nothing, since the signer is the one in the `reference` picture.');
    return { reference: await photographed(path, { size, warn }, signal) };
  }
  if (!gallery) {
    throw new UsageError(
      'HF_FIELD_MISSING',
      `The bundle "${bundle}" brings no signers: give a picture of one with \`reference\`.`,
      { field: 'reference' },
    );
  }
  const { wishes, beyond, unknown } = readPrompt(prompt);
  checkWords({ unknown }, { bundle, allowUnknownWords: look.allowUnknownWords, warn });
  const chosen =
    name === undefined ? chooseFromGallery(gallery, wishes) : dress(named(gallery, name), wishes);
  reportUnfulfilled(chosen, beyond, warn);
  const { signer, recolouring } = chosen;
  return { reference: await galleryReference(gallery, signer, size, recolouring), name: signer.name };
}

function named({ signers }: Gallery, name: string): GallerySigner {
  const found = signers.find((signer) => signer.name === name.toLowerCase());
  if (found) return found;
  const names = signers.map((signer) => signer.name);
  const nearest = nearestWords(name.toLowerCase(), names);
  throw new UsageError(
    'HF_SIGNER_UNKNOWN',
    `There is no signer "${name}" in the gallery: choose ${nearest.length > 0 ? nearest.join(', ') : names.slice(0, 3).join(', ')} or another of those that handfirst signers lists.`,
    { field: 'signer' },
  );
}

function reportUnfulfilled(
  { signer, unfulfilled }: ChosenSigner,
  beyond: readonly string[],
  warn: (sentence: string) => void,
): void {
  const words = [...unfulfilled.map(({ text }) => text), ...beyond].map((text) => `"${text}"`);
  if (words.length > 0)
    warn(`The prompt's ${words.join(', ')} could not be followed: the signer is ${signer.name}.`);
}

/** A photograph of a person: keypoints and outline are found in it. */
async function photographed(
  path: string,
  { size, warn }: Pick<ReferenceParts, 'size' | 'warn'>,
  signal: AbortSignal | undefined,
): Promise<Reference> {
  const picture = await readPhoto(path, 'reference');
  const detector = await openDetector({ signal });
  try {
    const { frame, landmarks } = await detector.detect(picture, { mask: true });
    const { keypoints } = frame;
    const has = (point: number): boolean => (keypoints[point * 3 + 2] ?? 0) > 0;
    const { mask, face } = landmarks;
    if (!mask || !face || ![LEFT_SHOULDER, RIGHT_SHOULDER].every(has)) {
      throw new UsageError(
        'HF_NOBODY_FOUND',
        `The reference picture ${path} shows ${mask ? 'no face' : 'no person'} that could be found: give one of a person from the front, head and shoulders included.`,
        { file: path, field: 'reference' },
      );
    }
    const { people = 1 } = landmarks;
    if (people > 1)
      warn(
        `The reference picture ${path} shows ${people} people: one of them is drawn. Cut the picture so that it shows the one you want.`,
      );
    return photoReference({ picture, keypoints, mask }, size);
  } finally {
    await detector.close();
  }
}

const LEFT_SHOULDER = 5;
const RIGHT_SHOULDER = 6;
