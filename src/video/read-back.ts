import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { OutputError } from '../errors.js';
import { readGifComment, webpFrames } from './embed.js';
import { cancelled, encoderFailure } from './encoder.js';
import { framePattern, QUIET } from './ffmpeg-args.js';
import type { VideoFormat } from './format.js';

/** What is read back, and by which ffmpeg. */
export interface ReadBack {
  readonly ffmpeg: string;
  /** The user's name for the output, for sentences. */
  readonly output: string;
  readonly signal: AbortSignal;
}

/** How many pictures ffmpeg decodes from `input` (its options, and the file). Rejects where it finds anything wrong. */
async function decodedFrames(
  input: readonly string[],
  { ffmpeg, output, signal }: ReadBack,
): Promise<number> {
  const args = [...QUIET, '-xerror', ...input, '-map', '0:v:0', '-f', 'framecrc', '-'];
  const child = spawn(ffmpeg, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000);
  });
  let frames = 0;
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith('#') && line.trim() !== '') frames += 1;
  });
  const [code] = await once(child, 'close').catch((error: unknown) => {
    throw signal.aborted ? cancelled(output) : error;
  });
  if (code !== 0) throw encoderFailure(output, new Error(`ffmpeg exited with code ${code}`), said);
  return frames;
}

function incomplete(output: string, found: number, wanted: number): OutputError {
  return new OutputError(
    'HF_OUTPUT_CUT_OFF',
    `What was written of ${output} holds ${found} of ${wanted} frames when it is read back, as on a full or failing disk: free some space or look at the disk, then run the same command again.`,
    { file: output },
  );
}

/** Reads a finished segment back whole. `files`: absolute paths in order. Rejects where it does not hold `frames` pictures. */
export async function checkSegment(
  place: ReadBack & { format: VideoFormat; folder: string; firstFrame: number; file: string },
  frames: number,
): Promise<void> {
  const { format, folder, firstFrame, file, output } = place;
  const input =
    format === 'png'
      ? ['-f', 'image2', '-start_number', String(firstFrame), '-i', framePattern(folder)]
      : ['-i', file];
  const found = await decodedFrames(input, place);
  if (found !== frames) throw incomplete(output, found, frames);
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
    default: {
      const found = await decodedFrames(['-i', file], place);
      if (found !== frames) throw incomplete(output, found, frames);
    }
  }
}
