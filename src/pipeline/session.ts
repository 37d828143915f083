import { setMaxListeners } from 'node:events';
import { concatMap, filter, map, mergeMap, Observable, tap } from 'rxjs';
import { counted } from '../counted.js';
import { PoseFileError } from '../errors.js';
import type { Bundle, BundleRunner } from '../models/index.js';
import type { Picture } from '../picture.js';
import { type Placement, type PoseClip, type PoseFrame, prepareFrames } from '../pose/index.js';
import type { Area } from '../stages/area.js';
import type { HandCrop } from '../stages/hand-crops.js';
import type { Intermediates } from '../stages/two-stage.js';
import type { Precision } from './choice/precisions.js';
import type { Spent } from './draw/draw-pool.js';
import type { Engine } from './engine.js';
import { nameOf } from './input.js';
import type { Choices } from './method.js';
import { type OpenHooks, openParts, type SessionParts } from './open-session.js';
import type { GenerateOptions } from './options.js';
import { placementOf } from './placing.js';
import type { Preset } from './preset.js';
import { handCrops, type Signer } from './signer.js';
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

/** Which frames of a session are drawn, and who takes them. */
export interface FramesOptions {
  /** Frames to leave out at the beginning, because they are there already; the crops' filter still sees them. */
  readonly skip?: number;
  /** Frames after those to draw, by their place in the generated clip; default all. The crops' filter sees the others too. */
  readonly only?: (index: number) => boolean;
  /** Frames in work at a time where the options leave that open; default: one a thread that draws, and one that waits. */
  readonly ahead?: number;
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

/** A clip, a signer and a method, opened and ready; the frames can be drawn more than once. */
export class Session {
  private constructor(private readonly parts: SessionParts) {}

  /**
   * Opens everything a run needs; what was opened is closed again when the rest fails. Throws `HandfirstError`s. An
   * `engine` that is kept for several sessions stays open, and its bundle and device are used instead of the options'.
   */
  static async open(options: GenerateOptions, engine?: Engine, hooks?: OpenHooks): Promise<Session> {
    return new Session(await openParts(options, engine, hooks));
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

  get precision(): Precision {
    return this.parts.precision;
  }

  /** Threads within a graph; undefined where a graphics processor draws. */
  get graphThreads(): number | undefined {
    return this.runner.device === 'cpu' ? this.parts.engine.pool.graphThreads : undefined;
  }

  /** The part of the picture that the body stage draws; undefined: all. */
  get area(): Area | undefined {
    return this.parts.area;
  }

  /** Where the clip lies in the picture. */
  get placement(): Placement {
    return placementOf(this.parts.clip, this.parts.place);
  }

  /** Frames that are drawn at a time. */
  get workers(): number {
    return this.parts.engine.pool.workers;
  }

  /** What all workers of the engine have spent drawing so far. */
  get spent(): Spent {
    return this.parts.engine.pool.spent;
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

  /** Frames that will be drawn; undefined of a clip that comes live and does not say. */
  get frameCount(): number | undefined {
    const { from = 0, to = Infinity } = this.parts.options.source?.range ?? {};
    const frameCount = this.clip.live ? this.clip.info.frameCount : this.parts.place.statistics?.frames;
    return frameCount === undefined ? undefined : Math.max(0, Math.min(to, frameCount) - from);
  }

  /** Draws the clip. Every subscription starts over; unsubscribing or the options' signal ends it at once. */
  frames({ skip = 0, only, ahead: usual, sink }: FramesOptions = {}): Observable<GeneratedFrame> {
    const { signal, runtime } = this.parts.options;
    const ahead = runtime?.lookAhead ?? usual ?? this.workers + 1;
    return new Observable<GeneratedFrame>((subscriber) => {
      const stop = new AbortController();
      // Each frame in work listens to it: with a long look-ahead Node would call that a leak.
      setMaxListeners(0, stop.signal);
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

  /** Closes what the session opened. */
  async close(): Promise<void> {
    for (const resource of [...this.parts.opened].reverse()) await resource.close();
  }

  private async draw({ index, pose, crops }: Job, signal: AbortSignal): Promise<GeneratedFrame> {
    const keep = this.parts.options.watch?.intermediates ?? false;
    const drawn = await this.parts.drawer.draw({ pose, crops, keep }, signal);
    return { index, time: index / this.clip.info.fps, pose, ...drawn };
  }

  private tellSmall(pose: PoseFrame): void {
    const sentence = smallSigner(pose, this.size);
    if (sentence) this.parts.options.watch?.events?.emit('note', { kind: 'warning', sentence });
  }

  private async *poses(): AsyncGenerator<PoseFrame> {
    const { options, place } = this.parts;
    const { from = 0, to = Infinity } = options.source?.range ?? {};
    let at = 0;
    for await (const pose of prepareFrames(this.clip, place)) {
      if (at >= to) return;
      if (at++ < from) continue;
      if (at === from + 1 && place.framing === 'source') this.tellSmall(pose);
      yield pose;
    }
    if (at <= from) {
      throw new PoseFileError(
        'HF_POSE_RANGE',
        `${nameOf(this.parts.options.input)} has ${counted(at, 'frame')}, so there is none from frame ${from} on: give a \`range\` within it.`,
        { file: nameOf(this.parts.options.input), frame: from, field: 'range' },
      );
    }
  }
}
