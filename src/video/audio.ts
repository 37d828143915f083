import { resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { captureFfmpeg } from './ffmpeg.js';
import type { FormatTraits } from './format.js';
import { digestFiles } from './journal.js';

export interface AudioTrack {
  /** Absolute path. */
  readonly file: string;
  readonly encoder: string;
  readonly sha256: string;
}

/**
 * The sound for a video, checked before any frame is drawn.
 *
 * @throws UsageError when the format is silent, or the file is missing or has no sound
 */
export async function openAudio(
  path: string,
  output: string,
  traits: FormatTraits,
  ffmpeg: string,
): Promise<AudioTrack> {
  if (!traits.audioEncoder) {
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `${output} cannot hold sound: name it .mp4, .webm or .mov, or leave the sound ${path} out.`,
      { file: output, field: 'audio' },
    );
  }
  const file = resolve(path);
  const sha256 = await digestFiles([file]).catch(() => undefined);
  if (sha256 === undefined)
    throw new UsageError('HF_AUDIO_UNREADABLE', `The sound ${path} cannot be read: name a file that can.`, {
      file: path,
      field: 'audio',
    });
  // Without an output ffmpeg ends with an error, after it has listed what it found.
  const { stderr } = await captureFfmpeg(ffmpeg, ['-hide_banner', '-i', file]);
  if (!/^\s*Stream #0:\d+.*: Audio: /m.test(stderr)) {
    throw new UsageError(
      'HF_AUDIO_UNREADABLE',
      `${path} holds no sound that ffmpeg can read: name a sound file or a video with sound.`,
      { file: path, field: 'audio' },
    );
  }
  return { file, encoder: traits.audioEncoder, sha256 };
}
