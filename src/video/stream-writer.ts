import { once } from 'node:events';
import { Writable } from 'node:stream';
import { OutputError, UsageError } from '../errors.js';
import type { Picture } from '../picture.js';
import { asOutputError, cancelled, type FrameEncoder, startEncoder } from './encoder.js';
import { type EncodingPlan, type StreamContainer, streamCommand } from './ffmpeg-args.js';
import { evenPicture, withChannels } from './layout.js';
import type { VideoMetadata } from './metadata.js';
import type { FinishedVideo, VideoWriter } from './writer.js';
import { xmpBox } from './xmp.js';

/** The output's name that means standard output. */
export const STANDARD_OUTPUT = '-';
/** Its name in sentences. */
const NAME = 'standard output';

/** What a stream is made of. */
export interface StreamState {
  readonly ffmpeg: string;
  readonly plan: EncodingPlan;
  readonly container: StreamContainer;
  /** Size of the caller's pictures. */
  readonly width: number;
  readonly height: number;
  readonly metadata: VideoMetadata;
  readonly target: Writable;
  readonly signal?: AbortSignal;
}

/** A video on its way through a pipe: nothing is kept, so that a broken run begins again. */
export class StreamWriter implements VideoWriter {
  readonly path = STANDARD_OUTPUT;
  readonly resumedFrames = 0;
  nextFrame = 0;
  private bytes = 0;
  private failure: unknown;
  private readonly stopper = new AbortController();
  private readonly counted: Writable;
  private readonly encoder: FrameEncoder;

  constructor(private readonly state: StreamState) {
    const { ffmpeg, plan, container, metadata, target, signal } = state;
    this.counted = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.bytes += chunk.length;
        target.write(chunk, (error) => done(error));
      },
    });
    this.counted.on('error', (error) => {
      this.failure ??= asOutputError(NAME, error);
      this.stopper.abort();
    });
    signal?.addEventListener('abort', this.cancel, { once: true });
    if (signal?.aborted) this.cancel();
    const run = { ffmpeg, output: NAME, signal: this.stopper.signal };
    this.encoder = startEncoder({ ...streamCommand(plan, container, metadata), target: this.counted }, run);
  }

  /** Its encoder is started when it is opened. */
  async begin(): Promise<void> {}

  async write(picture: Picture): Promise<void> {
    const { width, height } = this.state;
    if (picture.width !== width || picture.height !== height)
      throw new UsageError(
        'HF_PICTURE_SIZE',
        `The picture for frame ${this.nextFrame} is ${picture.width} x ${picture.height}, but the video is ${width} x ${height}: give pictures of one size.`,
        { frame: this.nextFrame },
      );
    await this.guarded(() => this.encoder.write(evenPicture(withChannels(picture, 3)).data));
    this.nextFrame += 1;
  }

  async finish(): Promise<FinishedVideo> {
    if (this.nextFrame === 0) {
      await this.abort();
      throw new OutputError(
        'HF_OUTPUT_NO_FRAMES',
        'The video would have no frames: give a clip with at least one.',
      );
    }
    await this.guarded(async () => {
      const flushed = once(this.counted, 'finish');
      // It also fails while the encoder is waited for, which then ends with the same cause.
      flushed.catch(() => undefined);
      await this.encoder.end();
      if (this.state.container === 'mp4') this.counted.write(xmpBox(this.state.metadata));
      this.counted.end();
      await flushed;
    });
    this.state.signal?.removeEventListener('abort', this.cancel);
    return { path: this.path, frames: this.nextFrame, bytes: this.bytes };
  }

  async abort(): Promise<void> {
    this.state.signal?.removeEventListener('abort', this.cancel);
    await this.encoder.kill();
  }

  private readonly cancel = () => {
    this.failure ??= cancelled(NAME);
    this.stopper.abort();
  };

  private async guarded(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      await this.abort();
      throw this.failure ?? error;
    }
  }
}
