import { ERROR_CODES } from './error-codes.js';
import {
  BundleError,
  CancelledError,
  DeviceError,
  EncoderError,
  type ErrorPlace,
  HandfirstError,
  OutputError,
  UsageError,
} from './errors.js';

/** A failure as it passes between threads, which would leave its class and code behind. */
export interface PlainError {
  readonly message: string;
  /** Absent where it was no `HandfirstError`. */
  readonly code?: string;
  readonly place: ErrorPlace;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof HandfirstError))
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), place: {} };
  const { message, code, file, frame, field } = error;
  return { message, code, place: { file, frame, field } };
}

/** The error that `plainError` was given, of its class: one of those that drawing ends with. */
export function revivedError({ message, code, place }: PlainError): Error {
  const known = <C extends string>(codes: readonly C[]): C | undefined => codes.find((one) => one === code);
  const usage = known(ERROR_CODES.UsageError);
  if (usage) return new UsageError(usage, message, place);
  const bundle = known(ERROR_CODES.BundleError);
  if (bundle) return new BundleError(bundle, message, place);
  const device = known(ERROR_CODES.DeviceError);
  if (device) return new DeviceError(device, message, place);
  const encoder = known(ERROR_CODES.EncoderError);
  if (encoder) return new EncoderError(encoder, message, place);
  const output = known(ERROR_CODES.OutputError);
  if (output) return new OutputError(output, message, place);
  const cancelled = known(ERROR_CODES.CancelledError);
  if (cancelled) return new CancelledError(cancelled, message, place);
  return new Error(message);
}
