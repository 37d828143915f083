/** Values kept of a stream; of longer ones every second, fourth and so on. */
const MOST = 2048;

/** An evenly spread sample of a stream of any length, the same for the same stream: memory does not grow with the clip. */
export class EvenSample<T> {
  private kept: T[] = [];
  private stride = 1;
  private seen = 0;

  /** The value is made only where it is kept; undefined counts as a place but is not kept. */
  add(make: () => T | undefined): void {
    const place = this.seen;
    this.seen += 1;
    if (place % this.stride !== 0) return;
    const value = make();
    if (value !== undefined) this.kept.push(value);
    if (this.kept.length < MOST) return;
    this.kept = this.kept.filter((_, index) => index % 2 === 0);
    this.stride *= 2;
  }

  get values(): readonly T[] {
    return this.kept;
  }
}

/** Value below which `share` of the numbers lie; undefined without numbers. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)];
}
