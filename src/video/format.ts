import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { UsageError } from '../errors.js';

/** What kind of output a name asks for. `png` is a folder of numbered pictures. */
export type VideoFormat = 'mp4' | 'webm' | 'mov' | 'gif' | 'webp' | 'png';

/** What a format can hold, and how its segments are put together. */
export interface FormatTraits {
  /** Can hold transparent pictures. */
  readonly alpha: boolean;
  /** ffmpeg's encoder for the sound; absent where the format is silent. */
  readonly audioEncoder?: string;
  /** ffmpeg's encoder for captions; absent where the format holds none. */
  readonly captionEncoder?: string;
  /** Needs even width and height (chroma at half resolution). */
  readonly even: boolean;
  /** Finished segments are copied together; otherwise they are lossless and the clip is encoded from them at the end. */
  readonly join: 'copy' | 'encode' | 'folder';
  /** Encoders an ffmpeg must have for this format, without sound. */
  readonly encoders: readonly string[];
  /** Extension of a segment's file. */
  readonly segment: string;
}

export const FORMATS: Readonly<Record<VideoFormat, FormatTraits>> = {
  mp4: {
    alpha: false,
    audioEncoder: 'aac',
    captionEncoder: 'mov_text',
    even: true,
    join: 'copy',
    encoders: ['libx264'],
    segment: 'mp4',
  },
  webm: {
    alpha: true,
    audioEncoder: 'libopus',
    captionEncoder: 'webvtt',
    even: true,
    join: 'copy',
    encoders: ['libvpx-vp9'],
    segment: 'webm',
  },
  mov: {
    alpha: true,
    audioEncoder: 'pcm_s16le',
    captionEncoder: 'mov_text',
    even: false,
    join: 'copy',
    encoders: ['prores_ks'],
    segment: 'mov',
  },
  gif: { alpha: true, even: false, join: 'encode', encoders: ['ffv1', 'gif', 'png'], segment: 'nut' },
  webp: { alpha: true, even: false, join: 'encode', encoders: ['ffv1', 'libwebp_anim'], segment: 'nut' },
  png: { alpha: true, even: false, join: 'folder', encoders: ['png'], segment: 'png' },
};

/** The encoders that a video of this format needs, with its sound and captions. */
export function encodersOf(
  { encoders, audioEncoder, captionEncoder }: FormatTraits,
  { audio, captions }: { readonly audio?: unknown; readonly captions?: unknown },
): string[] {
  const extra = [audio ? audioEncoder : undefined, captions ? captionEncoder : undefined];
  return [...encoders, ...extra.filter((name) => name !== undefined)];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * The format that an output's name asks for: by its extension; a name with a slash at its end, without an extension, or of
 * a folder that exists is a folder of PNG pictures.
 *
 * @throws UsageError for an extension that is not one of ours
 */
export function formatOf(path: string): VideoFormat {
  if (path === '')
    throw new UsageError('HF_OUTPUT_NAME', 'The output has no name: give one such as out.mp4.', {
      field: 'out',
    });
  // ffmpeg's lists of files hold one name a line.
  if (/[\r\n]/.test(resolve(path))) {
    throw new UsageError(
      'HF_OUTPUT_NAME',
      `${JSON.stringify(path)} has a line break in its name or a folder's: give a name without.`,
      { file: path, field: 'out' },
    );
  }
  const extension = extname(path).toLowerCase();
  if (/[\\/]$/.test(path) || extension === '') return 'png';
  switch (extension) {
    case '.mp4':
    case '.m4v':
      return 'mp4';
    case '.webm':
      return 'webm';
    case '.mov':
      return 'mov';
    case '.gif':
      return 'gif';
    case '.webp':
      return 'webp';
    default:
      if (isFolder(path)) return 'png';
      throw new UsageError(
        'HF_OUTPUT_NAME',
        `${path} ends in ${extension}, which is no output of handfirst: name it .mp4, .webm, .mov, .gif or .webp, or end it with / for a folder of PNG pictures.`,
        { file: path, field: 'out' },
      );
  }
}
