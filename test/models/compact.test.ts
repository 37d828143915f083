import { describe, expect, it } from 'vitest';
import { checkBundle, DEFAULT_BUNDLE, loadBundle, loadGallery } from '../../src/models/index.js';
import { readPrompt } from '../../src/signers/index.js';

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

  it('brings at least 24 signers of every kind, and words for them', async () => {
    const gallery = await loadGallery(await loadBundle(DEFAULT_BUNDLE, { verify: false }));
    const { signers = [] } = gallery ?? {};
    expect(signers.length).toBeGreaterThanOrEqual(24);
    expect(new Set(signers.map(({ name }) => name)).size).toBe(signers.length);
    const kinds = (field: 'gender' | 'age' | 'skin' | 'hair' | 'cloth' | 'wall') =>
      new Set(signers.map(({ words }) => words[field])).size;
    expect(kinds('gender')).toBe(2);
    expect(kinds('age')).toBe(3);
    for (const field of ['skin', 'hair', 'cloth', 'wall'] as const) expect(kinds(field)).toBeGreaterThan(4);
    for (const { words } of signers) {
      const said = `${words.age} ${words.gender}, ${words.hairstyle} ${words.hair} hair, ${words.cloth} ${words.garment}, ${words.wall} wall`;
      expect(readPrompt(said), said).toMatchObject({ unknown: [], beyond: [] });
    }
  });
});
