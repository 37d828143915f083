import sharp from 'sharp';
import { UsageError } from '../errors.js';
import type { GraphRunner, Tokenizer } from '../models/index.js';
import type { Manifest } from '../models/manifest.js';
import type { Picture } from '../picture.js';
import type { Look } from '../stages/denoiser.js';
import { HandCrops } from '../stages/hand-crops.js';
import { readLook } from '../stages/look.js';
import { type Planes, planesFromPicture } from '../stages/planes.js';
import type { DrawConditions } from '../stages/scene.js';
import { drawFrame } from '../stages/two-stage.js';
import { type Choices, makeMethod } from './method.js';
import { neutralPose } from './neutral-pose.js';
import type { LookOptions } from './options.js';
import type { Preset } from './preset.js';

export interface SignerParts {
  readonly manifest: Manifest;
  readonly runner: GraphRunner;
  readonly tokenizer: Pick<Tokenizer, 'encode'>;
  readonly draw: DrawConditions;
  readonly preset: Preset;
  readonly choices: Choices;
  readonly warn: (sentence: string) => void;
}

/** The one signer of a clip. */
export interface Signer {
  readonly look: Look;
  readonly prompt: string;
  readonly seed: number;
  /** The reference picture that was drawn, where one was. */
  readonly reference?: Picture;
}

/**
 * Decides who is shown, once a clip: the prompt, the seed for what it leaves open, and a reference picture. Without
 * one of the user's, the signer is first drawn in a neutral pose from prompt and seed alone, and that picture is the
 * reference of every frame. Throws `UsageError` for words or pictures that cannot be used.
 */
export async function chooseSigner(
  parts: SignerParts,
  options: LookOptions,
  signal?: AbortSignal,
): Promise<Signer> {
  const { manifest, runner, preset, choices } = parts;
  const prompt = options.prompt ?? manifest.defaultPrompt;
  const seed = options.seed ?? 0;
  const guided = choices.handGuidance > 1 || choices.bodyGuidance > 1;
  if (options.negativePrompt && !guided) {
    parts.warn(
      'The negative prompt changes nothing, since guidance is 1: give a `guidance` above 1 to use it.',
    );
  }
  const request = {
    tokens: encode(parts, prompt, options),
    ...(guided ? { negativeTokens: encode(parts, options.negativePrompt ?? '', options) } : {}),
    seed,
  };
  if (options.reference !== undefined) {
    const reference = await loadReference(manifest, options.reference);
    return { look: await readLook(manifest, runner, { ...request, reference }, signal), prompt, seed };
  }
  const look = await readLook(manifest, runner, request, signal);
  if (!manifest.reference || !preset.look.drawReference) return { look, prompt, seed };
  const picture = await drawReference(parts, look, seed, signal);
  const reference = planesFromPicture(picture);
  return {
    look: await readLook(manifest, runner, { ...request, reference }, signal),
    prompt,
    seed,
    reference: picture,
  };
}

/** Token ids of the prompt; what the bundle cannot take in is refused, or told where that is allowed. */
function encode({ tokenizer, manifest, warn }: SignerParts, prompt: string, options: LookOptions): number[] {
  const { ids, unknown, cut } = tokenizer.encode(prompt);
  const problems: string[] = [];
  if (unknown.length > 0) {
    const words = unknown.map(({ word, nearest }) =>
      nearest.length > 0 ? `"${word}" (nearest: ${nearest.join(', ')})` : `"${word}"`,
    );
    const what = words.length === 1 ? 'a word' : 'words';
    problems.push(
      `The prompt has ${what} that the bundle "${manifest.name}" does not know: ${words.join('; ')}`,
    );
  }
  if (cut)
    problems.push(`The prompt is longer than the bundle "${manifest.name}" can read, from "${cut}" on`);
  for (const problem of problems) {
    if (!options.allowUnknownWords) {
      throw new UsageError(
        'HF_PROMPT_WORD',
        `${problem}; choose other words (handfirst models words lists them), or leave them unheard with \`allowUnknownWords: true\`.`,
        { field: 'prompt' },
      );
    }
    warn(`${problem}; this is left unheard.`);
  }
  return ids;
}

/** The picture in the middle square of the file, at the size that the reference graph takes. */
async function loadReference(manifest: Manifest, path: string): Promise<Planes> {
  if (!manifest.reference) {
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `The bundle "${manifest.name}" takes no reference picture: leave \`reference\` out, or choose a bundle that does.`,
      { field: 'reference' },
    );
  }
  const { size } = manifest.reference;
  try {
    const { data } = await sharp(path)
      .autoOrient()
      .toColourspace('srgb')
      .flatten({ background: '#808080' })
      .resize(size, size, { fit: 'cover' })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return planesFromPicture({ width: size, height: size, channels: 3, data });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      'HF_PICTURE_UNREADABLE',
      `The reference picture ${path} cannot be read (${cause.trim()}): give a PNG, JPEG or WebP picture.`,
      { file: path, field: 'reference' },
    );
  }
}

/** The signer in a neutral pose from prompt and seed alone: the reference graph's outputs are still zeros. */
async function drawReference(
  { manifest, runner, draw, preset, choices }: SignerParts,
  look: Look,
  seed: number,
  signal?: AbortSignal,
): Promise<Picture> {
  const method = makeMethod({ manifest, runner, draw, look, seed, background: 'drawn' }, preset, choices);
  const pose = neutralPose(manifest.body.autoencoder.size);
  const crops = preset.hand.draw ? handCrops(manifest, preset).next(pose) : [];
  return (await drawFrame(method, pose, crops, { ...(signal ? { signal } : {}) })).picture;
}

/** A fresh finder of crops for a clip. */
export function handCrops(manifest: Manifest, preset: Preset): HandCrops {
  const { minCutoff, response } = preset.hand;
  return new HandCrops({
    size: manifest.body.autoencoder.size,
    margin: manifest.hand.cropMargin,
    meetMargin: manifest.hand.meetMargin,
    smoothing: { minCutoff, response },
  });
}
