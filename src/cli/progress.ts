import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { counted } from '../counted.js';
import type { Picture } from '../picture.js';
import type { Note, Progress, RenderResult } from '../pipeline/index.js';
import { STANDARD_OUTPUT } from '../video/index.js';
import { coloursOf } from './colours.js';
import { withFlags } from './flags-of.js';
import { type BarFields, barLine, Pace } from './progress-line.js';
import { PictureArea, pictureProtocol } from './terminal-picture.js';

/** Shows the user how a run goes: a bar on a terminal, little otherwise, or JSON lines for programs. */
export interface Reporter {
  note(note: Note): void;
  progress(progress: Progress): void;
  /** A frame that was drawn. */
  picture(picture: Picture): void;
  done(result: RenderResult): void;
  /** Gives the terminal back, whatever happened. */
  stop(): void;
}

function where({ path, captionsFile, contactSheet }: RenderResult, green: (text: string) => string): string {
  if (path === STANDARD_OUTPUT) return green('The video went to standard output');
  const lines = [
    ['The video is at', path],
    ['Captions are at', captionsFile],
    ['Its contact sheet is at', contactSheet],
  ];
  return lines
    .flatMap(([what = '', file]) => (file === undefined ? [] : `${green(what)} ${file}`))
    .join('\n');
}

/** How long the video is and how long drawing took, in words that cannot be mixed up. */
export function outcome({ frames, fps, bytes, totalMs, resumedFrames }: RenderResult): string {
  const size = bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const lasts = frames / fps;
  const rate = Number(fps.toFixed(2));
  const drawn = resumedFrames > 0 ? `Drawing the last ${frames - resumedFrames} of them` : 'Drawing it';
  return `It lasts ${lasts.toFixed(lasts < 1 ? 2 : 1)} s when played (${counted(frames, 'frame')}, ${rate} a second, ${size}). ${drawn} took ${spoken(totalMs / 1000)}.`;
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
    picture: () => undefined,
    stop: () => undefined,
  };
}

/** How `terminalReporter` speaks. */
export interface TerminalOptions {
  /** The command whose flags sentences name. */
  readonly command?: Command;
  /** Where the result goes; default: standard output. */
  readonly say?: NodeJS.WritableStream;
  /** Shows what is drawn above the bar, where the terminal can. */
  readonly picture?: boolean;
}

/** For people: notes, a bar and a small picture on standard error, the result on standard output. */
export function terminalReporter(
  terminal: boolean,
  quiet: boolean,
  { command, say = process.stdout, picture = false }: TerminalOptions = {},
): Reporter {
  const pace = new Pace();
  const [said, warned] = [coloursOf(say), coloursOf(process.stderr)];
  const protocol = picture && terminal && !quiet ? pictureProtocol(process.stderr) : undefined;
  const area = protocol && new PictureArea(process.stderr, protocol);
  const bar = new SingleBar({
    format: (_options, _params, fields: BarFields) => barLine(fields, process.stderr.columns),
    hideCursor: true,
    clearOnComplete: true,
    etaAsynchronousUpdate: false,
    gracefulExit: false,
  });
  let running = false;
  let fields: BarFields = { done: 0 };
  const clearLine = (): void => void (running && process.stderr.write('\r\x1b[K'));
  return {
    note({ kind, sentence }) {
      if (quiet && kind !== 'warning') return;
      if (terminal && !quiet) {
        clearLine();
        area?.clear();
      }
      const text = withFlags(sentence, command);
      process.stderr.write(
        kind === 'warning' ? `${warned.yellow('warning:')} ${text}\n` : `${warned.dim(text)}\n`,
      );
    },
    progress(progress) {
      const { fps, secondsLeft } = pace.at(progress);
      if (progress.resumed > 0 && !running && !quiet)
        process.stderr.write(`Continuing after ${counted(progress.resumed, 'frame')} of an earlier run.\n`);
      fields = { done: progress.done, total: progress.total, fps, secondsLeft };
      if (terminal && !quiet && !running) bar.start(progress.total ?? 0, progress.done, fields);
      else if (terminal && !quiet) bar.update(progress.done, fields);
      running = true;
    },
    picture: (drawn) => void area?.show(drawn, clearLine).catch(() => undefined),
    done(result) {
      this.stop();
      if (!quiet) say.write(`${where(result, said.green)}\n${said.dim(outcome(result))}\n`);
    },
    stop() {
      if (running && terminal && !quiet) bar.stop();
      area?.close();
      running = false;
    },
  };
}
