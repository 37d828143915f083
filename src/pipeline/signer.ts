import { UsageError } from '../errors.js';
import type { Gallery } from '../models/gallery.js';
import type { FloatTensor, GraphRunner, Tokenizer } from '../models/index.js';
import type { Manifest } from '../models/manifest.js';
import { takesReference } from '../models/reference-uses.js';
import type { Look } from '../stages/denoiser.js';
import { encodePrompt } from '../stages/encode-prompt.js';
import { HandCrops } from '../stages/hand-crops.js';
import type { Reference } from '../stages/reference/reference.js';
import { skinColours, skinForHands } from '../stages/reference/skin.js';
import { chooseReference } from './choose-reference.js';
import type { Choices } from './method.js';
import type { LookOptions } from './options.js';
import type { Preset } from './preset.js';
import { checkWords } from './prompt-words.js';

export interface SignerParts {
  readonly manifest: Manifest;
  readonly runner: GraphRunner;
  /** Absent where the bundle has no prompt graph. */
  readonly tokenizer?: Pick<Tokenizer, 'encode'>;
  /** The signers that the bundle brings. */
  readonly gallery?: Gallery;
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
  const skin = skinTensor(manifest, reference, name ?? options.reference);
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
  if (options.reference !== undefined && !takesReference(manifest))
    throw refused('reference', 'takes no reference picture');
  if (options.signer !== undefined && !gallery) throw refused('signer', 'brings no signers to choose from');
}

function skinTensor({ hand }: Manifest, reference: Reference, name: string | undefined): FloatTensor {
  const face = skinColours(reference);
  const drawn = (hand?.denoiser.inputs ?? []).flatMap((input) =>
    input.from === 'skin' ? (input.hands ?? []) : [],
  );
  const data = face && drawn.length > 0 ? skinForHands(reference, face, drawn) : face;
  if (data) return { dims: [1, data.length], data };
  throw new UsageError(
    'HF_NOBODY_FOUND',
    `The reference ${name ?? ''} shows too little of a face to see its skin: give a larger picture from the front.`,
    { field: 'reference' },
  );
}

/** What the prompt graph makes of prompt and seed, where the bundle has one. */
async function lookOf(
  parts: SignerParts,
  options: LookOptions & { readonly prompt: string; readonly seed: number },
  signal?: AbortSignal,
): Promise<Look> {
  const { manifest, runner, preset, choices } = parts;
  const { prompt, negativePrompt, seed } = options;
  const anyWords = manifest.prompt?.tokenizer.kind === 'clip';
  const { suffix, negative: usual } = anyWords ? preset.prompt : { suffix: '', negative: '' };
  const refined = preset.refine.draw ? (preset.refine.guidance ?? manifest.refine?.guidance ?? 1) : 1;
  const guided = Math.max(choices.handGuidance, choices.bodyGuidance, refined) > 1;
  if (negativePrompt && !(guided && manifest.prompt)) {
    parts.warn(
      manifest.prompt
        ? 'The negative prompt changes nothing, since guidance is 1: give a `guidance` above 1 to use it.'
        : `The negative prompt changes nothing, since the networks of "${manifest.name}" take no words.`,
    );
  }
  const { prompt: graph } = manifest;
  const tokens = encode(parts, prompt, options, suffix);
  if (!graph || !tokens) return { prompt: {} };
  const run = (ids: readonly number[] = []) => encodePrompt(graph, runner, { tokens: ids, seed }, signal);
  const positive = await run(tokens);
  if (!guided) return { prompt: positive };
  // A preset's own words are cut where the bundle has no room for them, as in the systems that they come from.
  const ownWords = (words: string) => run(parts.tokenizer?.encode(words).ids);
  if (negativePrompt !== undefined)
    return { prompt: positive, negative: await run(encode(parts, negativePrompt, options)) };
  const negative = await ownWords(usual);
  const { draw: refines, negative: own } = preset.refine;
  if (!refines || !anyWords || own === undefined) return { prompt: positive, negative };
  return { prompt: positive, negative, refineNegative: await ownWords(own) };
}

/** Token ids of the prompt; undefined where the bundle has no prompt graph. A suffix that there is no room for is cut without a word. */
function encode(parts: SignerParts, prompt: string, options: LookOptions, suffix = ''): number[] | undefined {
  const { tokenizer, manifest, warn } = parts;
  if (!tokenizer) return undefined;
  const encoded = tokenizer.encode(prompt);
  checkWords(encoded, { bundle: manifest.name, allowUnknownWords: options.allowUnknownWords, warn });
  return suffix ? tokenizer.encode(prompt ? `${prompt}, ${suffix}` : suffix).ids : encoded.ids;
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
