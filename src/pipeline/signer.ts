import { UsageError } from '../errors.js';
import type { Gallery } from '../models/gallery.js';
import type { FloatTensor, GraphRunner, Tokenizer } from '../models/index.js';
import type { Manifest } from '../models/manifest.js';
import { takesReference } from '../models/reference-uses.js';
import type { Picture } from '../picture.js';
import type { Look } from '../stages/denoiser.js';
import { HandCrops } from '../stages/hand-crops.js';
import { readLook } from '../stages/look.js';
import { type Planes, planesFromPicture } from '../stages/planes.js';
import type { Reference } from '../stages/reference/reference.js';
import { skinColours } from '../stages/reference/skin.js';
import type { DrawConditions } from '../stages/scene.js';
import { drawFrame } from '../stages/two-stage.js';
import { chooseReference } from './choose-reference.js';
import { type Choices, makeMethod } from './method.js';
import { neutralPose } from './neutral-pose.js';
import type { LookOptions } from './options.js';
import type { Preset } from './preset.js';
import { checkWords } from './prompt-words.js';
import { readSquare } from './read-picture.js';

export interface SignerParts {
  readonly manifest: Manifest;
  readonly runner: GraphRunner;
  /** Absent where the bundle has no prompt graph. */
  readonly tokenizer?: Pick<Tokenizer, 'encode'>;
  /** The signers that the bundle brings. */
  readonly gallery?: Gallery;
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
  /** Name of the gallery's signer, where it is one. */
  readonly name?: string;
  /** What is carried into every frame, where the bundle takes it. */
  readonly reference?: Reference;
}

/**
 * Decides who is shown, once a clip: a signer of the gallery or the user's picture, and what prompt and seed make of it. Throws
 * `UsageError` for words, names or pictures that cannot be used.
 */
export async function chooseSigner(
  parts: SignerParts,
  options: LookOptions,
  signal?: AbortSignal,
): Promise<Signer> {
  const { manifest, gallery, warn } = parts;
  refuseReference(manifest, gallery, options);
  const prompt = options.prompt ?? manifest.defaultPrompt;
  const seed = options.seed ?? 0;
  const look = await lookOf(parts, { ...options, prompt, seed }, signal);
  if (!takesReference(manifest)) return { look, prompt, seed };
  const { reference, name } = await chooseReference(
    {
      bundle: manifest.name,
      gallery,
      size: manifest.body.autoencoder.size,
      prompt: manifest.prompt ? '' : prompt,
      warn,
    },
    options,
    signal,
  );
  const skin = skinTensor(reference, name ?? options.reference);
  return { look: { ...look, skin }, prompt, seed, reference, ...(name === undefined ? {} : { name }) };
}

/** A bundle that looks at no reference says so, rather than ignoring what was asked for. */
function refuseReference(manifest: Manifest, gallery: Gallery | undefined, options: LookOptions): void {
  const refused = (field: string, what: string): UsageError =>
    new UsageError(
      'HF_FIELDS_CONFLICT',
      `The bundle "${manifest.name}" ${what}: leave \`${field}\` out, or choose a bundle that does.`,
      { field },
    );
  if (options.reference !== undefined && !manifest.reference && !takesReference(manifest))
    throw refused('reference', 'takes no reference picture');
  if (options.signer !== undefined && !gallery) throw refused('signer', 'brings no signers to choose from');
}

function skinTensor(reference: Reference, name: string | undefined): FloatTensor {
  const data = skinColours(reference);
  if (data) return { dims: [1, data.length], data, constant: true };
  throw new UsageError(
    'HF_NOBODY_FOUND',
    `The reference ${name ?? ''} shows too little of a face to see its skin: give a larger picture from the front.`,
    { field: 'reference' },
  );
}

/** What prompt graph and reference graph make of prompt, seed and picture, where the bundle has them. */
async function lookOf(
  parts: SignerParts,
  options: LookOptions & { readonly prompt: string; readonly seed: number },
  signal?: AbortSignal,
): Promise<Look> {
  const { manifest, runner, preset, choices } = parts;
  const { prompt, negativePrompt, seed } = options;
  const refined = preset.refine.draw ? (preset.refine.guidance ?? manifest.refine?.guidance ?? 1) : 1;
  const guided = Math.max(choices.handGuidance, choices.bodyGuidance, refined) > 1;
  if (negativePrompt && !(guided && manifest.prompt)) {
    parts.warn(
      manifest.prompt
        ? 'The negative prompt changes nothing, since guidance is 1: give a `guidance` above 1 to use it.'
        : `The negative prompt changes nothing, since the networks of "${manifest.name}" take no words.`,
    );
  }
  const tokens = encode(parts, prompt, options);
  if (!tokens) return { prompt: {}, reference: {} };
  const negativeTokens = guided ? encode(parts, negativePrompt ?? '', options) : undefined;
  const request = { tokens, ...(negativeTokens ? { negativeTokens } : {}), seed };
  if (options.reference !== undefined) {
    const reference = await loadReference(manifest, options.reference);
    return readLook(manifest, runner, { ...request, reference }, signal);
  }
  const look = await readLook(manifest, runner, request, signal);
  if (!manifest.reference || !preset.look.drawReference) return look;
  const reference = planesFromPicture(await drawReference(parts, look, seed, signal));
  return readLook(manifest, runner, { ...request, reference }, signal);
}

/** Token ids of the prompt; undefined where the bundle has no prompt graph. */
function encode(parts: SignerParts, prompt: string, options: LookOptions): number[] | undefined {
  const { tokenizer, manifest, warn } = parts;
  if (!tokenizer) return undefined;
  const encoded = tokenizer.encode(prompt);
  checkWords(encoded, { bundle: manifest.name, allowUnknownWords: options.allowUnknownWords, warn });
  return encoded.ids;
}

/** The picture in the middle square of the file, at the size that the reference graph takes. */
async function loadReference(manifest: Manifest, path: string): Promise<Planes | undefined> {
  if (!manifest.reference) return undefined;
  return planesFromPicture(await readSquare(path, 'reference', manifest.reference.size));
}

/** The signer in a neutral pose from prompt and seed alone: the reference graph's outputs are still zeros. */
async function drawReference(
  { manifest, runner, draw, preset, choices }: SignerParts,
  look: Look,
  seed: number,
  signal?: AbortSignal,
): Promise<Picture> {
  const plain = { ...preset, refine: { draw: false } };
  const method = makeMethod({ manifest, runner, draw, look, seed, background: 'drawn' }, plain, choices);
  const pose = neutralPose(manifest.body.autoencoder.size);
  const crops = preset.hand.draw ? handCrops(manifest, preset).next(pose) : [];
  return (await drawFrame(method, pose, crops, { ...(signal ? { signal } : {}) })).picture;
}

/** Of bundles without a hand stage, which draw no crop. */
const CROPS = { cropMargin: 1.5, meetMargin: 1.3 };

/** A fresh finder of crops for a clip. */
export function handCrops(manifest: Manifest, preset: Preset): HandCrops {
  const { minCutoff, response } = preset.hand;
  const { cropMargin: margin, meetMargin } = manifest.hand ?? CROPS;
  return new HandCrops({
    size: manifest.body.autoencoder.size,
    margin,
    meetMargin,
    smoothing: { minCutoff, response },
  });
}
