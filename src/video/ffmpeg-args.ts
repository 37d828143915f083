import type { Writable } from 'node:stream';
import type { VideoFormat } from './format.js';
import { containerTags, type VideoMetadata } from './metadata.js';
import { formatRational, type Rational } from './rational.js';

/** One run of ffmpeg as data. `source` is a path, or `pipe` for frames that we write to its standard input. */
export interface FfmpegCommand {
  readonly inputs: readonly { readonly options: readonly string[]; readonly source: string | 'pipe' }[];
  /** Options before `target`. */
  readonly options: readonly string[];
  /** A path, or where the bytes go. */
  readonly target: string | Writable;
}

/** Everything about the encoding that decides its bytes, beside the pictures. */
export interface EncodingPlan {
  readonly format: VideoFormat;
  /** Size in pixels of the pictures that go in; even where the format needs it. */
  readonly width: number;
  readonly height: number;
  readonly fps: Rational;
  /** Pictures are RGBA (otherwise RGB) and the video is transparent. */
  readonly alpha: boolean;
  /** Constant quality: x264 0..51, VP9 0..63; lower is better. Not used by lossless and intermediate formats. */
  readonly crf: number;
  /** Fixed, because the number of threads decides x264's and libvpx's bytes. */
  readonly threads: number;
  /** Frames in a closed segment. */
  readonly segmentFrames: number;
}

/** Quiet, and deaf to the keyboard: first options of every run. */
export const QUIET = ['-hide_banner', '-v', 'error', '-nostdin'];

/** No version strings, no random identifiers: the same input gives the same bytes. */
export const REPEATABLE = ['-fflags', '+bitexact'];

const BT709 = [
  '-color_range',
  'tv',
  '-colorspace',
  'bt709',
  '-color_primaries',
  'bt709',
  '-color_trc',
  'bt709',
];

/** swscale's exact path to BT.709 limited range: mean error below half a step of 255, against 7 for the default. */
function toBt709(pixelFormat: string): string {
  const flags = 'accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';
  return `scale=out_color_matrix=bt709:out_range=tv:flags=${flags},format=${pixelFormat}`;
}

/** Ticks a second of an MP4 or MOV track: a multiple of the rate's numerator, so that every frame falls on a tick. */
export function timescale(fps: Rational): number {
  let ticks = fps.num;
  while (ticks < 10_000) ticks *= 2;
  return ticks;
}

/** `image2` reads % as a pattern: double those of the path itself. */
export function framePattern(folder: string): string {
  return `${folder.replaceAll('%', '%%')}/frame-%06d.png`;
}

/**
 * `veryfast` takes 0.37 of the time of `medium`, for files of the same size and 0.8 dB less at 52 dB: it shares the cores with the drawing of
 * frames.
 */
function x264(plan: EncodingPlan): string[] {
  return [
    ...['-vf', toBt709('yuv420p'), '-c:v', 'libx264', '-preset', 'veryfast', '-crf', String(plan.crf)],
    ...['-threads', String(plan.threads), '-g', String(plan.segmentFrames), '-flags:v', '+bitexact+cgop'],
    // B frames delay the decoding times of every segment, and joined segments would state a wrong mean frame rate.
    ...['-bf', '0'],
    ...BT709,
    // Drops x264's own note of its version and options (NAL type 6, SEI).
    ...['-bsf:v', 'filter_units=remove_types=6'],
    ...['-video_track_timescale', String(timescale(plan.fps)), '-movflags', '+write_colr'],
  ];
}

function vp9(plan: EncodingPlan): string[] {
  return [
    ...['-vf', toBt709(plan.alpha ? 'yuva420p' : 'yuv420p'), '-c:v', 'libvpx-vp9', '-deadline', 'good'],
    ...['-cpu-used', '2', '-crf', String(plan.crf), '-b:v', '0', '-threads', String(plan.threads)],
    ...['-g', String(plan.segmentFrames), '-flags:v', '+bitexact'],
    // libvpx cannot hide reference frames in a transparent video.
    ...(plan.alpha ? ['-auto-alt-ref', '0'] : []),
    ...BT709,
  ];
}

function prores(plan: EncodingPlan): string[] {
  return [
    ...[
      '-vf',
      toBt709(plan.alpha ? 'yuva444p10le' : 'yuv444p10le'),
      '-c:v',
      'prores_ks',
      '-profile:v',
      '4444',
    ],
    ...(plan.alpha ? ['-alpha_bits', '16'] : []),
    ...['-vendor', 'apl0', '-threads', String(plan.threads), '-flags:v', '+bitexact'],
    ...BT709,
    ...['-bsf:v', 'prores_metadata=color_primaries=bt709:color_trc=bt709:colorspace=bt709'],
    ...['-video_track_timescale', String(timescale(plan.fps)), '-movflags', '+write_colr'],
  ];
}

/** Lossless, kept until the whole clip is there. */
function lossless(plan: EncodingPlan): string[] {
  return ['-c:v', 'ffv1', '-level', '3', '-pix_fmt', plan.alpha ? 'bgra' : 'bgr0', '-flags:v', '+bitexact'];
}

function png(plan: EncodingPlan, firstFrame: number): string[] {
  const pixels = plan.alpha ? 'rgba' : 'rgb24';
  return ['-c:v', 'png', '-pix_fmt', pixels, '-flags:v', '+bitexact', '-start_number', String(firstFrame)];
}

export const MUXERS: Readonly<Record<VideoFormat, string>> = {
  mp4: 'mp4',
  webm: 'webm',
  mov: 'mov',
  gif: 'nut',
  webp: 'nut',
  png: 'image2',
};

function encoderOptions(plan: EncodingPlan, firstFrame: number): string[] {
  switch (plan.format) {
    case 'mp4':
      return x264(plan);
    case 'webm':
      return vp9(plan);
    case 'mov':
      return prores(plan);
    case 'gif':
    case 'webp':
      return lossless(plan);
    case 'png':
      return png(plan, firstFrame);
  }
}

/** What a video on its way through a pipe comes in: MP4 in fragments, or plain pictures as YUV4MPEG2. */
export type StreamContainer = 'mp4' | 'y4m';

/** Raw frames from the pipe to a stream that can be read while it is written; its target is added. */
export function streamCommand(
  plan: EncodingPlan,
  container: StreamContainer,
  metadata: VideoMetadata,
): Omit<FfmpegCommand, 'target'> {
  const tags = containerTags(metadata).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  const mp4 = [...x264(plan), ...tags, '-movflags', 'frag_keyframe+empty_moov+default_base_moof+write_colr'];
  const y4m = ['-vf', toBt709('yuv420p')];
  const options = container === 'mp4' ? [...mp4, ...REPEATABLE, '-f', 'mp4'] : [...y4m, '-f', 'yuv4mpegpipe'];
  return { inputs: [rawFrames(plan)], options: ['-an', ...options] };
}

function rawFrames(plan: EncodingPlan): FfmpegCommand['inputs'][number] {
  const raw = ['-f', 'rawvideo', '-pixel_format', plan.alpha ? 'rgba' : 'rgb24'];
  const size = ['-video_size', `${plan.width}x${plan.height}`, '-framerate', formatRational(plan.fps)];
  return { options: [...QUIET, ...raw, ...size], source: 'pipe' };
}

/** Raw frames from the pipe to one closed segment. `target`: the segment's file, or for PNG the folder of its pictures. */
export function segmentCommand(plan: EncodingPlan, firstFrame: number, target: string): FfmpegCommand {
  return {
    inputs: [rawFrames(plan)],
    options: [
      '-an',
      '-xerror',
      ...encoderOptions(plan, firstFrame),
      ...REPEATABLE,
      '-f',
      MUXERS[plan.format],
    ],
    target: plan.format === 'png' ? framePattern(target) : target,
  };
}
