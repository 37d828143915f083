import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import fluent from 'fluent-ffmpeg';
import { CancelledError, EncoderError, type HandfirstError, OutputError } from '../errors.js';
import { reasonOf } from '../reason.js';
import type { FfmpegCommand } from './ffmpeg-args.js';

/*
 * The only file that knows fluent-ffmpeg. What is dangerous about it is met here: its input pipe swallows the errors of a
 * child that died, so that a producer would wait for `drain` for ever; its ffmpeg path is global; its `kill` does nothing
 * before the child has started.
 */

/** How a run of ffmpeg is started. */
export interface RunOptions {
  /** ffmpeg's program. */
  readonly ffmpeg: string;
  /** The user's name for what is written, for sentences. */
  readonly output: string;
  readonly signal?: AbortSignal;
}

/** Raw frames on their way into one run of ffmpeg. */
export interface FrameEncoder {
  /** Resolves when the next frame is welcome. The bytes are copied. Rejects when ffmpeg has ended. */
  write(frame: Uint8Array): Promise<void>;
  /** No more frames; resolves when ffmpeg has written everything. */
  end(): Promise<void>;
  /** Kills ffmpeg and resolves when it is gone. */
  kill(): Promise<void>;
}

/** The last line that says something; lines of repeated messages and of progress do not. */
function lastLine(stderr: string): string {
  const lines = stderr.split(/\r?\n|\r/).map((line) => line.trim());
  const telling = lines.filter(
    (line) => line !== '' && !/^(Last message repeated|Conversion failed)/.test(line),
  );
  return (telling.at(-1) ?? '').replace(/^\[[^\]]* @ 0x[0-9a-f]+\] /, '').replace(/\.+$/, '');
}

/** The sentence for a run that was ended by the user. */
export function cancelled(output: string): CancelledError {
  return new CancelledError('HF_CANCELLED', `The video ${output} was cancelled before it was finished.`, {
    file: output,
  });
}

/** ffmpeg's failure as a sentence. */
function encoderFailure(output: string, error: Error, stderr: string): HandfirstError {
  if (/No space left on device/i.test(stderr)) return diskFull(output);
  // Ctrl-C in a terminal reaches ffmpeg too, and perhaps before us: it then ends quietly with this code.
  if (stderr.trim() === '' && /exited with code 255/.test(error.message)) return cancelled(output);
  const reason = lastLine(stderr) || error.message.replace(/^ffmpeg /, '').replace(/\.+$/, '');
  return new EncoderError(
    'HF_FFMPEG_FAILED',
    `ffmpeg failed while it wrote ${output} (${reason}): fix that, or name another ffmpeg in FFMPEG_PATH.`,
    { file: output },
  );
}

/** The sentence for a full disk, wherever it is met. */
function diskFull(output: string): OutputError {
  return new OutputError(
    'HF_OUTPUT_FULL',
    `The disk that holds ${output} is full: free some space, then run the same command again.`,
    { file: output },
  );
}

/** The operating system's refusals as sentences; anything else as it is. */
export function asOutputError(output: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return diskFull(output);
  return new OutputError(
    'HF_OUTPUT_UNWRITABLE',
    `${output} cannot be written (${reasonOf(error)}): fix that, or write to another name.`,
    { file: output },
  );
}

function build({ inputs, options, target }: FfmpegCommand, ffmpeg: string, pipe: PassThrough | undefined) {
  const command = fluent({ stdoutLines: 0 }).setFfmpegPath(ffmpeg);
  for (const input of inputs) {
    command.input(input.source === 'pipe' && pipe ? pipe : input.source);
    // Spread, because fluent-ffmpeg splits options at spaces when they come as one array.
    if (input.options.length > 0) command.inputOptions(...input.options);
  }
  return command.outputOptions(...options).output(target, { end: false });
}

/** One run: a promise of its end, and the way to end it early. */
class Run {
  readonly ended: Promise<void>;
  failure: HandfirstError | undefined;
  over = false;
  private killed = false;
  private readonly command: ReturnType<typeof build>;

  constructor(
    spec: FfmpegCommand,
    private readonly options: RunOptions,
    pipe?: PassThrough,
  ) {
    this.command = build(spec, options.ffmpeg, pipe);
    this.ended = new Promise((resolve) => {
      const finish = (failure?: HandfirstError) => {
        this.failure ??= failure;
        this.over = true;
        options.signal?.removeEventListener('abort', this.cancel);
        pipe?.destroy();
        resolve();
      };
      this.command.on('start', () => this.killed && this.command.kill('SIGKILL'));
      this.command.on('end', () => finish());
      this.command.on('error', (error, _stdout, stderr) =>
        finish(this.killed ? undefined : encoderFailure(options.output, error, stderr ?? '')),
      );
    });
    if (options.signal?.aborted) this.cancel();
    options.signal?.addEventListener('abort', this.cancel);
    this.command.run();
  }

  private readonly cancel = () => {
    this.failure ??= cancelled(this.options.output);
    void this.kill();
  };

  async kill(): Promise<void> {
    if (!this.over && !this.killed) {
      this.killed = true;
      this.command.kill('SIGKILL');
    }
    await this.ended;
  }
}

/** Runs ffmpeg from files to a file. Rejects with EncoderError, OutputError (disk full) or CancelledError. */
export async function runFfmpeg(command: FfmpegCommand, options: RunOptions): Promise<void> {
  const run = new Run(command, options);
  await run.ended;
  if (run.failure) throw run.failure;
}

/** Starts ffmpeg on a command whose input is `pipe`. */
export function startEncoder(command: FfmpegCommand, options: RunOptions): FrameEncoder {
  const pipe = new PassThrough();
  pipe.on('error', () => {});
  const run = new Run(command, options, pipe);
  const check = () => {
    if (run.failure) throw run.failure;
    if (run.over) {
      throw new EncoderError(
        'HF_FFMPEG_ENDED',
        `ffmpeg ended before all frames of ${options.output} were written: run the same command again.`,
        { file: options.output },
      );
    }
  };
  return {
    async write(frame) {
      check();
      // `drain` never comes from a child that died: its end counts as well.
      if (!pipe.write(Buffer.from(frame)))
        await Promise.race([once(pipe, 'drain').catch(() => {}), run.ended]);
      check();
    },
    async end() {
      check();
      pipe.end();
      await run.ended;
      if (run.failure) throw run.failure;
    },
    kill: () => run.kill(),
  };
}
