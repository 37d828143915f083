import { basename } from 'node:path';
import { type OpenPoseOptions, openPoseClip, type PoseClip } from '../pose/index.js';
import type { GenerateOptions } from './options.js';

type Input = GenerateOptions['input'];

/** The keypoints of a run. Those in memory are the caller's: closing the run leaves them open. */
export async function openInput(input: Input, options: OpenPoseOptions): Promise<PoseClip> {
  if (typeof input === 'string') return openPoseClip(input, options);
  return { ...input, close: async () => undefined };
}

/** The input as sentences name it: its path, or what it is. */
export function nameOf(input: Input): string {
  return typeof input === 'string' ? input : `The clip (${input.info.format})`;
}

/** The input as a video's metadata names it, without folders. */
export function shortName(input: Input): string {
  if (typeof input !== 'string') return input.info.format;
  return input === '-' ? 'standard input' : basename(input);
}
