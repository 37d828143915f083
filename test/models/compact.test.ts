import { describe, expect, it } from 'vitest';
import { checkBundle, createTokenizer, DEFAULT_BUNDLE, loadBundle } from '../../src/models/index.js';

describe('the bundle of the package', () => {
  it('is whole, and its graphs do as its manifest says', async () => {
    const { problems } = await checkBundle(await loadBundle(DEFAULT_BUNDLE), { device: 'cpu' });
    expect(problems).toEqual([]);
  });

  it('is small enough to travel with the package', async () => {
    const { manifest } = await loadBundle(DEFAULT_BUNDLE, { verify: false });
    const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
    expect(bytes).toBeLessThan(60e6);
  });

  it('knows plain words for a signer', async () => {
    const tokenizer = await createTokenizer(await loadBundle(DEFAULT_BUNDLE, { verify: false }));
    const { ids, unknown, cut } = tokenizer?.encode(
      'A young woman with long dark hair, in a red shirt; grey wall.',
    ) ?? { ids: [], unknown: [], cut: '' };
    expect(unknown).toEqual([]);
    expect(cut).toBe('');
    expect(ids.length, 'young woman long dark hair red top grey wall').toBe(9);
  });
});
