import { z } from 'zod';
import { ERROR_CODES } from '../error-codes.js';
import { HandfirstError } from '../errors.js';
import { revivedError } from '../plain-error.js';
import { reasonOf } from '../reason.js';

/** Why a clip could not be drawn; plain values. */
export const clipFailureSchema = z.object({
  /** A code of `docs/errors.md`; `HF_FAULT` for a fault of handfirst itself. */
  code: z.string(),
  message: z.string(),
});
export type ClipFailure = z.output<typeof clipFailureSchema>;

/** What was thrown, for a report. */
export function clipFailureOf(error: unknown): ClipFailure {
  if (error instanceof HandfirstError) return { code: error.code, message: error.message };
  return { code: 'HF_FAULT', message: `This should not happen: ${reasonOf(error)}.` };
}

/** Failures that every other clip of a machine would share. */
const OF_ALL: readonly string[] = [
  ...ERROR_CODES.BundleError,
  'HF_DEVICE_NONE',
  'HF_FFMPEG_MISSING',
  'HF_OUTPUT_FULL',
];

/** The error again, where it is one that ends a batch on this machine; undefined where the clip alone is at fault. */
export function errorOfAll({ code, message }: ClipFailure): Error | undefined {
  return OF_ALL.includes(code) ? revivedError({ code, message, place: {} }) : undefined;
}
