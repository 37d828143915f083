import { stat } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { captureFfmpeg, findFfmpeg } from './ffmpeg.js';

/** What a video says about its pictures. */
export interface VideoFacts {
  /** Size in pixels of a decoded picture, turned as the file says. */
  readonly width: number;
  readonly height: number;
  /** Frames a second; undefined for pictures and files that do not say. */
  readonly fps?: number;
  /** About how many frames there are, where the file says how long it is. */
  readonly frames?: number;
}

/**
 * Size and rate of a video. The size is that of its first frame, decoded, since files may say that they are shown turned.
 *
 * @throws UsageError when there is no such file or ffmpeg finds no picture in it, EncoderError without an ffmpeg
 */
export async function probeVideo(path: string): Promise<VideoFacts> {
  const there = await stat(path).catch(() => undefined);
  if (!there) throw new UsageError('HF_INPUT_MISSING', `There is no ${path}: name a video.`, { file: path });
  if (there.isDirectory())
    throw new UsageError('HF_VIDEO_UNREADABLE', `${path} is a folder: name a video.`, { file: path });
  const { path: ffmpeg } = await findFfmpeg();
  const first = ['-map', '0:v:0', '-frames:v', '1', '-c:v', 'ppm', '-pix_fmt', 'rgb24', '-f', 'image2pipe'];
  const { stdout, stderr } = await captureFfmpeg(ffmpeg, ['-hide_banner', '-i', path, ...first, '-']);
  const [, width, height] = /^P6\s+(\d+)\s+(\d+)\s/.exec(stdout) ?? [];
  if (!width || !height)
    throw new UsageError('HF_VIDEO_UNREADABLE', `ffmpeg finds no picture in ${path}: name a video.`, {
      file: path,
    });
  return { width: Number(width), height: Number(height), ...readTimes(stderr) };
}

/** Rate and number of frames from what ffmpeg prints about its input. */
function readTimes(text: string): Pick<VideoFacts, 'fps' | 'frames'> {
  const input = text.split(/^Output #0/m)[0] ?? '';
  const line = /Stream #0[^\n]*Video:[^\n]*/.exec(input)?.[0] ?? '';
  const rate = / ([\d.]+)(k?) fps/.exec(line) ?? / ([\d.]+)(k?) tbr/.exec(line);
  const fps = rate ? Number(rate[1]) * (rate[2] ? 1000 : 1) : undefined;
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(input) ?? [];
  if (!fps || !(fps > 0)) return {};
  if (seconds === undefined) return { fps };
  return { fps, frames: Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * fps) };
}
