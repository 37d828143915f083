import { lastValueFrom, take } from 'rxjs';
import type { Picture } from '../picture.js';
import { drawSkeleton } from '../pose/index.js';
import { readVideoFrames, sideBySide } from '../video/index.js';
import type { RenderOptions } from './options.js';
import type { GeneratedFrame, Session } from './session.js';
import { endOnAbort } from './stream.js';

/**
 * Frames in work for each thread that draws, where they are written as they come: no thread waits for the encoder, which takes a frame in a
 * moment and then none for a while. With three frames for two threads these drew for 92 % of the time, with sixteen for 97, in as much memory.
 */
const AHEAD = 8;

/** Which of a clip's frames are drawn. */
export interface PictureRange {
  /** Frames to leave out at the beginning. */
  readonly skip: number;
  /** Frames after those; default all. */
  readonly count?: number;
}

/**
 * Draws frames of a clip as the video shows them, with what stands beside the signer, and hands them to `sink` in order. They are the
 * same whatever range they are drawn in: all that runs along the clip is made of its keypoints from the first frame on.
 */
export async function drawPictures(
  session: Session,
  { output, source, signal }: Pick<RenderOptions, 'output' | 'source' | 'signal'>,
  { skip, count }: PictureRange,
  sink: (picture: Picture, index: number) => Promise<void>,
): Promise<void> {
  if (count === 0) return;
  const { layout = 'plain', sourceVideo } = output;
  const beside =
    sourceVideo === undefined
      ? undefined
      : sourcePictures(sourceVideo, session, (source?.range?.from ?? 0) + skip, signal);
  const left = async ({ pose }: GeneratedFrame): Promise<Picture | undefined> => {
    if (layout === 'skeleton')
      return drawSkeleton(pose, session.size, session.size, { hands: true, face: true });
    return beside?.next();
  };
  const write = async (frame: GeneratedFrame): Promise<void> => {
    const other = await left(frame);
    await sink(other ? sideBySide(other, frame.picture) : frame.picture, frame.index);
  };
  const only = count === undefined ? undefined : (index: number): boolean => index < skip + count;
  const frames = session
    .frames({ skip, only, ahead: AHEAD * session.workers, sink: write })
    .pipe(endOnAbort(signal));
  try {
    await lastValueFrom(count === undefined ? frames : frames.pipe(take(count)), { defaultValue: undefined });
  } finally {
    await beside?.close();
  }
}

/** The source video's pictures one by one; the last one goes on where the video is shorter than the keypoints. */
function sourcePictures(path: string, session: Session, firstFrame: number, signal: AbortSignal | undefined) {
  const { size, clip } = session;
  const video = { width: size, height: size, fps: clip.info.fps, signal };
  const frames = readVideoFrames(path, { ...video, firstFrame });
  let last: Picture | undefined;
  return {
    async next(): Promise<Picture> {
      const { done, value } = await frames.next();
      if (!done) last = value;
      // The video ended before the first frame that is drawn: its last picture is found from its beginning.
      last ??= await lastPicture(readVideoFrames(path, video));
      last ??= { width: size, height: size, channels: 3, data: new Uint8Array(size * size * 3) };
      return last;
    },
    async close(): Promise<void> {
      await frames.return(undefined);
    },
  };
}

async function lastPicture(frames: AsyncIterable<Picture>): Promise<Picture | undefined> {
  let last: Picture | undefined;
  for await (const picture of frames) last = picture;
  return last;
}
