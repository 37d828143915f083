import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { counted } from '../counted.js';
import { OutputError } from '../errors.js';
import { openAudio } from './audio.js';
import { type CredentialOptions, openCredentials } from './credentials.js';
import { findFfmpeg } from './ffmpeg.js';
import type { EncodingPlan } from './ffmpeg-args.js';
import { encodersOf, FORMATS } from './format.js';
import { checkUnlocked } from './lock.js';
import { type OutputPlace, placeOutput } from './output.js';
import { makePlan, type PlanOptions } from './plan.js';
import { bytesOfFrame } from './segments.js';
import { STANDARD_OUTPUT } from './stream-writer.js';

/** Bytes that a pixel takes at least in the segments and again in the joined video, where that is known. */
const LEAST = { mp4: 0.01, webm: 0.005, mov: 0.2, gif: 0.1, webp: 0.1, png: 0.1 } as const;

/**
 * Checks everything about a video that shows before its first frame: sizes, encoding, ffmpeg, sound, a run that is writing it now, and
 * space for `frames` frames.
 *
 * @throws UsageError, EncoderError without an ffmpeg, OutputError when another process writes it or the disk is too small for certain
 */
export async function checkVideo(
  options: PlanOptions & {
    audio?: string;
    captions?: unknown;
    credentials?: CredentialOptions;
    frames: number;
  },
): Promise<void> {
  const { credentials } = options;
  if (options.path === STANDARD_OUTPUT) {
    if (credentials) await openCredentials(credentials, 'stream');
    makePlan(options, 'mp4');
    return;
  }
  const output = placeOutput(options.path);
  const plan = makePlan(options, output.format);
  const traits = FORMATS[output.format];
  const { audio } = options;
  const ffmpeg = await findFfmpeg(encodersOf(traits, options));
  if (audio) await openAudio(audio, output.name, traits, ffmpeg.path);
  if (credentials) await openCredentials(credentials, output.format);
  await checkUnlocked(output.work, output.name);
  await checkSpace(output, plan, options.frames);
}

/** Refuses what cannot fit: the open segment's frames as they are, and the least that the video takes. */
async function checkSpace({ path, name }: OutputPlace, plan: EncodingPlan, frames: number): Promise<void> {
  const found = await statfs(dirname(path)).catch(() => undefined);
  // Some network file systems say 0 of everything.
  if (!found || found.blocks === 0) return;
  const free = found.bavail * found.bsize;
  const open = Math.min(frames, plan.segmentFrames) * bytesOfFrame(plan);
  const needed = open + 2 * frames * plan.width * plan.height * LEAST[plan.format];
  if (free >= needed) return;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  throw new OutputError(
    'HF_OUTPUT_FULL',
    `The disk that holds ${name} has ${megabytes(free)} MB free, and drawing ${counted(frames, 'frame')} takes ${megabytes(needed)} MB at least: free some space, or write to another disk.`,
    { file: name },
  );
}
