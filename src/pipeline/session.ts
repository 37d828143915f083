import { concatMap, filter, map, mergeMap, Observable, tap } from 'rxjs';
import { PoseFileError, UsageError } from '../errors.js';
import type { Bundle, BundleRunner } from '../models/index.js';
import type { Manifest } from '../models/manifest.js';
import type { Picture } from '../picture.js';
import {
  MEND_NOTHING,
  type MendOptions,
  mendClip,
  openPoseClip,
  type PoseClip,
  type PoseFrame,
  prepareFrames,
} from '../pose/index.js';
import type { Background } from '../stages/composite.js';
import { drawConditions } from '../stages/conditions/index.js';
import type { HandCrop } from '../stages/hand-crops.js';
import { drawFrame, type Intermediates, type Method } from '../stages/two-stage.js';
import { type Engine, openEngine } from './engine.js';
import { type Choices, makeMethod, settle } from './method.js';
import type { GenerateOptions } from './options.js';
import { loadPreset, type Preset, type PresetOverrides } from './preset.js';
import { chooseSigner, handCrops, type Signer } from './signer.js';
import { smallSigner } from './small-signer.js';
import { Credits, endOnAbort, inOrder, pull } from './stream.js';

/** One finished picture of the clip. */
export interface GeneratedFrame {
  /** Position in the generated clip, from 0. */
  readonly index: number;
  /** Seconds from its beginning. */
  readonly time: number;
  /** Square, of the bundle's size; RGBA where the background is transparent. */
  readonly picture: Picture;
  /** What was drawn, in pixels of the picture. */
  readonly pose: PoseFrame;
  /** Where `watch.intermediates` asked for them. */
  readonly intermediates?: Intermediates;
}

export interface FramesOptions {
  /** Frames to leave out at the beginning, because they are there already; the crops' filter still sees them. */
  readonly skip?: number;
  /** Frames after those to draw, by their place in the generated clip; default all. The crops' filter sees the others too. */
  readonly only?: (index: number) => boolean;
  /**
   * Takes each frame, in order, before it is emitted. Reading and drawing wait for it: this is the stream's
   * back-pressure, which a subscriber of an Observable cannot exert.
   */
  readonly sink?: (frame: GeneratedFrame) => Promise<void>;
}

interface Job {
  readonly index: number;
  /** Place among the frames that are drawn. */
  readonly turn: number;
  readonly pose: PoseFrame;
  readonly crops: readonly HandCrop[];
}

const LOOK_AHEAD = 2;

/** Everything of a run that is opened once. */
interface SessionParts {
  readonly options: GenerateOptions;
  readonly clip: PoseClip;
  readonly engine: Engine;
  readonly preset: Preset;
  readonly choices: Choices;
  readonly signer: Signer;
  readonly method: Method;
  /** In the order of opening. */
  readonly opened: readonly { close(): Promise<void> }[];
}

/** A clip, a signer and a method, opened and ready; the frames can be drawn more than once. */
export class Session {
  private constructor(private readonly parts: SessionParts) {}

  /**
   * Opens everything a run needs; what was opened is closed again when the rest fails. Throws `HandfirstError`s. An
   * `engine` that is kept for several sessions stays open, and its bundle and device are used instead of the options'.
   */
  static async open(options: GenerateOptions, engine?: Engine): Promise<Session> {
    return new Session(await openParts(options, engine));
  }

  get clip(): PoseClip {
    return this.parts.clip;
  }

  get bundle(): Bundle {
    return this.parts.engine.bundle;
  }

  get runner(): BundleRunner {
    return this.parts.engine.runner;
  }

  get preset(): Preset {
    return this.parts.preset;
  }

  get choices(): Choices {
    return this.parts.choices;
  }

  get signer(): Signer {
    return this.parts.signer;
  }

  /** Side of the pictures in pixels. */
  get size(): number {
    return this.bundle.manifest.body.autoencoder.size;
  }

  /** Frames that will be drawn, where the file says how many it has. */
  get frameCount(): number | undefined {
    const { from = 0, to = Infinity } = this.parts.options.source?.range ?? {};
    const { frameCount } = this.clip.info;
    return frameCount === undefined ? undefined : Math.max(0, Math.min(to, frameCount) - from);
  }

  /** Draws the clip. Every subscription starts over; unsubscribing or the options' signal ends it at once. */
  frames({ skip = 0, only, sink }: FramesOptions = {}): Observable<GeneratedFrame> {
    const { signal, runtime } = this.parts.options;
    const ahead = runtime?.lookAhead ?? LOOK_AHEAD;
    return new Observable<GeneratedFrame>((subscriber) => {
      const stop = new AbortController();
      const credits = new Credits(ahead + 1);
      const crops = handCrops(this.bundle.manifest, this.preset);
      subscriber.add(() => stop.abort());
      return pull(this.poses(), credits)
        .pipe(
          map((pose, index) => ({ index, pose, crops: this.preset.hand.draw ? crops.next(pose) : [] })),
          filter(({ index }) => {
            const wanted = index >= skip && (only?.(index) ?? true);
            if (!wanted) credits.give();
            return wanted;
          }),
          map((job, turn) => ({ ...job, turn })),
          mergeMap(async (job) => ({ turn: job.turn, frame: await this.draw(job, stop.signal) }), ahead),
          inOrder(({ turn }) => turn),
          concatMap(async ({ frame }) => {
            await sink?.(frame);
            return frame;
          }),
          tap(() => credits.give()),
          endOnAbort(signal),
        )
        .subscribe(subscriber);
    });
  }

  async close(): Promise<void> {
    for (const resource of [...this.parts.opened].reverse()) await resource.close();
  }

  private async draw({ index, pose, crops }: Job, signal: AbortSignal): Promise<GeneratedFrame> {
    const keep = this.parts.options.watch?.intermediates ?? false;
    const drawn = await drawFrame(this.parts.method, pose, crops, { signal, keep });
    return { index, time: index / this.clip.info.fps, pose, ...drawn };
  }

  private tellSmall(pose: PoseFrame): void {
    const sentence = smallSigner(pose, this.size);
    if (sentence) this.parts.options.watch?.note?.({ kind: 'warning', sentence });
  }

  private async *poses(): AsyncGenerator<PoseFrame> {
    const {
      fit,
      mend: { maxGap, mirror, swaps, wrist, bones, smooth } = {},
      range,
    } = this.parts.options.source ?? {};
    const { from = 0, to = Infinity } = range ?? {};
    const mend = { mirror, swaps, wrist, bones, smooth };
    const place = { width: this.size, height: this.size, fit, maxGap, mend };
    let at = 0;
    for await (const pose of prepareFrames(this.clip, place)) {
      if (at >= to) return;
      if (at++ < from) continue;
      if (at === from + 1 && (fit ?? 'keep') === 'keep') this.tellSmall(pose);
      yield pose;
    }
    if (at <= from) {
      throw new PoseFileError(
        `${this.parts.options.input} has ${at} frames, so there is none from frame ${from} on: give a --range within it.`,
      );
    }
  }
}

async function openParts(options: GenerateOptions, kept?: Engine): Promise<SessionParts> {
  const { source = {}, method = {}, look = {}, runtime = {}, signal } = options;
  checkRange(source.range);
  checkLookAhead(runtime.lookAhead);
  const preset = loadPreset(method.preset, method.overrides);
  const clip = reshaped(await openPoseClip(options.input, source), source.mend);
  const opened: { close(): Promise<void> }[] = [clip];
  try {
    const engine = kept ?? (await openEngine(options));
    if (!kept) opened.push(engine);
    const { bundle, runner, tokenizer } = engine;
    const { manifest } = bundle;
    const background = look.background ?? 'drawn';
    checkBackground(background, manifest);
    const warn = (sentence: string): void => options.watch?.note?.({ kind: 'warning', sentence });
    const choices = settle(manifest, preset, strictSteps(method.overrides), warn);
    tellDevices(runner, options);
    const parts = { manifest, runner, draw: drawConditions };
    const signer = await chooseSigner({ ...parts, tokenizer, preset, choices, warn }, look, signal);
    const { look: seen, seed } = signer;
    const ready = makeMethod({ ...parts, look: seen, seed, background }, preset, choices);
    return { options, clip, engine, preset, choices, signer, method: ready, opened };
  } catch (error) {
    for (const resource of opened.reverse()) await resource.close();
    throw error;
  }
}

/** What changes the clip's rate or the picture's shape comes before all else; the rest is mended frame by frame. */
function reshaped(clip: PoseClip, { aspect, fps }: MendOptions = {}): PoseClip {
  return aspect === undefined && fps === undefined ? clip : mendClip(clip, { ...MEND_NOTHING, aspect, fps });
}

/** Where the user named the number of steps. */
function strictSteps({ hand, body }: PresetOverrides = {}): { hand: boolean; body: boolean } {
  return { hand: hand?.steps !== undefined, body: body?.steps !== undefined };
}

function checkBackground(background: Background, manifest: Manifest): void {
  if (background === 'drawn' || manifest.body.denoiser.outputs.mask !== undefined) return;
  throw new UsageError(
    `The bundle "${manifest.name}" gives no mask of the person, so --background cannot replace what is behind it: leave it out, or choose a bundle whose body denoiser has a mask output.`,
  );
}

function checkRange(range: { from: number; to?: number } | undefined): void {
  if (!range) return;
  const { from, to } = range;
  if (Number.isInteger(from) && from >= 0 && (to === undefined || (Number.isInteger(to) && to > from)))
    return;
  throw new UsageError(
    `The range ${from}:${to ?? ''} makes no sense: give --range FROM:TO with 0 <= FROM < TO.`,
  );
}

function checkLookAhead(lookAhead: number | undefined): void {
  if (lookAhead === undefined || (Number.isInteger(lookAhead) && lookAhead >= 1 && lookAhead <= 64)) return;
  throw new UsageError(
    `A look-ahead of ${lookAhead} frames makes no sense: give a whole number from 1 to 64.`,
  );
}

function tellDevices(runner: BundleRunner, { watch }: GenerateOptions): void {
  for (const { problem } of runner.devices) {
    if (problem) watch?.note?.({ kind: 'device', sentence: problem });
  }
  watch?.note?.({ kind: 'device', sentence: `Running on ${runner.device}.` });
}
