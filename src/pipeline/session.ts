import { concatMap, filter, map, mergeMap, Observable, tap } from 'rxjs';
import { PoseFileError, UsageError } from '../errors.js';
import {
  type Bundle,
  type BundleRunner,
  createTokenizer,
  DEFAULT_BUNDLE,
  loadBundle,
  openRunner,
} from '../models/index.js';
import type { Manifest } from '../models/manifest.js';
import type { Picture } from '../picture.js';
import { openPoseClip, type PoseClip, type PoseFrame, prepareFrames } from '../pose/index.js';
import type { Background } from '../stages/composite.js';
import { drawConditions } from '../stages/conditions/index.js';
import type { HandCrop } from '../stages/hand-crops.js';
import { drawFrame, type Intermediates, type Method } from '../stages/two-stage.js';
import { type Choices, makeMethod, settle } from './method.js';
import type { GenerateOptions } from './options.js';
import { loadPreset, type Preset } from './preset.js';
import { chooseSigner, handCrops, type Signer } from './signer.js';
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
  /**
   * Takes each frame, in order, before it is emitted. Reading and drawing wait for it: this is the stream's
   * back-pressure, which a subscriber of an Observable cannot exert.
   */
  readonly sink?: (frame: GeneratedFrame) => Promise<void>;
}

interface Job {
  readonly index: number;
  readonly pose: PoseFrame;
  readonly crops: readonly HandCrop[];
}

const LOOK_AHEAD = 2;

/** Everything of a run that is opened once. */
interface SessionParts {
  readonly options: GenerateOptions;
  readonly clip: PoseClip;
  readonly bundle: Bundle;
  readonly runner: BundleRunner;
  readonly preset: Preset;
  readonly choices: Choices;
  readonly signer: Signer;
  readonly method: Method;
}

/** A clip, a signer and a method, opened and ready; the frames can be drawn more than once. */
export class Session {
  private constructor(private readonly parts: SessionParts) {}

  /** Opens everything a run needs; what was opened is closed again when the rest fails. Throws `HandfirstError`s. */
  static async open(options: GenerateOptions): Promise<Session> {
    return new Session(await openParts(options));
  }

  get clip(): PoseClip {
    return this.parts.clip;
  }

  get bundle(): Bundle {
    return this.parts.bundle;
  }

  get runner(): BundleRunner {
    return this.parts.runner;
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
  frames({ skip = 0, sink }: FramesOptions = {}): Observable<GeneratedFrame> {
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
            if (index < skip) credits.give();
            return index >= skip;
          }),
          mergeMap((job) => this.draw(job, stop.signal), ahead),
          inOrder(({ index }) => index, skip),
          concatMap(async (frame) => {
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
    await this.runner.close();
    await this.clip.close();
  }

  private async draw({ index, pose, crops }: Job, signal: AbortSignal): Promise<GeneratedFrame> {
    const keep = this.parts.options.watch?.intermediates ?? false;
    const drawn = await drawFrame(this.parts.method, pose, crops, { signal, keep });
    return { index, time: index / this.clip.info.fps, pose, ...drawn };
  }

  private async *poses(): AsyncGenerator<PoseFrame> {
    const { fit, maxGap, range } = this.parts.options.source ?? {};
    const { from = 0, to = Infinity } = range ?? {};
    let at = 0;
    for await (const pose of prepareFrames(this.clip, { width: this.size, height: this.size, fit, maxGap })) {
      if (at >= to) return;
      if (at++ >= from) yield pose;
    }
    if (at <= from) {
      throw new PoseFileError(
        `${this.parts.options.input} has ${at} frames, so there is none from frame ${from} on: give a --range within it.`,
      );
    }
  }
}

async function openParts(options: GenerateOptions): Promise<SessionParts> {
  const { source = {}, method = {}, look = {}, runtime = {}, signal } = options;
  checkRange(source.range);
  checkLookAhead(runtime.lookAhead);
  const preset = loadPreset(method.preset, method.overrides);
  const bundle = await loadBundle(method.bundle ?? DEFAULT_BUNDLE, { verify: method.verify });
  const { manifest } = bundle;
  const background = look.background ?? 'drawn';
  checkBackground(background, manifest);
  const warn = (sentence: string): void => options.watch?.note?.({ kind: 'warning', sentence });
  const { hand, body } = method.overrides ?? {};
  const strict = { hand: hand?.steps !== undefined, body: body?.steps !== undefined };
  const choices = settle(manifest, preset, strict, warn);
  const tokenizer = await createTokenizer(bundle);
  const clip = await openPoseClip(options.input, source);
  const opened: { close(): Promise<void> }[] = [clip];
  try {
    const runner = await openRunner(bundle, { device: runtime.device, threads: runtime.threads, signal });
    opened.push(runner);
    tellDevices(runner, options);
    const engine = { manifest, runner, draw: drawConditions };
    const signer = await chooseSigner({ ...engine, tokenizer, preset, choices, warn }, look, signal);
    const parts = { ...engine, look: signer.look, seed: signer.seed, background };
    const ready = makeMethod(parts, preset, choices);
    return { options, clip, bundle, runner, preset, choices, signer, method: ready };
  } catch (error) {
    for (const resource of opened.reverse()) await resource.close();
    throw error;
  }
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
