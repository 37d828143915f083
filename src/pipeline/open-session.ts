import { PoseFileError, UsageError } from '../errors.js';
import type { BundleRunner } from '../models/index.js';
import type { Manifest } from '../models/manifest.js';
import { seesPlate } from '../models/reference-uses.js';
import {
  type ClipStatistics,
  clipStatistics,
  keepPlacement,
  LIVE_STATISTICS,
  MEND_NOTHING,
  type MendOptions,
  mendClip,
  type PoseClip,
  type RepairOptions,
  repairSentences,
  unsuited,
} from '../pose/index.js';
import { clipReference } from '../stages/carry/carry.js';
import type { Backdrop } from '../stages/composite.js';
import { drawConditions } from '../stages/conditions/index.js';
import { onOtherPlate } from '../stages/reference/plate.js';
import type { Method } from '../stages/two-stage.js';
import { openBackdrop, plateOf } from './backdrop.js';
import { type Engine, openEngine } from './engine.js';
import { nameOf, openInput } from './input.js';
import { type Choices, type MethodParts, makeMethod, settle } from './method.js';
import type { GenerateOptions, SourceOptions } from './options.js';
import { loadPreset, type Preset, type PresetOverrides } from './preset.js';
import { chooseSigner, type Signer } from './signer.js';

/** Everything of a run that is opened once. */
export interface SessionParts {
  readonly options: GenerateOptions;
  readonly clip: PoseClip;
  /** Of the whole clip, whatever range of it is drawn. */
  readonly statistics: ClipStatistics;
  readonly engine: Engine;
  readonly preset: Preset;
  readonly choices: Choices;
  readonly signer: Signer;
  readonly method: Method;
  /** In the order of opening. */
  readonly opened: readonly { close(): Promise<void> }[];
}

/**
 * Opens everything a run needs; what was opened is closed again when the rest fails. Throws `HandfirstError`s. An engine that is
 * `kept` for several sessions stays open, and its bundle and device are used instead of the options'.
 */
export async function openParts(asked: GenerateOptions, kept?: Engine): Promise<SessionParts> {
  const options = promptly(asked);
  const { source = {}, method = {}, look = {}, runtime = {}, signal } = options;
  checkRange(source.range);
  checkLookAhead(runtime.lookAhead);
  const preset = loadPreset(method.preset, method.overrides);
  checkLive(options);
  const clip = reshaped(await openInput(options.input, source), source.mend);
  const opened: { close(): Promise<void> }[] = [clip];
  try {
    const statistics = clip.live ? LIVE_STATISTICS : await clipStatistics(clip, repairOptions(source));
    if (!clip.live) checkBody(statistics, nameOf(options.input));
    tellRepairs(statistics, options);
    const engine = kept ?? (await openEngine(options));
    tellFraming(statistics, clip, engine.bundle.manifest.body.autoencoder.size, options);
    if (!kept) opened.push(engine);
    const { bundle, runner, tokenizer, gallery } = engine;
    const { manifest } = bundle;
    const backdrop = await openBackdrop(look.background ?? 'drawn', manifest);
    const warn = (sentence: string): void => {
      options.watch?.events?.emit('note', { kind: 'warning', sentence });
    };
    const choices = settle(manifest, preset, strictSteps(method.overrides), warn);
    tellDevices(runner, options);
    const parts = { manifest, runner, draw: drawConditions };
    const signer = await chooseSigner({ ...parts, tokenizer, gallery, preset, choices, warn }, look, signal);
    const { look: seen, seed } = signer;
    const before = placeBefore(signer, backdrop, manifest, preset);
    const ready = makeMethod({ ...parts, look: seen, seed, ...before }, preset, choices);
    return { options, clip, statistics, engine, preset, choices, signer, method: ready, opened };
  } catch (error) {
    for (const resource of opened.reverse()) await resource.close();
    throw error;
  }
}

/** Completing looks seconds ahead; keypoints that come live are drawn at once unless it is asked for. */
function promptly(options: GenerateOptions): GenerateOptions {
  const { input, source } = options;
  if (typeof input === 'string' || !input.live) return options;
  return { ...options, source: { complete: false, ...source } };
}

/** What is done to the keypoints before they are placed in the picture. */
export function repairOptions({ mend = {}, complete }: SourceOptions = {}): RepairOptions {
  const { maxGap, mirror, swaps, anatomy, wrist, bones, smooth } = mend;
  return { maxGap, complete, mend: { mirror, swaps, anatomy, wrist, bones, smooth } };
}

/** Hands without a body, or points that say nothing of one, make no person. */
function checkBody({ shoulders }: ClipStatistics, file: string): void {
  if (shoulders) return;
  throw new PoseFileError(
    'HF_POSE_SHOULDERS',
    `${file} shows no shoulders in any frame, and no head, hips or elbows that say where they are: find the whole body with MediaPipe Holistic, or with \`handfirst pose extract\` on the video.`,
    { file },
  );
}

function tellRepairs({ repairs, frames }: ClipStatistics, { watch }: GenerateOptions): void {
  const sentence = repairSentences(repairs, frames).join(' ');
  if (sentence) watch?.events?.emit('note', { kind: 'keypoints', sentence });
}

function tellFraming(
  statistics: ClipStatistics,
  { info }: PoseClip,
  size: number,
  { source, watch }: GenerateOptions,
): void {
  for (const sentence of info.remarks ?? []) watch?.events?.emit('note', { kind: 'keypoints', sentence });
  if ((source?.framing ?? 'signing') !== 'signing') return;
  const why = unsuited(statistics, keepPlacement(info, size, size), { width: size, height: size });
  if (why === undefined) return;
  const sentence = `Framed for signing, because ${why}; \`framing: source\` keeps the file's framing.`;
  watch?.events?.emit('note', { kind: 'keypoints', sentence });
}

/** What changes the clip's rate or the picture's shape comes before all else; the rest is mended frame by frame. */
function reshaped(clip: PoseClip, { aspect, fps }: MendOptions = {}): PoseClip {
  return aspect === undefined && fps === undefined ? clip : mendClip(clip, { ...MEND_NOTHING, aspect, fps });
}

/** Where the user named the number of steps. */
function strictSteps({ hand, body }: PresetOverrides = {}): { hand: boolean; body: boolean } {
  return { hand: hand?.steps !== undefined, body: body?.steps !== undefined };
}

/**
 * The signer before what is to be seen behind: in the reference, where the bundle draws on its plate, or put there in the finished
 * picture. Without a pose in the body stage the reference stays as it is.
 */
function placeBefore(
  { reference }: Signer,
  backdrop: Backdrop,
  manifest: Manifest,
  preset: Preset,
): Pick<MethodParts, 'background' | 'reference'> {
  if (!reference) return { background: backdrop };
  const plate = seesPlate(manifest) ? plateOf(backdrop, reference.size) : undefined;
  const seen = plate ? onOtherPlate(reference, plate) : reference;
  return {
    background: plate ? 'drawn' : backdrop,
    reference: clipReference(seen, { still: !preset.body.pose }),
  };
}

function checkRange(range: { from: number; to?: number } | undefined): void {
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

function checkLookAhead(lookAhead: number | undefined): void {
  if (lookAhead === undefined || (Number.isInteger(lookAhead) && lookAhead >= 1 && lookAhead <= 64)) return;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `A look-ahead of ${lookAhead} frames makes no sense: give a whole number from 1 to 64.`,
    { field: 'lookAhead' },
  );
}

function tellDevices(runner: BundleRunner, { watch }: GenerateOptions): void {
  for (const { problem, repairable } of runner.devices) {
    if (problem && repairable) watch?.events?.emit('note', { kind: 'device', sentence: problem });
  }
  watch?.events?.emit('note', { kind: 'device', sentence: `Running on ${runner.device}.` });
}
