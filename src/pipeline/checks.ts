import { stat } from 'node:fs/promises';
import { counted } from '../counted.js';
import { TorchGenerator } from '../diffusion/noise.js';
import { PoseFileError, UsageError } from '../errors.js';
import type { Bundle, Tokenizer } from '../models/index.js';
import { openBackdrop } from './backdrop.js';
import { PRECISIONS } from './choice/precisions.js';
import { nameOf } from './input.js';
import { settle } from './method.js';
import type { GenerateOptions, SourceOptions } from './options.js';
import type { Preset, PresetOverrides } from './preset.js';
import { checkWords } from './prompt-words.js';

/*
 * What is checked before any model is loaded, so that a mistake is said at once.
 */

type Range = SourceOptions['range'];

/** Options that need nothing else to be checked. Throws UsageError. */
export function checkOptions(options: GenerateOptions): void {
  const { source, look, runtime } = options;
  checkLive(options);
  checkRange(source?.range);
  checkLookAhead(runtime?.lookAhead);
  checkThreads(runtime?.threads);
  checkPrecision(runtime?.precision);
  if (look?.seed !== undefined) new TorchGenerator(look.seed);
}

/** What comes live is seen once only, so nothing can be measured before it is drawn. */
function checkLive({ input, source }: GenerateOptions): void {
  const framing = source?.framing ?? 'source';
  if (typeof input === 'string' || !input.live || framing === 'source') return;
  throw new UsageError(
    'HF_FIELDS_CONFLICT',
    `Keypoints that come live cannot be fitted with \`framing: ${framing}\`, which looks at all frames first: give a list of frames, or \`framing: source\`.`,
    { field: 'framing' },
  );
}

function checkRange(range: Range): void {
  if (!range) return;
  const { from, to } = range;
  if (Number.isInteger(from) && from >= 0 && (to === undefined || (Number.isInteger(to) && to > from)))
    return;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `The range ${from}:${to ?? ''} makes no sense: give a \`range\` FROM:TO with 0 <= FROM < TO.`,
    { field: 'range' },
  );
}

function checkLookAhead(lookAhead: number | undefined): void {
  if (lookAhead === undefined || (Number.isInteger(lookAhead) && lookAhead >= 1 && lookAhead <= 64)) return;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `A look-ahead of ${lookAhead} frames makes no sense: give a whole number from 1 to 64.`,
    { field: 'lookAhead' },
  );
}

/** More threads than this no machine has, and each takes memory of its own. */
const MOST_THREADS = 256;

function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) return;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `${threads} threads make no sense: give a whole number from 1 to ${MOST_THREADS}, or leave \`threads\` out.`,
    { field: 'threads' },
  );
}

function checkPrecision(precision: string | undefined): void {
  const known = [...PRECISIONS, 'auto'];
  if (precision === undefined || known.includes(precision)) return;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `There is no precision "${precision}": give one of ${known.join(', ')}.`,
    { field: 'precision' },
  );
}

/** The range against the clip's `frames`: one that begins after them throws PoseFileError, one that ends after them is said. */
export function checkRangeWithin(
  { input, source, watch }: Pick<GenerateOptions, 'input' | 'source' | 'watch'>,
  frames: number,
): void {
  const { from = 0, to = frames } = source?.range ?? {};
  if (from >= frames)
    throw new PoseFileError(
      'HF_POSE_RANGE',
      `${nameOf(input)} has ${counted(frames, 'frame')}, so there is none from frame ${from} on: give a \`range\` within it.`,
      { file: nameOf(input), frame: from, field: 'range' },
    );
  if (to > frames)
    watch?.events?.emit('note', {
      kind: 'warning',
      sentence: `The range ${from}:${to} reaches past the end of ${nameOf(input)}, which has ${counted(frames, 'frame')}: of the ${to - from} asked for, ${frames - from} can be drawn, and ${to - frames} cannot.`,
    });
}

/** Where the user named the number of steps. */
export function strictSteps({ hand, body }: PresetOverrides = {}): { hand: boolean; body: boolean } {
  return { hand: hand?.steps !== undefined, body: body?.steps !== undefined };
}

/** Options against the bundle: background, steps, words, reference. Throws UsageError; warnings come when the run is opened. */
export async function checkAgainstBundle(
  { manifest }: Bundle,
  tokenizer: Tokenizer | undefined,
  { look = {}, method = {} }: GenerateOptions,
  preset: Preset,
): Promise<void> {
  checkHands(preset, manifest);
  const quiet = (): void => undefined;
  await openBackdrop(look.background ?? 'drawn', manifest);
  settle(manifest, preset, strictSteps(method.overrides), quiet);
  const { prompt, reference, allowUnknownWords } = look;
  if (tokenizer && prompt !== undefined)
    checkWords(tokenizer.encode(prompt), { bundle: manifest.name, allowUnknownWords, warn: quiet });
  if (reference !== undefined && !(await stat(reference).catch(() => undefined)))
    throw new UsageError(
      'HF_PICTURE_UNREADABLE',
      `The reference picture ${reference} cannot be read (there is no such file): give a PNG, JPEG or WebP picture.`,
      { file: reference, field: 'reference' },
    );
}

/** Throws `UsageError` where a preset asks for a stage that the bundle lacks. */
function checkHands(
  { hand, refine }: Preset,
  { name, hand: drawn, refine: refined }: Bundle['manifest'],
): void {
  if (hand.draw && !drawn)
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `The bundle "${name}" has no hand stage: choose a preset that draws no hands first, such as body-only, or set \`hand.draw\` to false.`,
      { field: 'hand.draw' },
    );
  if (refine.draw && !refined)
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `The bundle "${name}" has no stage that refines hands, which \`refine.draw\` asks for: choose another preset, or a bundle whose manifest has \`refine\`.`,
      { field: 'refine.draw' },
    );
}
