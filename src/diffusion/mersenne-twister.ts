const N = 624;
const M = 397;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;
const MATRIX = 0x9908b0df;

/** The 32-bit Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded as PyTorch's CPU generator and `init_genrand` do. */
export class MersenneTwister {
  private readonly state = new Uint32Array(N);
  private next = N;

  /** Only the lower 32 bits of `seed` count. */
  constructor(seed: number) {
    let word = (seed % 2 ** 32) >>> 0;
    this.state[0] = word;
    for (let i = 1; i < N; i++) {
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i) >>> 0;
      this.state[i] = word;
    }
  }

  /** A whole number, uniform in 0..2^32 - 1. */
  uint32(): number {
    if (this.next === N) this.refill();
    let y = this.state[this.next++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  private refill(): void {
    const { state } = this;
    for (let i = 0; i < N; i++) {
      const mixed = ((state[i] ?? 0) & UPPER) | ((state[(i + 1) % N] ?? 0) & LOWER);
      state[i] = (state[(i + M) % N] ?? 0) ^ (mixed >>> 1) ^ (mixed & 1 ? MATRIX : 0);
    }
    this.next = 0;
  }
}
