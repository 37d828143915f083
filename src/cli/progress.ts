import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import type { Note, Progress, RenderResult } from '../pipeline/index.js';
import { STANDARD_OUTPUT } from '../video/index.js';
import { coloursOf } from './colours.js';
import { withFlags } from './flags-of.js';

/** Tells the user how a run goes: a bar on a terminal, little otherwise, or JSON lines for programs. */
export interface Reporter {
  note(note: Note): void;
  progress(progress: Progress): void;
  done(result: RenderResult): void;
  /** Gives the terminal back, whatever happened. */
  stop(): void;
}

/** Frames a second and seconds left, from the frames of this run alone. */
export class Pace {
  private start: number | undefined;
  private first = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** `fps` and `secondsLeft` are undefined until two reports have been heard, `secondsLeft` also without a total. */
  at({ done, total }: Progress): { fps?: number; secondsLeft?: number } {
    if (this.start === undefined) {
      this.start = this.now();
      this.first = done;
      return {};
    }
    const seconds = (this.now() - this.start) / 1000;
    if (done === this.first || seconds <= 0) return {};
    const fps = (done - this.first) / seconds;
    return total === undefined ? { fps } : { fps, secondsLeft: Math.max(0, total - done) / fps };
  }
}

/** Seconds as `1:02:03`, `2:03` or `0:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function where(path: string, green: (text: string) => string): string {
  return path === STANDARD_OUTPUT
    ? green('The video went to standard output')
    : `${green('The video is at')} ${path}`;
}

/** How long the video is and how long drawing took, in words that cannot be mixed up. */
export function outcome({ frames, fps, bytes, totalMs, resumedFrames }: RenderResult): string {
  const count = (n: number): string => `${n} ${n === 1 ? 'frame' : 'frames'}`;
  const size = bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const lasts = frames / fps;
  const rate = Number(fps.toFixed(2));
  const drawn = resumedFrames > 0 ? `Drawing the last ${frames - resumedFrames} of them` : 'Drawing it';
  return `It lasts ${lasts.toFixed(lasts < 1 ? 2 : 1)} s when played (${count(frames)}, ${rate} a second, ${size}). ${drawn} took ${spoken(totalMs / 1000)}.`;
}

/** `42 s`, `3 min 5 s` or `2 h 10 min`. */
function spoken(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

/** One JSON object a line on standard output: `event` is note, progress, done (or error, see `failure.ts`). */
export function jsonReporter(write: (line: string) => void, command?: Command): Reporter {
  const pace = new Pace();
  const tell = (event: string, fields: object): void => write(`${JSON.stringify({ event, ...fields })}\n`);
  return {
    note: ({ kind, sentence }) => tell('note', { kind, message: withFlags(sentence, command) }),
    progress: (progress) => tell('progress', { ...progress, ...pace.at(progress) }),
    done: (result) => tell('done', { ...result, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 }),
    stop: () => undefined,
  };
}

/** For people: notes and a bar on standard error, the result on standard output. */
export function terminalReporter(
  terminal: boolean,
  quiet: boolean,
  { command, say = process.stdout }: { command?: Command; say?: NodeJS.WritableStream } = {},
): Reporter {
  const pace = new Pace();
  const [said, warned] = [coloursOf(say), coloursOf(process.stderr)];
  const bar = new SingleBar({
    format: '{bar} {done}/{all} frames  {rate}  {left}',
    hideCursor: true,
    clearOnComplete: true,
    etaAsynchronousUpdate: false,
    gracefulExit: false,
    barsize: 30,
  });
  let running = false;
  return {
    note({ kind, sentence }) {
      if (kind === 'warning')
        process.stderr.write(`${warned.yellow('warning:')} ${withFlags(sentence, command)}\n`);
      else if (!quiet) process.stderr.write(`${warned.dim(withFlags(sentence, command))}\n`);
    },
    progress(progress) {
      const { fps, secondsLeft } = pace.at(progress);
      if (progress.resumed > 0 && !running && !quiet) {
        process.stderr.write(`Going on after ${progress.resumed} frames of an earlier run.\n`);
      }
      const fields = {
        done: progress.done,
        all: progress.total ?? '?',
        rate: fps === undefined ? '' : `${fps.toFixed(fps < 10 ? 2 : 1)} frames/s`,
        left: secondsLeft === undefined ? '' : `${clock(secondsLeft)} left`,
      };
      if (terminal && !quiet && !running) bar.start(progress.total ?? 0, progress.done, fields);
      else if (terminal && !quiet) bar.update(progress.done, fields);
      running = true;
    },
    done(result) {
      this.stop();
      if (!quiet) say.write(`${where(result.path, said.green)}\n${said.dim(outcome(result))}\n`);
    },
    stop() {
      if (running && terminal && !quiet) bar.stop();
      running = false;
    },
  };
}
