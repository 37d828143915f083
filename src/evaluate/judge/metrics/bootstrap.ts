import { MersenneTwister } from '../../../diffusion/mersenne-twister.js';
import { quantile } from './quantile.js';

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * 95 % percentile interval of a statistic over items drawn with replacement (Efron 1979); rounds in which it is NaN are left out. The
 * same seed gives the same interval. For a paired difference let the items be pairs.
 */
export function bootstrap<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  { rounds = 1000, seed = 0 }: { rounds?: number; seed?: number } = {},
): Interval {
  const generator = new MersenneTwister(seed);
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const sample = items.map(() => {
      const drawn = items[Math.floor((generator.uint32() / 2 ** 32) * items.length)];
      if (drawn === undefined) throw new RangeError('An item was drawn that is not there.');
      return drawn;
    });
    const value = statistic(sample);
    if (Number.isFinite(value)) values.push(value);
  }
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}
