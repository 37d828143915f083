import { InvalidArgumentError } from 'commander';
import { UsageError } from '../errors.js';
import { STANDARD_OUTPUT } from '../video/index.js';

/** Refuses to send a video to a terminal. */
export function checkStandardOutput(out: string): void {
  if (out === STANDARD_OUTPUT && process.stdout.isTTY)
    throw new UsageError(
      'HF_OUTPUT_NAME',
      'Standard output is a terminal, which cannot show a video: send it on with | or >, or name a file.',
      { field: 'out' },
    );
}

/** Where a run's words go: standard output, or standard error where that carries the video. */
export function wordsBeside(out: string): NodeJS.WritableStream {
  return out === STANDARD_OUTPUT ? process.stderr : process.stdout;
}

/** Parses the name of a file or folder that cannot be standard output. */
export function placeOnDisk(name: string): string {
  if (name !== STANDARD_OUTPUT) return name;
  throw new InvalidArgumentError(
    'It cannot be standard output: give a name, or ./- for one that is so called.',
  );
}
