import { counted } from '../counted.js';
import { CancelledError, UsageError } from '../errors.js';
import { openPoseWriter, type PoseWriter } from '../pose/index.js';
import { probeVideo, readVideoFrames } from '../video/index.js';
import { type ClipDetector, type Detection, openDetector } from './detector.js';
import type { Complexity } from './models.js';

/** How a video is looked through for keypoints. */
export interface ExtractOptions {
  /** Frames a second to look at, dropped or repeated; absent: the video's own. */
  readonly fps?: number;
  /** Size of the body's network. Default 1. */
  readonly complexity?: Complexity;
  /** Whether the body's points are kept calm. Default true. */
  readonly smooth?: boolean;
  readonly force?: boolean;
  /** Called after each frame. */
  readonly progress?: (frames: { done: number; total?: number }) => void;
  readonly signal?: AbortSignal;
}

/** How many frames were looked at. */
export interface Extracted {
  readonly frames: number;
  /** Frames that show a person. */
  readonly found: number;
}

/**
 * Finds the signer in each frame of a video and writes the 133 points as `.pose` or `.jsonl`, by the output's name. The file gets its
 * name when it is whole. Memory does not grow with the video.
 *
 * @throws UsageError for what is no video, does not say its rate, or shows no person; OutputError, DeviceError, EncoderError, CancelledError
 */
export async function extractPose(
  video: string,
  output: string,
  options: ExtractOptions = {},
): Promise<Extracted> {
  const { complexity, smooth, force = false, signal } = options;
  const { width, height, fps: own, frames: total } = await probeVideo(video);
  const fps = options.fps ?? own;
  if (fps === undefined) {
    throw new UsageError(
      'HF_FIELD_MISSING',
      `${video} does not say its frames per second; give \`fps\`, such as 25.`,
      { file: video, field: 'fps' },
    );
  }
  const writer = await openPoseWriter(output, { info: { fps, width, height }, depth: true, force });
  try {
    const detector = await openDetector({ complexity, signal });
    try {
      const source = readVideoFrames(video, { width, height, fps, signal });
      const expected = options.fps === undefined || total === undefined ? total : undefined;
      const tell = (done: number) => options.progress?.({ done, total: expected });
      const stated = await writeAll(source, detector.openClip({ fps, smooth }), writer, tell);
      if (signal?.aborted)
        throw new CancelledError('HF_CANCELLED', `Looking at ${video} was cancelled.`, { file: video });
      if (stated.found === 0) {
        throw new UsageError(
          'HF_NOBODY_FOUND',
          `No person was found in the ${counted(stated.frames, 'frame')} of ${video}: name a video that shows one person from the front, head and hands included.`,
          { file: video },
        );
      }
      await writer.finish();
      return stated;
    } finally {
      await detector.close();
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Writes what is found in each picture; the next picture is decoded while one is looked at. */
async function writeAll(
  pictures: AsyncIterable<Parameters<ClipDetector['next']>[0]>,
  clip: ClipDetector,
  writer: PoseWriter,
  tell: (done: number) => void,
): Promise<Extracted> {
  let frames = 0;
  let found = 0;
  let waiting: Promise<Detection> | undefined;
  const settle = async () => {
    const detection = await waiting;
    waiting = undefined;
    if (!detection) return;
    await writer.write(detection.frame);
    frames += 1;
    if (detection.found) found += 1;
    tell(frames);
  };
  try {
    for await (const picture of pictures) {
      await settle();
      waiting = clip.next(picture);
      // Where decoding fails first, this one's failure must not be lost.
      waiting.catch(() => undefined);
    }
    await settle();
  } finally {
    clip.end();
  }
  return { frames, found };
}
