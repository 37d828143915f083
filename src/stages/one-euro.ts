/** How much the filter smooths. */
export interface SmoothingOptions {
  /** Cutoff in hertz while the value rests: lower is smoother. 0 switches the filter off. */
  readonly minCutoff: number;
  /** Hertz that the cutoff rises per unit of speed (units of the value a second): higher lags less. */
  readonly response: number;
}

const SPEED_CUTOFF = 1;

/**
 * The 1-euro filter: a causal low pass whose cutoff rises with speed, so that what rests does not tremble and what
 * moves does not lag. Deterministic: the state is a function of the values seen so far.
 * Source: Casiez, Roussel, Vogel, "1€ Filter", CHI 2012, algorithm 1.
 */
export class OneEuro {
  private value: number | undefined;
  private speed = 0;

  constructor(private readonly options: SmoothingOptions) {}

  /** The smoothed value; `seconds` since the value before (the first is taken as it is). */
  next(value: number, seconds: number): number {
    if (this.value === undefined || seconds <= 0 || this.options.minCutoff <= 0) {
      this.value = value;
      return value;
    }
    const speed = (value - this.value) / seconds;
    this.speed += smoothing(SPEED_CUTOFF, seconds) * (speed - this.speed);
    const cutoff = this.options.minCutoff + this.options.response * Math.abs(this.speed);
    this.value += smoothing(cutoff, seconds) * (value - this.value);
    return this.value;
  }

  /** Takes a corrected value as the last one given out. */
  settle(value: number): void {
    this.value = value;
  }
}

function smoothing(cutoff: number, seconds: number): number {
  return 1 / (1 + 1 / (2 * Math.PI * cutoff * seconds));
}
