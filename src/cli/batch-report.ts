import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { type BatchProgress, type BatchSummary, type ClipEvent, REPORT } from '../batch/index.js';
import { counted } from '../counted.js';
import { coloursOf } from './colours.js';
import { withFlags } from './flags-of.js';
import { clock } from './progress-line.js';

/** Tells the user how a batch goes. */
export interface BatchReporter {
  clip(event: ClipEvent): void;
  progress(progress: BatchProgress): void;
  /** So many frames more were drawn, of clips that are not finished yet. */
  frames(count: number): void;
  /** A sentence about the batch itself. */
  note(sentence: string): void;
  done(summary: BatchSummary, report: string): void;
  stop(): void;
}

/** Where the report of a batch is, within its folder or `s3://bucket/prefix`. */
export function reportPlace(out: string): string {
  return `${out.replace(/\/+$/, '')}/${REPORT}`;
}

/** Seconds that the clips that are left take at the pace of this run; undefined before the first. */
export function secondsLeft(
  { total, done, unchanged, failed }: BatchProgress,
  seconds: number,
): number | undefined {
  const drawn = done + failed;
  return drawn === 0 ? undefined : (seconds / drawn) * (total - drawn - unchanged);
}

/** One JSON object a line on standard output: `event` is progress, clip, note or done. */
export function jsonBatchReporter(command: Command): BatchReporter {
  const tell = (event: string, fields: object): void => {
    process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  return {
    clip: (event) =>
      tell('clip', event.state === 'failed' ? { ...event, failure: spoken(event, command) } : event),
    progress: (progress) => tell('progress', progress),
    frames: () => undefined,
    note: (message) => tell('note', { message: withFlags(message, command) }),
    done: (summary, report) => tell('done', { ...summary, report }),
    stop: () => undefined,
  };
}

function spoken({ failure }: Extract<ClipEvent, { state: 'failed' }>, command: Command) {
  return { ...failure, message: withFlags(failure.message, command) };
}

/** For people: a bar on a terminal, or else a line a clip, on standard error; the summary on standard output. */
export function terminalBatchReporter(command: Command, terminal: boolean, quiet: boolean): BatchReporter {
  const bar = new SingleBar({
    format: '{bar} clips {finished}/{total}  frames {frames}  {troubles}{left}',
    hideCursor: true,
    clearOnComplete: true,
    etaAsynchronousUpdate: false,
    gracefulExit: false,
    barsize: 30,
  });
  const start = performance.now();
  const colours = coloursOf(process.stderr);
  let running = false;
  let drawn = 0;
  /** Above the bar, which is drawn again by the next progress. */
  const say = (line: string): void => {
    if (running) process.stderr.write('\r\u001b[K');
    process.stderr.write(`${line}\n`);
  };
  return {
    clip(event) {
      if (event.state === 'failed') {
        const sentence = withFlags(event.failure.message, command);
        const named = sentence.includes(event.input) ? sentence : `${event.input}: ${sentence}`;
        say(`${colours.red('failed:')} ${named}`);
      }
      if (!terminal && !quiet && event.state === 'done')
        say(`${event.output}: ${counted(event.done.frames, 'frame')}`);
    },
    progress(progress) {
      if (!terminal || quiet) return;
      const { total, done, unchanged, failed, frames } = progress;
      const finished = done + unchanged + failed;
      const left = secondsLeft(progress, (performance.now() - start) / 1000);
      const fields = {
        finished,
        frames: Math.max(frames, drawn),
        troubles: failed > 0 ? `${failed} failed  ` : '',
        left: left === undefined ? '' : `${clock(left)} left`,
      };
      if (running) bar.update(finished, fields);
      else bar.start(total, finished, fields);
      running = true;
    },
    frames(count) {
      drawn += count;
      if (running) bar.update({ frames: drawn });
    },
    note: (sentence) => say(colours.dim(withFlags(sentence, command))),
    done(summary, report) {
      this.stop();
      if (quiet) return;
      const { total, done, unchanged, failed, frames, seconds, warnings } = summary;
      const parts = [
        `${done} of ${counted(total, 'clip')} drawn (${counted(frames, 'frame')} in ${clock(seconds)})`,
        ...(unchanged > 0 ? [`${unchanged} done already`] : []),
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(warnings.length > 0 ? [`${counted(warnings.length, 'warning')}`] : []),
      ];
      process.stdout.write(`${parts.join(', ')}. The report is at ${report}\n`);
    },
    stop() {
      if (running) bar.stop();
      running = false;
    },
  };
}
