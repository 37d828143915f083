import { CommanderError } from 'commander';
import pc from 'picocolors';
import { HandfirstError } from '../errors.js';

/** What the help says of exit codes; they are those of `errors.ts`. */
export const EXIT_CODES = `
Exit codes:
  0  done
  1  evaluate: something got worse than the baseline; else a fault of handfirst itself (report it)
  2  flags, options, prompt or preset that make no sense
  3  the keypoint file cannot be read or used
  4  the model bundle is missing, altered or does not fit
  5  the device cannot be used, or a model failed while it ran
  6  the output cannot be written, or exists already (--force)
  7  ffmpeg is missing or failed
  130  cancelled`;

export interface Failure {
  readonly exitCode: number;
  /** One sentence; empty where it was told already (help, commander's own messages). */
  readonly sentence: string;
}

/** What a thrown value means for the user. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HandfirstError) return { exitCode: error.exitCode, sentence: error.message };
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? 0 : 2, sentence: '' };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: 1,
    sentence: `This should not happen (${message.replace(/\s+/g, ' ').trim()}): run the command again with --debug and report what it prints.`,
  };
}

/** Prints a failure and gives its exit code. `json`: as a line for programs, on standard output. */
export function reportFailure(error: unknown, { debug, json }: { debug: boolean; json: boolean }): number {
  const { exitCode, sentence } = failureOf(error);
  if (sentence && json) {
    process.stdout.write(`${JSON.stringify({ event: 'error', exitCode, message: sentence })}\n`);
  } else if (sentence) {
    process.stderr.write(`${pc.red('handfirst:')} ${sentence}\n`);
  }
  if (debug && error instanceof Error && sentence) process.stderr.write(`${error.stack}\n`);
  return exitCode;
}
