import { counted } from '../counted.js';
import { PoseFileError } from '../errors.js';
import type { BundleRunner } from '../models/index.js';
import type { Manifest } from '../models/manifest.js';
import { graphsOfFrame } from '../models/read-manifest.js';
import { seesPlate } from '../models/reference-uses.js';
import {
  type ClipStatistics,
  clipStatistics,
  keepPlacement,
  type PoseClip,
  REPAIR_NOTHING,
  type RepairOptions,
  repairClip,
  repairSentences,
  unsuited,
} from '../pose/index.js';
import type { Area } from '../stages/area.js';
import { cutReference } from '../stages/carry/cut.js';
import type { Backdrop } from '../stages/composite.js';
import { onOtherPlate } from '../stages/reference/plate.js';
import type { Reference } from '../stages/reference/reference.js';
import { openBackdrop, plateOf } from './backdrop.js';
import { checkAgainstBundle, checkOptions, checkRangeWithin, strictSteps } from './checks.js';
import type { Begun } from './choice/begun.js';
import { choosePrecision } from './choice/precision.js';
import type { Precision } from './choice/precisions.js';
import type { ClipDrawer } from './draw/draw-pool.js';
import { type Engine, type EngineCheck, startEngine } from './engine.js';
import { type BegunClip, firstSecond } from './first-second.js';
import { nameOf, openInput } from './input.js';
import { type Choices, settle } from './method.js';
import type { GenerateOptions, SourceOptions } from './options.js';
import { areaOf, type ClipPlace, cleanOptions, placeOf } from './placing.js';
import { loadPreset, type Preset } from './preset.js';
import { chooseSigner, type Signer } from './signer.js';

/** Everything of a run that is opened once. */
export interface SessionParts {
  readonly options: GenerateOptions;
  readonly clip: PoseClip;
  readonly engine: Engine;
  readonly preset: Preset;
  readonly choices: Choices;
  readonly signer: Signer;
  readonly precision: Precision;
  /** How frames are placed in the picture. */
  readonly place: ClipPlace;
  /** The part of the picture that the body stage draws; absent: all. */
  readonly area?: Area;
  readonly drawer: ClipDrawer;
  /** In the order of opening. */
  readonly opened: readonly { close(): Promise<void> }[];
}

/** What is known before models are loaded. */
export interface ClipFacts {
  readonly manifest: Manifest;
  readonly clip: PoseClip;
  /** Frames that will be drawn; 1 of a clip that comes live. */
  readonly frames: number;
}

/** What a caller adds to the opening of a session. */
export interface OpenHooks {
  /** A check before models are loaded. */
  readonly before?: (facts: ClipFacts) => Promise<void>;
  /** What an unfinished run was begun with: it goes on so. */
  readonly begun?: Begun;
}

function framesIn(range: SourceOptions['range'], frames: number): number {
  const { from = 0, to = frames } = range ?? {};
  return Math.min(to, frames) - from;
}

/**
 * Opens everything a run needs; what was opened is closed again when the rest fails. Throws `HandfirstError`s. An engine that is
 * `kept` for several sessions stays open, and its bundle and device are used instead of the options'. Everything that can be
 * checked is checked before models are loaded, `before` included.
 */
export async function openParts(
  asked: GenerateOptions,
  kept?: Engine,
  { before, begun = {} }: OpenHooks = {},
): Promise<SessionParts> {
  const options = promptly(asked);
  const { source = {}, method = {}, look = {}, signal } = options;
  checkOptions(options);
  const preset = loadPreset(method.preset, method.overrides);
  const given = reshaped(await openInput(options.input, source), source.repair);
  const opened: { close(): Promise<void> }[] = [given];
  const starting = kept ? undefined : startEngine({ ...options, begun });
  try {
    const { clip, statistics } = await beginClip(given, options);
    const check: EngineCheck = async (bundle, tokenizer) => {
      await checkAgainstBundle(bundle, tokenizer, options, preset);
      const frames = clip.live ? 1 : framesIn(source.range, statistics.frames);
      await before?.({ manifest: bundle.manifest, clip, frames });
    };
    if (kept) await check(kept.bundle, kept.tokenizer);
    const engine = kept ?? (await starting?.open(check));
    if (!engine) throw new Error('no engine');
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
    const wanted = options.runtime?.precision ?? preset.precision;
    const precision = await choosePrecision(bundle, runner, { wanted, begun: begun.precision });
    const eightBits = precision === 'int8';
    engine.pool.preload(graphsOfFrame(manifest, { hands: preset.hand.draw, eightBits }));
    const parts = { manifest, runner, tokenizer, gallery, preset, choices, warn };
    const signer = await chooseSigner(parts, look, signal);
    const placed = placeBefore(signer, backdrop, manifest);
    const { look: seen, seed } = signer;
    // Here, while the worker loads its graphs.
    const cut = placed.reference ? { cut: cutReference(placed.reference) } : {};
    const place = placeOf(signer, statistics, options, manifest.body.autoencoder.size);
    const area = areaOf(preset, manifest, clip, place);
    const setup = { manifest, preset, choices, look: seen, seed, precision, ...placed, ...cut };
    const clipDrawer = engine.pool.openClip({ ...setup, ...(area ? { area } : {}) });
    opened.push(clipDrawer);
    const drawer = tellUnrefined(clipDrawer, warn);
    const ready = { options, clip, engine, preset, choices, signer, precision, place, drawer, opened };
    return area ? { ...ready, area } : ready;
  } catch (error) {
    await starting?.cancel();
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

/** What is known of the clip before it is drawn: of all of it, or of the first second of one that comes live. */
async function beginClip(clip: PoseClip, options: GenerateOptions): Promise<BegunClip> {
  const clean = cleanOptions(options.source);
  if (clip.live) {
    const onNobody = (sentence: string): void => {
      options.watch?.events?.emit('note', { kind: 'warning', sentence });
    };
    return firstSecond(clip, clean, { name: nameOf(options.input), onNobody, signal: options.signal });
  }
  const statistics = await clipStatistics(clip, clean);
  checkBody(statistics, nameOf(options.input));
  checkRangeWithin(options, statistics.frames);
  tellRepairs(statistics, options);
  return { clip, statistics };
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

function tellRepairs({ repairs, frames, empty }: ClipStatistics, { watch }: GenerateOptions): void {
  if (empty) {
    const warning = `No person is seen in ${empty.frames} of ${counted(frames, 'frame')} (${empty.list}): the background alone is drawn there.`;
    watch?.events?.emit('note', { kind: 'warning', sentence: warning });
  }
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

/** What changes the clip's rate or the picture's shape comes before all else; the rest is repaired frame by frame. */
function reshaped(clip: PoseClip, { aspect, fps }: RepairOptions = {}): PoseClip {
  return aspect === undefined && fps === undefined
    ? clip
    : repairClip(clip, { ...REPAIR_NOTHING, aspect, fps });
}

/**
 * The signer before what is to be seen behind: in the reference, where the bundle draws on its plate, or put there in the finished
 * picture.
 */
function placeBefore(
  { reference }: Signer,
  backdrop: Backdrop,
  manifest: Manifest,
): { background: Backdrop; reference?: Reference } {
  if (!reference) return { background: backdrop };
  const plate = seesPlate(manifest) ? plateOf(backdrop, reference.size) : undefined;
  if (!plate) return { background: backdrop, reference };
  return { background: 'drawn', reference: onOtherPlate(reference, plate) };
}

/** Says once that a picture has no hands to refine. */
function tellUnrefined(drawer: ClipDrawer, warn: (sentence: string) => void): ClipDrawer {
  let warned = false;
  return {
    ...drawer,
    draw: async (job, signal) => {
      const frame = await drawer.draw(job, signal);
      if (frame.refined === false && !warned) {
        warned = true;
        warn(
          `No hands are found in frame ${job.pose.index}, so none are refined there: it stays as it is, and so may others.`,
        );
      }
      return frame;
    },
  };
}

function tellDevices(runner: BundleRunner, { watch }: GenerateOptions): void {
  for (const { problem, repairable } of runner.devices) {
    if (problem && repairable) watch?.events?.emit('note', { kind: 'device', sentence: problem });
  }
  watch?.events?.emit('note', { kind: 'device', sentence: `Running on ${runner.device}.` });
}
