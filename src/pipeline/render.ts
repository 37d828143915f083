import { CancelledError, UsageError } from '../errors.js';
import {
  type Caption,
  checkVideo,
  checkVideoOutput,
  layoutSize,
  openVideoWriter,
  probeVideo,
  STANDARD_OUTPUT,
  type VideoWriter,
} from '../video/index.js';
import { placeOutput } from '../video/output.js';
import { captionsFrom, openBeside, writeBeside } from './beside.js';
import { begunOf } from './choice/begun.js';
import type { Spent } from './draw/draw-pool.js';
import type { Engine } from './engine.js';
import type { ClipFacts } from './open-session.js';
import type { OutputOptions, RenderOptions } from './options.js';
import { drawPictures } from './pictures.js';
import { provenance } from './provenance.js';
import { Session } from './session.js';

/** What `render` made, and how long it took. */
export interface RenderResult {
  /** Absolute path of the video. */
  readonly path: string;
  /** Absolute paths of what was written beside it. */
  readonly captionsFile?: string;
  readonly contactSheet?: string;
  readonly frames: number;
  /** Frames a second, as played. */
  readonly fps: number;
  readonly bytes: number;
  /** Frames that an earlier run had finished. */
  readonly resumedFrames: number;
  /** `cuda`, `webgpu` or `cpu`. */
  readonly device: string;
  /** Milliseconds from the call to the first frame, and to the end. */
  readonly firstFrameMs: number;
  readonly totalMs: number;
  /** Share of the workers' time, from opening to the end, that they spent drawing, and inside ONNX Runtime alone: 0..1. */
  readonly busyShare: number;
  readonly runtimeShare: number;
  /** Milliseconds of drawing a frame, and inside ONNX Runtime by graph; of the frames that were drawn now. */
  readonly frameMs: number;
  readonly graphMs: Readonly<Record<string, number>>;
}

/**
 * Draws the clip into a video. Rejects with one `HandfirstError`; then nothing stands under the output's name, and
 * finished segments wait beside it for the next run of the same options. An `engine` of `openEngine` stays open for the next clip.
 */
export async function render(options: RenderOptions, engine?: Engine): Promise<RenderResult> {
  const start = performance.now();
  const { output } = options;
  checkLayout(output);
  await checkVideoOutput(output.path, { force: output.force });
  const beside = await openBeside(options);
  const session = await Session.open(options, engine, {
    before: (facts) => checkFacts(facts, options),
    begun: output.resume === false ? {} : await begunOf(output.path),
  });
  try {
    const opened = performance.now();
    const before = session.spent;
    const captions = captionsFrom(beside.captions, options.source?.range?.from ?? 0, session.clip.info.fps);
    const writer = await openWriter(session, options, captions);
    try {
      let first: number | undefined;
      await writeAll(session, writer, options, () => {
        first ??= performance.now();
      });
      const finished = await writer.finish();
      const { fps } = session.clip.info;
      const size = layoutSize(output.layout ?? 'plain', session.size, session.size);
      const video = { ...finished, ...size, fps };
      const written = await writeBeside(beside, captions, video, options.signal);
      const end = performance.now();
      return {
        ...finished,
        ...written,
        fps,
        resumedFrames: writer.resumedFrames,
        device: session.runner.device,
        firstFrameMs: (first ?? end) - start,
        totalMs: end - start,
        ...usage(before, session, { frames: finished.frames - writer.resumedFrames, ms: end - opened }),
      };
    } catch (error) {
      await writer.abort({ keep: true });
      throw error instanceof CancelledError ? cancelled(output.path, writer.nextFrame) : error;
    }
  } finally {
    await session.close();
  }
}

/** What the workers did in `ms` milliseconds, in which `frames` frames were drawn. */
function usage(
  before: Spent,
  { spent, workers }: Session,
  { frames, ms }: { frames: number; ms: number },
): Pick<RenderResult, 'busyShare' | 'runtimeShare' | 'frameMs' | 'graphMs'> {
  const drawing = spent.drawing - before.drawing;
  const graphs = Object.entries(spent.graphs).map(
    ([graph, total]) => [graph, total - (before.graphs[graph] ?? 0)] as const,
  );
  const inside = graphs.reduce((sum, [, time]) => sum + time, 0);
  const each = (time: number): number => time / Math.max(1, frames);
  return {
    busyShare: drawing / (workers * ms),
    runtimeShare: inside / (workers * ms),
    frameMs: each(drawing),
    graphMs: Object.fromEntries(graphs.map(([graph, time]) => [graph, each(time)])),
  };
}

/** What shows of the video before models are loaded: sizes, encoding, sound, the source beside it, another run, space. */
async function checkFacts(
  { manifest, clip, frames }: ClipFacts,
  { output, look }: RenderOptions,
): Promise<void> {
  const { path, layout = 'plain', audio, captions, encoding, credentials, sourceVideo } = output;
  const { size } = manifest.body.autoencoder;
  const picture = { ...layoutSize(layout, size, size), fps: clip.info.fps };
  await checkVideo({
    path,
    ...picture,
    alpha: look?.background === 'transparent',
    audio,
    captions,
    encoding,
    credentials,
    frames,
  });
  if (sourceVideo !== undefined) await probeVideo(sourceVideo);
}

/** Says what a cancelled run leaves behind. */
function cancelled(path: string, frames: number): CancelledError {
  if (frames === 0 || path === STANDARD_OUTPUT)
    return new CancelledError('HF_CANCELLED', 'Cancelled; nothing was written.');
  return new CancelledError(
    'HF_CANCELLED',
    `Cancelled; ${frames} finished frames wait in ${placeOutput(path).work}, and the same command goes on from there.`,
    { file: path, frame: frames },
  );
}

function checkLayout({ layout, sourceVideo }: OutputOptions): void {
  if ((layout === 'source') === (sourceVideo !== undefined)) return;
  throw new UsageError(
    'HF_FIELDS_CONFLICT',
    layout === 'source'
      ? 'The source cannot stand beside the signer without its video: name it with `sourceVideo`.'
      : 'The source video is not used without `layout: source`: add that, or leave `sourceVideo` out.',
    { field: 'sourceVideo' },
  );
}

async function openWriter(
  session: Session,
  options: RenderOptions,
  captions: readonly Caption[] | undefined,
): Promise<VideoWriter> {
  const { output, look, signal } = options;
  const {
    path,
    container,
    stream,
    layout = 'plain',
    audio,
    encoding,
    credentials,
    force,
    resume = true,
  } = output;
  return openVideoWriter({
    path,
    container,
    stream,
    ...layoutSize(layout, session.size, session.size),
    fps: session.clip.info.fps,
    alpha: look?.background === 'transparent',
    metadata: await provenance(session, options),
    audio,
    captions,
    encoding,
    credentials,
    force,
    // Frames that come live cannot be asked for again.
    resume: resume && !session.clip.live ? 'auto' : 'never',
    onFailure: 'keep',
    signal,
  });
}

/** Draws what the writer has not got yet, and writes it. */
async function writeAll(
  session: Session,
  writer: VideoWriter,
  options: RenderOptions,
  written: () => void,
): Promise<void> {
  const skip = writer.nextFrame;
  const resumed = writer.resumedFrames;
  const total = session.frameCount;
  const tell = (done: number): void => {
    options.watch?.events?.emit('progress', { done, resumed, ...(total === undefined ? {} : { total }) });
  };
  tell(skip);
  if (skip !== total) await writer.begin();
  await drawPictures(session, options, { skip }, async (picture, index) => {
    await writer.write(picture);
    written();
    options.watch?.events?.emit('picture', picture);
    tell(index + 1);
  });
}
