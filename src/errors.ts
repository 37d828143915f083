import type { CodesOf, ErrorCode } from './error-codes.js';

/** Where a fault is, as far as it is known. */
export interface ErrorPlace {
  /** The file or folder that is at fault. */
  readonly file?: string;
  /** The frame, from 0. */
  readonly frame?: number;
  /** The option, or the field of the file: `fps`, `body.steps`. */
  readonly field?: string;
}

/**
 * Every failure a user can cause or repair is one of these classes: one class per kind of cause, each with
 * the exit code the command line ends with. `message` is one sentence that says what is wrong, where
 * (file, frame, field) and what to do. Options are named in backticks as a program gives them (`force: true`);
 * the command line writes them as flags. `code` is stable; `docs/errors.md` lists all.
 */
export abstract class HandfirstError<Code extends ErrorCode = ErrorCode> extends Error {
  abstract readonly exitCode: number;
  readonly file?: string;
  readonly frame?: number;
  readonly field?: string;

  constructor(
    readonly code: Code,
    message: string,
    { file, frame, field }: ErrorPlace = {},
  ) {
    super(message);
    if (file !== undefined) this.file = file;
    if (frame !== undefined) this.frame = frame;
    if (field !== undefined) this.field = field;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** An evaluation found something worse than its baseline (exit code 1). */
export class RegressionError extends HandfirstError<CodesOf<'RegressionError'>> {
  readonly exitCode = 1;
}

/** Options that make no sense, or something named by them that cannot be used (exit code 2). */
export class UsageError extends HandfirstError<CodesOf<'UsageError'>> {
  readonly exitCode = 2;
}

/** A keypoint file that cannot be read or used (exit code 3). */
export class PoseFileError extends HandfirstError<CodesOf<'PoseFileError'>> {
  readonly exitCode = 3;
}

/** A model bundle that is missing, altered or does not fit the engine (exit code 4). */
export class BundleError extends HandfirstError<CodesOf<'BundleError'>> {
  readonly exitCode = 4;
}

/** An execution device that cannot be used, or a graph that fails while it runs (exit code 5). */
export class DeviceError extends HandfirstError<CodesOf<'DeviceError'>> {
  readonly exitCode = 5;
}

/** The output cannot be written, or exists already (exit code 6). */
export class OutputError extends HandfirstError<CodesOf<'OutputError'>> {
  readonly exitCode = 6;
}

/** ffmpeg is missing or failed (exit code 7). */
export class EncoderError extends HandfirstError<CodesOf<'EncoderError'>> {
  readonly exitCode = 7;
}

/** The queue, or the store that machines share, cannot be used (exit code 8). */
export class QueueError extends HandfirstError<CodesOf<'QueueError'>> {
  readonly exitCode = 8;
}

/** Some clips of a batch could not be drawn; the others are done (exit code 9). */
export class BatchError extends HandfirstError<CodesOf<'BatchError'>> {
  readonly exitCode = 9;
}

/** The run was cancelled, by Ctrl-C or an AbortSignal (exit code 130). */
export class CancelledError extends HandfirstError<CodesOf<'CancelledError'>> {
  readonly exitCode = 130;
}
