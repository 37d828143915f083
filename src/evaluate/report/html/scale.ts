/** A linear scale from values to places, with round values to mark. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly marks: readonly number[];
  /** Place of a value between `from` (at `low`) and `to` (at `high`). */
  at(value: number): number;
}

/** A scale that holds all `values`, from one round value to another; a little round a single value. */
export function scaleOf(values: readonly number[], from: number, to: number): Scale {
  const finite = values.filter(Number.isFinite);
  const [least, most] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const spread = most > least ? most - least : Math.max(Math.abs(most) * 0.2, 1e-3);
  const [first, last] = most > least ? [least, most] : [least - spread / 2, most + spread / 2];
  const step = roundStep((last - first) / 4);
  const [start, end] = [Math.floor(first / step + 1e-9), Math.ceil(last / step - 1e-9)];
  const [low, high] = [start * step, end * step];
  const marks = Array.from({ length: end - start + 1 }, (_, index) =>
    Number(((start + index) * step).toPrecision(12)),
  );
  return { low, high, marks, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

/** The smallest of 1, 2 and 5 times a power of ten that is at least `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((times) => times * power >= rough * (1 - 1e-9)) ?? 10) * power;
}
