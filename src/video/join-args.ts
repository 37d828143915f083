import {
  type EncodingPlan,
  type FfmpegCommand,
  MUXERS,
  QUIET,
  REPEATABLE,
  timescale,
} from './ffmpeg-args.js';
import { formatRational, microseconds, type Rational } from './rational.js';

/** GIF counts hundredths of a second, and players slow down anything under two of them. */
const FASTEST_GIF = 50;

/**
 * List for ffmpeg's concat demuxer. Durations are stated, and rounded as the sum from the clip's beginning, so that no
 * container's coarse clock moves a later segment. File names are absolute: ffmpeg takes a `?` in a folder's name for the end of a path
 * that names are relative to.
 */
export function concatList(
  segments: readonly { file: string; firstFrame: number; frames: number }[],
  fps: Rational,
): string {
  const lines = segments.map(({ file, firstFrame, frames }) => {
    const duration = microseconds(firstFrame + frames, fps) - microseconds(firstFrame, fps);
    return `file '${file.replaceAll("'", "'\\''")}'\nduration ${(duration / 1e6).toFixed(6)}\n`;
  });
  return `ffconcat version 1.0\n${lines.join('')}`;
}

/** Files of a joining run, all absolute paths. */
export interface JoinFiles {
  readonly list: string;
  /** Global tags of the file, as `containerTags` gives them. */
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly audio?: { readonly file: string; readonly encoder: string };
  /** A WebVTT file, and ffmpeg's encoder for what is in it. */
  readonly captions?: { readonly file: string; readonly encoder: string };
  /** GIF only: the palette that `paletteCommand` made. */
  readonly palette?: string;
  readonly target: string;
}

function concatInput(list: string): FfmpegCommand['inputs'][number] {
  // Segments of one plan have the same headers, so ffmpeg has nothing to convert between them.
  return { options: [...QUIET, '-f', 'concat', '-safe', '0', '-auto_convert', '0'], source: list };
}

/** Finished segments to one file without encoding again; sound is cut at the video's end. */
export function copyCommand(plan: EncodingPlan, frames: number, files: JoinFiles): FfmpegCommand {
  const length = (microseconds(frames, plan.fps) / 1e6).toFixed(6);
  const audio = files.audio
    ? ['-map', '1:a:0', '-c:a', files.audio.encoder, '-flags:a', '+bitexact', '-t', length]
    : [];
  if (files.audio && files.audio.encoder !== 'pcm_s16le') audio.push('-b:a', '128k');
  const captions = files.captions
    ? ['-map', `${files.audio ? 2 : 1}:s:0`, '-c:s', files.captions.encoder]
    : [];
  const movie = ['-video_track_timescale', String(timescale(plan.fps)), '-movflags', '+faststart+write_colr'];
  const webm = ['-r', formatRational(plan.fps), ...(plan.alpha ? ['-metadata:s:v:0', 'alpha_mode=1'] : [])];
  return {
    inputs: [
      concatInput(files.list),
      ...(files.audio ? [{ options: [], source: files.audio.file }] : []),
      ...(files.captions ? [{ options: ['-f', 'webvtt'], source: files.captions.file }] : []),
    ],
    options: [
      ...['-map', '0:v:0', '-c:v', 'copy', '-map_metadata', '-1', '-map_chapters', '-1'],
      // Not by an ffmetadata file: ffmpeg before 4.3 cuts its lines at 1,024 bytes.
      ...files.tags.flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
      ...audio,
      ...captions,
      ...(plan.format === 'webm' ? webm : movie),
      ...REPEATABLE,
      ...['-f', MUXERS[plan.format]],
    ],
    target: files.target,
  };
}

/** Restores exact times after the concat demuxer; then drops what GIF cannot show. */
function retime(plan: EncodingPlan): string {
  const { num, den } = plan.fps;
  const exact = `setpts=N*${den}/${num}/TB`;
  return plan.format === 'gif' && num / den > FASTEST_GIF ? `${exact},fps=${FASTEST_GIF}` : exact;
}

/** First of GIF's two passes: the 256 colours of the whole clip. */
export function paletteCommand(plan: EncodingPlan, list: string, target: string): FfmpegCommand {
  const reserve = plan.alpha ? 1 : 0;
  return {
    inputs: [concatInput(list)],
    options: [
      '-vf',
      `${retime(plan)},palettegen=stats_mode=full:reserve_transparent=${reserve}`,
      ...REPEATABLE,
      '-f',
      'image2',
      '-c:v',
      'png',
    ],
    target: target.replaceAll('%', '%%'),
  };
}

function gifOptions(plan: EncodingPlan): string[] {
  const use = `paletteuse=dither=bayer:bayer_scale=4${plan.alpha ? ':alpha_threshold=128' : ''}`;
  return [
    ...['-filter_complex', `[0:v]${retime(plan)}[v];[v][1:v]${use}`],
    // Differences between transparent frames leave traces of the frame before.
    ...(plan.alpha ? ['-gifflags', '-transdiff-offsetting'] : []),
    ...['-loop', '0', ...REPEATABLE, '-f', 'gif'],
  ];
}

function webpOptions(plan: EncodingPlan): string[] {
  return [
    ...['-vf', retime(plan), '-c:v', 'libwebp_anim', '-pix_fmt', plan.alpha ? 'bgra' : 'yuv420p'],
    ...[
      '-lossless',
      '0',
      '-quality',
      '85',
      '-compression_level',
      '4',
      '-loop',
      '0',
      ...REPEATABLE,
      '-f',
      'webp',
    ],
  ];
}

/** Lossless segments to the animated picture (GIF or WebP). */
export function animationCommand(plan: EncodingPlan, files: JoinFiles): FfmpegCommand {
  const palette = files.palette ? [{ options: ['-f', 'png_pipe'], source: files.palette }] : [];
  return {
    inputs: [concatInput(files.list), ...palette],
    options: plan.format === 'gif' ? gifOptions(plan) : webpOptions(plan),
    target: files.target,
  };
}
