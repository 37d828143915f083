import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CancelledError, UsageError } from '../errors.js';
import type { Picture } from '../picture.js';
import { findFfmpeg } from './ffmpeg.js';
import { formatRational, type Rational, toRational } from './rational.js';

/** How a video is read: size and rate of the pictures, and where they begin. */
export interface SourceFrameOptions {
  /** Size in pixels of the pictures to make; the video is scaled to fit and padded with black. */
  width: number;
  height: number;
  /** Rate to which frames are dropped or repeated, so that frame i belongs to pose i. */
  fps: number | Rational;
  /** Frames to pass over at the beginning. Default 0. */
  firstFrame?: number;
  signal?: AbortSignal;
}

function decodeArguments(path: string, { width, height, fps, firstFrame = 0 }: SourceFrameOptions): string[] {
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease:flags=bicubic+accurate_rnd+full_chroma_int`;
  const filters = [
    `fps=${formatRational(toRational(fps))}`,
    ...(firstFrame > 0 ? [`select=gte(n\\,${firstFrame})`, 'setpts=PTS-STARTPTS'] : []),
    fit,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`,
    'format=rgb24',
  ];
  return [
    '-hide_banner',
    '-v',
    'error',
    '-nostdin',
    '-i',
    path,
    '-an',
    '-vf',
    filters.join(','),
    '-f',
    'rawvideo',
    'pipe:1',
  ];
}

/**
 * RGB frames of a video (or picture) at a given rate and size, pulled one at a time. ffmpeg waits while nobody pulls, and is
 * ended when the caller stops.
 *
 * @throws UsageError when ffmpeg cannot read the file, CancelledError, EncoderError without an ffmpeg
 */
export async function* readVideoFrames(path: string, options: SourceFrameOptions): AsyncGenerator<Picture> {
  const { width, height, signal } = options;
  const { path: ffmpeg } = await findFfmpeg();
  const child = spawn(ffmpeg, decodeArguments(path, options), {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = once(child, 'close').then(
    ([code]: unknown[]) => code,
    (error: unknown) => error,
  );
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  if (signal?.aborted) kill();
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const size = width * height * 3;
  let frame = new Uint8Array(size);
  let filled = 0;
  try {
    for await (const chunk of child.stdout) {
      const bytes: Uint8Array = chunk;
      for (let used = 0; used < bytes.length; ) {
        const part = bytes.subarray(used, used + size - filled);
        frame.set(part, filled);
        filled += part.length;
        used += part.length;
        if (filled === size) {
          yield { width, height, channels: 3, data: frame };
          frame = new Uint8Array(size);
          filled = 0;
        }
      }
    }
    const code = await ended;
    if (signal?.aborted)
      throw new CancelledError('HF_CANCELLED', `Reading ${path} was cancelled.`, { file: path });
    if (code !== 0) {
      const reason = complaint.trim().split('\n').at(-1)?.trim() || 'it ended early';
      throw new UsageError(
        'HF_VIDEO_UNREADABLE',
        `ffmpeg cannot read the video ${path} (${reason}): name one that it can.`,
        { file: path },
      );
    }
  } finally {
    signal?.removeEventListener('abort', kill);
    kill();
    await ended;
  }
}
