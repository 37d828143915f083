import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/pipeline/checks.js';
import type { GenerateOptions } from '../../src/pipeline/index.js';

/** What callers without types may give. */
function withRuntime(runtime: object): GenerateOptions {
  return { input: 'clip.pose', runtime };
}

describe('checkOptions', () => {
  it('takes what makes sense', () => {
    const runtime = { threads: 1, precision: 'auto', lookAhead: 64 };
    expect(() => checkOptions(withRuntime(runtime))).not.toThrow();
    expect(() => checkOptions(withRuntime({ threads: 256, precision: 'int8' }))).not.toThrow();
    expect(() => checkOptions(withRuntime({ threads: undefined, precision: undefined }))).not.toThrow();
  });

  it.each([
    [{ threads: 0 }, 'threads'],
    [{ threads: 1.5 }, 'threads'],
    [{ threads: Number.NaN }, 'threads'],
    [{ threads: '2' }, 'threads'],
    [{ threads: 257 }, 'threads'],
    [{ precision: 'foo' }, 'precision'],
    [{ precision: '' }, 'precision'],
    [{ lookAhead: 0 }, 'lookAhead'],
  ])('refuses %j before anything is loaded', (runtime, field) => {
    expect(() => checkOptions(withRuntime(runtime))).toThrow(
      expect.objectContaining({ code: 'HF_FIELD_VALUE', field }),
    );
  });
});
