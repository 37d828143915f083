import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { counted } from '../counted.js';
import { OutputError } from '../errors.js';
import { readGifComment, webpFrames } from './embed.js';
import { cancelled } from './encoder.js';
import { framePattern, QUIET } from './ffmpeg-args.js';
import type { VideoFormat } from './format.js';

/** What is read back, and by which ffmpeg. */
export interface ReadBack {
  readonly ffmpeg: string;
  /** The user's name for the output, for sentences. */
  readonly output: string;
  readonly signal: AbortSignal;
}

/** Decodes `input` (options of ffmpeg, and the file). Rejects where that does not give `wanted` pictures, or anything else is wrong. */
async function decodeAll(
  input: readonly string[],
  wanted: number,
  { ffmpeg, output, signal }: ReadBack,
): Promise<void> {
  const args = [...QUIET, '-xerror', ...input, '-map', '0:v:0', '-f', 'framecrc', '-'];
  const child = spawn(ffmpeg, args, { stdio: ['ignore', 'pipe', 'ignore'], signal, killSignal: 'SIGKILL' });
  let frames = 0;
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith('#') && line.trim() !== '') frames += 1;
  });
  const [code] = await once(child, 'close').catch((error: unknown) => {
    throw signal.aborted ? cancelled(output) : error;
  });
  if (code !== 0 || frames !== wanted) throw incomplete(output, frames, wanted);
}

function incomplete(output: string, found: number, wanted: number): OutputError {
  return new OutputError(
    'HF_OUTPUT_CUT_OFF',
    `What was written of ${output} is not whole when it is read back (${found} of ${counted(wanted, 'frame')}), as on a full or failing disk: free some space or look at the disk, then run the same command again.`,
    { file: output },
  );
}

/** Reads a finished segment back whole. `files`: absolute paths in order. Rejects where it does not hold `frames` pictures. */
export async function checkSegment(
  place: ReadBack & { format: VideoFormat; folder: string; firstFrame: number; file: string },
  frames: number,
): Promise<void> {
  const { format, folder, firstFrame, file } = place;
  const input =
    format === 'png'
      ? ['-f', 'image2', '-start_number', String(firstFrame), '-i', framePattern(folder)]
      : ['-i', file];
  await decodeAll(input, frames, place);
}

/**
 * Reads the joined video back whole. Of animated pictures, which merge equal frames, and which ffmpeg cannot read as WebP, the structure
 * is followed to its end.
 */
export async function checkJoined(
  place: ReadBack & { format: VideoFormat; file: string },
  frames: number,
): Promise<void> {
  const { format, file, output } = place;
  switch (format) {
    case 'png':
      return;
    case 'gif':
      if (readGifComment(await readFile(file)) === undefined) throw incomplete(output, 0, frames);
      return;
    case 'webp':
      if (webpFrames(await readFile(file)) === undefined) throw incomplete(output, 0, frames);
      return;
    default:
      await decodeAll(['-i', file], frames, place);
  }
}
