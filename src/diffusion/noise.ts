import { UsageError } from '../errors.js';
import { MersenneTwister } from './mersenne-twister.js';

/** Values that PyTorch fills at a time; shorter tensors take another way. */
const BLOCK = 16;
const HALF = BLOCK / 2;

/**
 * PyTorch's CPU generator, as far as `torch.randn` goes: consecutive calls continue one stream. Values agree with
 * PyTorch to 1e-6 (its vectorised logarithm and sine differ from ours in the last bits).
 */
export class TorchGenerator {
  private readonly twister: MersenneTwister;
  /** Second value of the last pair that the way for short tensors drew. */
  private spare: number | undefined;

  /** `seed`: whole, 0..2^53 - 1; as in PyTorch its lower 32 bits count. Throws `UsageError` otherwise. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `The seed ${seed} cannot be used: give a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
        { field: 'seed' },
      );
    }
    this.twister = new MersenneTwister(seed);
  }

  /** Standard normal values, `torch.randn(length)`. */
  randn(length: number): Float32Array {
    const values = new Float32Array(length);
    if (length < BLOCK) {
      for (let i = 0; i < length; i++) values[i] = this.normalDouble();
      return values;
    }
    for (let i = 0; i < length; i++) values[i] = this.uniformFloat();
    for (let i = 0; i + BLOCK <= length; i += BLOCK) boxMuller(values, i);
    if (length % BLOCK !== 0) {
      for (let i = length - BLOCK; i < length; i++) values[i] = this.uniformFloat();
      boxMuller(values, length - BLOCK);
    }
    return values;
  }

  /** 24 random bits, uniform in 0..1 (1 excluded). */
  private uniformFloat(): number {
    return (this.twister.uint32() & 0xffffff) * 2 ** -24;
  }

  /** 53 random bits of two outputs, the first of which is the upper word. */
  private uniformDouble(): number {
    const upper = this.twister.uint32() & 0x1fffff;
    return (upper * 2 ** 32 + this.twister.uint32()) * 2 ** -53;
  }

  private normalDouble(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    const angle = 2 * Math.PI * this.uniformDouble();
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniformDouble()));
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** `torch.randn(length, generator=torch.Generator('cpu').manual_seed(seed))`. */
export function gaussianNoise(seed: number, length: number): Float32Array {
  return new TorchGenerator(seed).randn(length);
}

/** Turns 16 uniform values from `start` into normal ones: 8 radii, then 8 angles. */
function boxMuller(values: Float32Array, start: number): void {
  for (let i = start; i < start + HALF; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - (values[i] ?? 0)));
    const angle = 2 * Math.PI * (values[i + HALF] ?? 0);
    values[i] = radius * Math.cos(angle);
    values[i + HALF] = radius * Math.sin(angle);
  }
}
