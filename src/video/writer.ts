import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OutputError, UsageError } from '../errors.js';
import type { Picture } from '../picture.js';
import type { AudioTrack } from './audio.js';
import type { Caption } from './captions.js';
import type { Credentials } from './credentials.js';
import { asOutputError, cancelled } from './encoder.js';
import { FORMATS } from './format.js';
import { artifactPath, digestOutput, joinSegments, sizeOfOutput } from './join.js';
import { appendJournal, JOURNAL, type Journal, type SegmentRecord } from './journal.js';
import { encoderPicture } from './layout.js';
import type { VideoMetadata } from './metadata.js';
import { checkOutput, type OutputPlace, publish } from './output.js';
import { beginSegment, type OpenSegment, type Workplace } from './segments.js';

/** A video that has been written whole. */
export interface FinishedVideo {
  /** Absolute path. */
  readonly path: string;
  readonly frames: number;
  /** Size of the file; of a PNG folder, of its sidecar. */
  readonly bytes: number;
}

/** A video that is being written, frame by frame, one `write` at a time. */
export interface VideoWriter {
  /** Absolute path of the output. */
  readonly path: string;
  /**
   * Index of the frame that the next `write` takes: 0, or, where a killed run is continued, the first frame that is not
   * safely on the disk. The frames before it must not be written again. It is the clip's length when only the end is missing.
   */
  readonly nextFrame: number;
  /** Frames that an earlier run had finished when this writer was opened. */
  readonly resumedFrames: number;
  /** Starts the encoder, for which the first frame need not wait then; `write` does so too. Nothing where no frame is left to write. */
  begin(): Promise<void>;
  /**
   * Takes a picture of the declared size; alpha is dropped or added as the video has it. Resolves when the next one is
   * welcome, and the picture's memory may be used again. A failure ends the writer: it cleans up and rejects.
   */
  write(picture: Picture): Promise<void>;
  /** Joins the segments, gives the output its name, and removes the work folder. */
  finish(): Promise<FinishedVideo>;
  /** Ends everything. Finished segments are removed, or with `keep` left for the next run. May be called at any time, and again. */
  abort(options?: { keep?: boolean }): Promise<void>;
}

/** What `openVideoWriter` has found and decided. */
export interface WriterState {
  readonly output: OutputPlace;
  readonly place: Workplace;
  readonly journal: Journal;
  /** Frames after the journal's that an earlier run has kept. */
  readonly kept: number;
  /** Size of the caller's pictures. */
  readonly width: number;
  readonly height: number;
  readonly metadata: VideoMetadata;
  readonly audio?: AudioTrack;
  /** Timed from the video's beginning. */
  readonly captions?: readonly Caption[];
  readonly credentials?: Credentials;
  readonly force: boolean;
  readonly keepOnFailure: boolean;
  /** The caller's; `place.signal` is the writer's own, which `stop` aborts. */
  readonly signal?: AbortSignal;
  stop(): void;
  unlock(): Promise<void>;
}

function framesOf(segments: readonly SegmentRecord[]): number {
  return segments.reduce((sum, segment) => sum + segment.frames, 0);
}

/** The writer of every format: segment after segment, then the join. */
export class SegmentedWriter implements VideoWriter {
  readonly resumedFrames: number;
  private readonly segments: SegmentRecord[];
  private segment: OpenSegment | undefined;
  /** Kept frames that are not in a segment yet. */
  private kept: number;
  private running: Promise<unknown> | undefined;
  private closing: Promise<void> | undefined;
  private finished = false;

  constructor(private readonly state: WriterState) {
    this.segments = [...state.journal.segments];
    this.kept = state.kept;
    this.resumedFrames = this.nextFrame;
    if (state.signal?.aborted) this.cancel();
    state.signal?.addEventListener('abort', this.cancel, { once: true });
  }

  get path(): string {
    return this.state.output.path;
  }

  get nextFrame(): number {
    return framesOf(this.segments) + (this.segment?.frames ?? this.kept);
  }

  begin(): Promise<void> {
    if (this.state.journal.joined) return Promise.resolve();
    return this.guarded(async () => void (await this.openSegment()));
  }

  write(picture: Picture): Promise<void> {
    return this.guarded(async () => {
      const { place, output } = this.state;
      this.check(picture);
      const segment = await this.openSegment();
      await segment.write(encoderPicture(picture, place.plan.alpha, FORMATS[output.format].even));
      if (segment.frames === place.plan.segmentFrames) await this.closeSegment();
    });
  }

  finish(): Promise<FinishedVideo> {
    return this.guarded(async () => {
      const { output, place, journal } = this.state;
      await this.takeKept();
      if (this.segment?.frames === 0) await this.discardSegment();
      if (this.segment) await this.closeSegment();
      const frames = this.nextFrame;
      if (frames === 0)
        throw new OutputError(
          'HF_OUTPUT_NO_FRAMES',
          `${output.name} would have no frames: give a clip with at least one.`,
          { file: output.name },
        );
      if (!(journal.joined && (await digestOutput(output.path, output.format)) === journal.joined.sha256)) {
        await this.joinOnce();
        await checkOutput(output, this.state.force);
        place.signal.throwIfAborted();
        await publish(artifactPath(place), output);
      }
      this.finished = true;
      await this.leave(false);
      return { path: output.path, frames, bytes: await sizeOfOutput(output.path, output.format) };
    });
  }

  async abort(options: { keep?: boolean } = {}): Promise<void> {
    this.closing ??= this.close(options.keep ?? this.state.keepOnFailure);
    await this.closing;
  }

  private readonly cancel = () => void this.abort().catch(() => {});

  /** Joins the segments, unless an earlier run already has. */
  private async joinOnce(): Promise<void> {
    const { place, journal, metadata, audio, captions, credentials } = this.state;
    if (
      journal.joined &&
      (await digestOutput(artifactPath(place), place.plan.format)) === journal.joined.sha256
    )
      return;
    const joinedWith = { metadata, audio, captions, credentials };
    const sha256 = await joinSegments(place, this.segments, joinedWith);
    const signed = credentials && { credentials: credentials.fingerprint };
    await appendJournal(place.folder, { kind: 'joined', frames: this.nextFrame, sha256, ...signed });
  }

  /** The segment that the next frame belongs to, with the frames of it that an earlier run has kept. */
  private async openSegment(): Promise<OpenSegment> {
    await this.takeKept();
    this.segment ??= await beginSegment(this.state.place, this.segments.length, this.nextFrame, 0);
    return this.segment;
  }

  private async takeKept(): Promise<void> {
    const { kept, segments } = this;
    const { place } = this.state;
    if (kept === 0) return;
    const segment = await beginSegment(place, segments.length, framesOf(segments), kept);
    this.segment = segment;
    this.kept = 0;
    if (segment.frames === place.plan.segmentFrames) await this.closeSegment();
  }

  private async closeSegment(): Promise<void> {
    if (this.segment) this.segments.push(await this.segment.close());
    this.segment = undefined;
  }

  private async discardSegment(): Promise<void> {
    await this.segment?.discard({ keep: false });
    this.segment = undefined;
  }

  private check({ width, height, channels, data }: Picture): void {
    const { state, segments } = this;
    const frame = `frame ${this.nextFrame} of ${state.output.name}`;
    if (width !== state.width || height !== state.height || data.length !== width * height * channels) {
      throw new UsageError(
        'HF_PICTURE_SIZE',
        `The picture for ${frame} is ${width} x ${height} with ${data.length} bytes, but the video is ${state.width} x ${state.height}: give pictures of one size.`,
      );
    }
    const last = segments.at(-1);
    if (last && last.frames < state.place.plan.segmentFrames) {
      throw new OutputError(
        'HF_OUTPUT_UNFINISHED',
        `${state.output.name} ended before ${frame} in an earlier run: add \`force: true\` to begin again.`,
        { file: state.output.name, field: 'force' },
      );
    }
  }

  /** Runs a step; a failure ends the writer, and becomes a sentence. */
  private async guarded<T>(step: () => Promise<T>): Promise<T> {
    const { name } = this.state.output;
    if (this.closing || this.finished) throw cancelled(name);
    const running = step();
    this.running = running;
    try {
      return await running;
    } catch (error) {
      // A step that `abort` took the ground from fails with whatever it was doing.
      const wasCancelled = this.closing !== undefined;
      await this.abort();
      if (wasCancelled) throw cancelled(name);
      throw asOutputError(name, error);
    }
  }

  private async close(keep: boolean): Promise<void> {
    this.state.stop();
    await this.running?.catch(() => {});
    if (this.finished) return;
    const some = this.nextFrame > 0;
    await this.segment?.discard({ keep });
    await this.leave(keep && some);
  }

  private async leave(keep: boolean): Promise<void> {
    this.state.signal?.removeEventListener('abort', this.cancel);
    const { folder } = this.state.place;
    if (keep) return this.state.unlock();
    // The journal goes last: a run that is killed in here still knows that it had finished.
    for (const name of await readdir(folder).catch(() => [])) {
      if (name !== JOURNAL) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
