import { CancelledError } from '../errors.js';
import type { Picture } from '../picture.js';
import { drawSkeleton, type SkeletonOptions } from './draw-skeleton.js';
import type { PoseClip } from './pose-frame.js';
import { type PrepareOptions, prepareFrames } from './prepare-frames.js';

/** Takes pictures in order and makes a video of them: the part of a video writer that drawing needs. */
export interface PictureSink {
  /** Frames that need not be written again (an earlier run has them). */
  readonly nextFrame: number;
  /** Takes the next picture; resolves when another may come. */
  write(picture: Picture): Promise<void>;
  /** Gives the file its name. */
  finish(): Promise<unknown>;
  /** Removes what was written. */
  abort(): Promise<void>;
}

/** How a clip is drawn. */
export interface DrawVideoOptions extends PrepareOptions, Partial<SkeletonOptions> {
  readonly signal?: AbortSignal;
  /** Called after each frame with the number that are done. */
  readonly progress?: (frames: number) => void;
}

/** Draws every frame of a clip in OpenPose's colours into `sink`, and finishes it; gives the number of frames. On failure the sink is aborted. */
export async function drawPoseVideo(
  clip: PoseClip,
  sink: PictureSink,
  options: DrawVideoOptions,
): Promise<number> {
  const { width, height, hands = true, face = true, scale, signal, progress } = options;
  let frames = 0;
  try {
    for await (const frame of prepareFrames(clip, options)) {
      if (signal?.aborted)
        throw new CancelledError('HF_CANCELLED', 'The drawing was cancelled before it was finished.');
      if (frames >= sink.nextFrame)
        await sink.write(drawSkeleton(frame, width, height, { hands, face, scale }));
      frames += 1;
      progress?.(frames);
    }
    await sink.finish();
  } catch (error) {
    await sink.abort();
    throw error;
  }
  return frames;
}
