import { type Command, CommanderError } from 'commander';
import { type ErrorPlace, HandfirstError } from '../errors.js';
import { coloursOf } from './colours.js';
import { withFlags } from './flags-of.js';

/** What the help says of exit codes; they are those of `errors.ts`. */
export const EXIT_CODES = `
Exit codes:
  0  done
  1  evaluate: something got worse than the baseline; else an error of handfirst itself (report it)
  2  wrong flags, options, prompt or preset
  3  the keypoint file cannot be read or used
  4  the model bundle is missing, altered or does not fit
  5  the device cannot be used, or a model failed while it ran
  6  the output cannot be written, or exists already (--force)
  7  ffmpeg is missing or failed
  8  the queue, or the store that machines share, cannot be used
  9  batch: some clips could not be drawn; the others are done
  130  cancelled
  141  the program that reads the output ended`;

/** Codes that only the command line gives, with their exit codes: a line that cannot be parsed, and a fault of handfirst. */
export const CLI_CODES = { HF_ARGUMENT: 2, HF_FAULT: 1 } as const;

/** A failure for the user; programs get it as JSON. */
export interface Failure extends ErrorPlace {
  /** Stable; `docs/errors.md` lists all. */
  readonly code: string;
  readonly exitCode: number;
  /** One sentence; empty for help and versions, which are no failures. */
  readonly message: string;
}

/** What a thrown value means for the user of `command`. */
export function failureOf(error: unknown, command?: Command): Failure {
  if (error instanceof HandfirstError) {
    const { code, exitCode, message, file, frame, field } = error;
    return { code, exitCode, message: withFlags(message, command), file, frame, field };
  }
  if (error instanceof CommanderError) {
    const sentence = error.exitCode === 0 ? '' : error.message.replace(/^error: /, '').trim();
    return {
      code: 'HF_ARGUMENT',
      exitCode: error.exitCode === 0 ? 0 : CLI_CODES.HF_ARGUMENT,
      message: sentence,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'HF_FAULT',
    exitCode: CLI_CODES.HF_FAULT,
    message: `This should not happen (${message.replace(/\s+/g, ' ').trim()}): run the command again with --debug and report what it prints.`,
  };
}

/** How a failure is printed. */
export interface Printing {
  readonly debug: boolean;
  /** As a line for programs, on standard output. */
  readonly json: boolean;
  /** Where that line goes instead. */
  readonly say?: NodeJS.WritableStream;
  /** The command that failed, whose flags the sentence names. */
  readonly command?: Command;
}

/** Prints a failure and gives its exit code. */
export function reportFailure(
  error: unknown,
  { debug, json, say = process.stdout, command }: Printing,
): number {
  const failure = failureOf(error, command);
  const { exitCode, message } = failure;
  if (message && json) {
    say.write(`${JSON.stringify({ event: 'error', ...failure })}\n`);
  } else if (message && !(error instanceof CommanderError)) {
    process.stderr.write(`${coloursOf(process.stderr).red('handfirst:')} ${message}\n`);
  }
  if (debug && error instanceof Error && message) process.stderr.write(`${error.stack}\n`);
  return exitCode;
}
