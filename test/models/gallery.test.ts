import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkBundle, loadBundle, loadGallery } from '../../src/models/index.js';
import { readManifest } from '../../src/models/read-manifest.js';
import { takesReference } from '../../src/models/reference-uses.js';
import { TINY, temporaryFolder } from './tiny-bundle.js';

const CARRIED = fileURLToPath(new URL('../fixtures/carried-bundle', import.meta.url));

async function copied(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(CARRIED, folder, { recursive: true });
  return folder;
}

async function edited(file: string, edit: (text: string) => string): Promise<string> {
  const folder = await copied();
  await writeFile(path.join(folder, file), edit(await readFile(path.join(folder, file), 'utf8')));
  return folder;
}

describe('a bundle with a gallery', () => {
  it('is whole, its graphs are fed all they take, and it takes a reference', async () => {
    const bundle = await loadBundle(CARRIED);
    expect((await checkBundle(bundle, { device: 'cpu' })).problems).toEqual([]);
    expect(takesReference(bundle.manifest)).toBe(true);
    expect(takesReference((await loadBundle(TINY)).manifest)).toBe(false);
    const gallery = await loadGallery(bundle);
    expect(gallery?.default.name).toBe('ada');
    expect(gallery?.signers.map(({ name }) => name)).toEqual(['ada', 'bob']);
    expect(await loadGallery(await loadBundle(TINY))).toBeUndefined();
  });

  it('says which input of a graph nothing feeds', async () => {
    const folder = await edited('manifest.json', (text) =>
      text.replace(/,\s*\{\s*"name": "features",\s*"from": "features"\s*\}/, ''),
    );
    const { problems } = await checkBundle(await loadBundle(folder), { device: 'cpu' });
    expect(problems).toEqual([expect.stringMatching(/decoder\.onnx .*nothing feeds its input "features"/)]);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'a default that is none',
      (text) => text.replace('"default": "ada"', '"default": "eve"'),
      /default "eve" is none of its signers/,
    ],
    [
      'a picture that is not listed',
      (text) => text.replace('"ada.png"', '"eve.png"'),
      /does not list "eve\.png" of the signer "ada"/,
    ],
    [
      'a way out of its folder',
      (text) => text.replace('"ada.png"', '"../hand.onnx"'),
      /at "signers\.0\.picture"/,
    ],
    [
      'a signer without a shoulder',
      (text) => {
        const gallery = JSON.parse(text);
        gallery.signers[0].keypoints[5] = [0, 0, 0];
        return JSON.stringify(gallery);
      },
      /the signer "ada" has no shoulders in its keypoints/,
    ],
    ['words that are missing', (text) => text.replace('"gender"', '"sex"'), /at "signers\.0\.words/],
    ['no JSON', () => 'gallery', /gallery\.json cannot be used/],
  ])('refuses a gallery with %s', async (_, edit, sentence) => {
    const folder = await edited('gallery/gallery.json', edit);
    await expect(
      loadGallery(await loadBundle(folder, { verify: false }).catch(() => unchecked(folder))),
    ).rejects.toThrow(sentence);
  });

  it('is not complete without a picture of its gallery', async () => {
    const folder = await copied();
    await rm(path.join(folder, 'gallery', 'bob.png'));
    await expect(loadBundle(folder)).rejects.toThrow(/bob\.png is missing/);
  });

  /** A file of another length is found before its content is read. */
  async function unchecked(folder: string) {
    const text = await readFile(path.join(folder, 'manifest.json'), 'utf8');
    return { folder, manifest: readManifest(text, folder) };
  }
});

describe('a manifest that carries a reference', async () => {
  const text = await readFile(path.join(CARRIED, 'manifest.json'), 'utf8');

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'a gallery that is not listed',
      (t) => t.replace('"gallery": "gallery/gallery.json"', '"gallery": "people.json"'),
      /"people\.json" is used, but "files" does not list it/,
    ],
    [
      'a hand stage that asks for the carried picture',
      (t) => t.replace('"finger-heatmaps"', '"carried"'),
      /hand asks for the carried picture/,
    ],
    [
      'features that nothing gives',
      (t) => t.replace(/,\s*"features": "features"/, ''),
      /wants features, and the denoiser's outputs have none/,
    ],
    [
      'a decoder without a latent',
      (t) => t.replace('"graph": "decoder.onnx",\n        "input": "latent"', '"graph": "decoder.onnx"'),
      /body\.autoencoder\.decoder has no latent input/,
    ],
    [
      'an encoded picture at another size',
      (t) => t.replace('"size": 16', '"size": 32'),
      /'carried-latent' in "reference" at 32, which does not fit/,
    ],
    [
      'a carried picture that is no whole part of the picture',
      (t) => t.replace(/"size": 32,(\s*"channels": \[\s*\{\s*"kind": "skeleton)/, '"size": 24,$1'),
      /'carried' in "conditions" at 24/,
    ],
  ])('is refused with %s', (_, edit, sentence) => {
    const changed = edit(text);
    expect(changed).not.toBe(text);
    expect(() => readManifest(changed, '/bundle')).toThrow(sentence);
  });
});
