/**
 * Every failure a user can cause or mend is one of these classes: one class per kind of cause, each with
 * the exit code the command line ends with. `message` is one sentence that says what is wrong, where
 * (file, frame, field) and what to do.
 */
export abstract class HandfirstError extends Error {
  abstract readonly exitCode: number;

  override get name(): string {
    return this.constructor.name;
  }
}

/** An evaluation found something worse than its baseline (exit code 1). */
export class RegressionError extends HandfirstError {
  readonly exitCode = 1;
}

/** Command line or options that make no sense (exit code 2). */
export class UsageError extends HandfirstError {
  readonly exitCode = 2;
}

/** A keypoint file that cannot be read or used (exit code 3). */
export class PoseFileError extends HandfirstError {
  readonly exitCode = 3;
}

/** A model bundle that is missing, altered or does not fit the engine (exit code 4). */
export class BundleError extends HandfirstError {
  readonly exitCode = 4;
}

/** An execution device that cannot be used, or a graph that fails while it runs (exit code 5). */
export class DeviceError extends HandfirstError {
  readonly exitCode = 5;
}

/** The output cannot be written, or exists already (exit code 6). */
export class OutputError extends HandfirstError {
  readonly exitCode = 6;
}

/** ffmpeg is missing or failed (exit code 7). */
export class EncoderError extends HandfirstError {
  readonly exitCode = 7;
}

/** The run was cancelled, by Ctrl-C or an AbortSignal (exit code 130). */
export class CancelledError extends HandfirstError {
  readonly exitCode = 130;
}
