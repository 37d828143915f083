import { counted } from '../counted.js';
import type { Progress } from '../pipeline/index.js';

/** Frames a second and seconds left, from the frames of this run alone. */
export class Pace {
  private start: number | undefined;
  private first = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** `fps` and `secondsLeft` are undefined until there are two reports, `secondsLeft` also without a total. */
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

/** What the line of progress says. */
export interface BarFields {
  readonly done: number;
  readonly total?: number;
  readonly fps?: number;
  readonly secondsLeft?: number;
}

const WIDEST = 30;
const NARROWEST = 6;

/** A bar, frames, frames a second and the time left, in `columns`; what does not fit is left out, least useful first. */
export function barLine({ done, total, fps, secondsLeft }: BarFields, columns = 80): string {
  const parts = [
    `${done}/${total === undefined ? '? frames' : counted(total, 'frame')}`,
    ...(secondsLeft === undefined ? [] : [`${clock(secondsLeft)} left`]),
    ...(fps === undefined ? [] : [`${fps.toFixed(fps < 10 ? 2 : 1)} frames/s`]),
  ];
  // The last column stays free, since some terminals wrap a full line.
  const fitting = parts.filter((_, at) => parts.slice(0, at + 1).join('  ').length < columns || at === 0);
  const text = fitting.join('  ');
  const room = Math.min(WIDEST, columns - text.length - 2);
  if (room < NARROWEST) return text;
  const full = Math.round(room * Math.min(1, total ? done / total : 0));
  return `${'\u2588'.repeat(full)}${'\u2591'.repeat(room - full)} ${text}`;
}
