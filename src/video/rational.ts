import { counted } from '../counted.js';
import { UsageError } from '../errors.js';

/** A positive fraction in lowest terms: frames a second as ffmpeg counts them (`30000/1001`). */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** Rates that broadcast slows down by 1000/1001 and that files round to two or three decimals. */
const NTSC = [24, 30, 48, 60, 120];
const NTSC_TOLERANCE = 0.005;
const LARGEST_DENOMINATOR = 1001;
const FASTEST = 240;

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Best fraction with a denominator up to 1001, by continued fractions. `value` > 0. */
function approximate(value: number): Rational {
  let [previousNum, previousDen, num, den] = [0, 1, 1, 0];
  let rest = value;
  for (let depth = 0; depth < 32; depth++) {
    const whole = Math.floor(rest);
    const [nextNum, nextDen] = [whole * num + previousNum, whole * den + previousDen];
    if (nextDen > LARGEST_DENOMINATOR) break;
    [previousNum, previousDen, num, den] = [num, den, nextNum, nextDen];
    if (rest - whole < 1e-9 || Math.abs(num / den - value) < 1e-9 * value) break;
    rest = 1 / (rest - whole);
  }
  return { num, den };
}

/**
 * Frames a second as a fraction. 29.97, 23.976, 59.94 and their like become the exact n * 1000/1001 that they stand for.
 *
 * @throws UsageError when `fps` is not above 0 and at most 240
 */
export function toRational(fps: number | Rational): Rational {
  const value = typeof fps === 'number' ? fps : fps.num / fps.den;
  if (!(value > 0 && value <= FASTEST)) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A video cannot have ${counted(value, 'frame')} a second: give a rate above 0 and at most ${FASTEST}.`,
      { field: 'fps' },
    );
  }
  if (typeof fps !== 'number') {
    if (!Number.isInteger(fps.num) || !Number.isInteger(fps.den)) return approximate(value);
    const divisor = gcd(fps.num, fps.den);
    return { num: fps.num / divisor, den: fps.den / divisor };
  }
  if (Number.isInteger(value)) return { num: value, den: 1 };
  const slowed = NTSC.find((rate) => Math.abs(value - (rate * 1000) / 1001) < NTSC_TOLERANCE);
  if (slowed !== undefined) return { num: slowed * 1000, den: 1001 };
  const fraction = approximate(value);
  if (fraction.num === 0)
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A video cannot have only ${counted(value, 'frame')} a second: give at least 0.001.`,
      { field: 'fps' },
    );
  return fraction;
}

/** `30000/1001`, as ffmpeg's options take it. */
export function formatRational({ num, den }: Rational): string {
  return `${num}/${den}`;
}

/** When frame `frame` is shown: whole microseconds from the clip's beginning. */
export function microseconds(frame: number, fps: Rational): number {
  return Math.round((frame * fps.den * 1e6) / fps.num);
}
