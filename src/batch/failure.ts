import { z } from 'zod';
import { ERROR_CODES } from '../error-codes.js';
import { BundleError, DeviceError, EncoderError, HandfirstError, OutputError } from '../errors.js';
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
export function errorOfAll({ code, message }: ClipFailure): HandfirstError | undefined {
  if (!OF_ALL.includes(code)) return undefined;
  const of = <Code extends string>(codes: readonly Code[]): Code | undefined =>
    codes.find((known) => known === code);
  const {
    BundleError: bundle,
    DeviceError: device,
    EncoderError: encoder,
    OutputError: output,
  } = ERROR_CODES;
  const [ofBundle, ofDevice, ofEncoder, ofOutput] = [of(bundle), of(device), of(encoder), of(output)];
  if (ofBundle) return new BundleError(ofBundle, message);
  if (ofDevice) return new DeviceError(ofDevice, message);
  if (ofEncoder) return new EncoderError(ofEncoder, message);
  return ofOutput && new OutputError(ofOutput, message);
}
