import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../src/models/half.js';

/** SHA-256 of the little-endian bytes; those of NumPy 2's `astype` are noted at each test. */
function sha256(values: Float32Array | Uint16Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

describe('half precision', () => {
  it('reads all 63,490 halves that are numbers or infinities as NumPy does', () => {
    // np.arange(65536, dtype=np.uint16).view(np.float16), without NaN, .astype(np.float32)
    const values = fromHalf(Uint16Array.from({ length: 65536 }, (_, i) => i)).filter(
      (value) => !Number.isNaN(value),
    );
    expect(values.length).toBe(63490);
    expect(sha256(values)).toBe('680bbc22915f61aa1bbfc7265bc3882a6aa42d299bfd2c571807196e5544de2e');
  });

  it('rounds every 65,521st float32 as NumPy does', () => {
    // np.arange(0, 2**32, 65521).astype(np.uint32).view(np.float32), without NaN, .astype(np.float16)
    const patterns = Uint32Array.from({ length: Math.ceil(2 ** 32 / 65521) }, (_, i) => i * 65521);
    const values = new Float32Array(patterns.buffer).filter((value) => !Number.isNaN(value));
    expect(values.length).toBe(65295);
    expect(sha256(toHalf(values))).toBe('bd3bad246c8b489f923bbd69ec3f196c97fbfef1085621edae00d24ae23b20be');
  });

  it('rounds ties to even, and the largest to infinity', () => {
    const ties = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, 3 * 2 ** -25, 2 ** -14 - 2 ** -26];
    expect([...toHalf(Float32Array.from(ties))]).toEqual([0x3c00, 0x3c02, 0x7bff, 0x7c00, 0, 2, 0x0400]);
    expect(fromHalf(toHalf(Float32Array.of(Number.NaN)))[0]).toBeNaN();
  });
});
