import { ERROR_CODES } from './error-codes.js';
import {
  BundleError,
  CancelledError,
  DeviceError,
  type ErrorPlace,
  HandfirstError,
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

/** The error that `plainError` was given, of its class: one of those that drawing a frame ends with. */
export function revivedError({ message, code, place }: PlainError): Error {
  const known = <C extends string>(codes: readonly C[]): C | undefined => codes.find((one) => one === code);
  const usage = known(ERROR_CODES.UsageError);
  if (usage) return new UsageError(usage, message, place);
  const bundle = known(ERROR_CODES.BundleError);
  if (bundle) return new BundleError(bundle, message, place);
  const device = known(ERROR_CODES.DeviceError);
  if (device) return new DeviceError(device, message, place);
  const cancelled = known(ERROR_CODES.CancelledError);
  if (cancelled) return new CancelledError(cancelled, message, place);
  return new Error(message);
}
