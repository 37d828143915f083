import { readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTokenizer, loadBundle } from '../../src/models/index.js';
import { vocabularySchema, WordTokenizer } from '../../src/models/word-tokenizer.js';
import { nearestWords } from '../../src/nearest-words.js';
import { copyOfTiny, TINY } from './tiny-bundle.js';

const CLIP = fileURLToPath(new URL('../fixtures/clip', import.meta.url));

describe('WordTokenizer', () => {
  const vocabulary = vocabularySchema.parse({
    pad: 0,
    words: { red: 2, blue: 3, 'light brown': 4, brown: 5, jumper: 6, woman: 7, light: 8, "it's": 9 },
    synonyms: { crimson: 'red', sweater: 'jumper', 'pull over': 'jumper' },
    ignored: ['a', 'the', 'in'],
  });
  const tokenizer = new WordTokenizer(vocabulary, 6);

  it.each([
    ['a woman in the red jumper', [7, 2, 6]],
    ['Light-brown, LIGHT; brown\tred', [4, 4, 2]],
    ['light red brown', [8, 2, 5]],
    ['crimson sweater, pull-over', [2, 6, 6]],
    ["“it’s” 'red'", [9, 2]],
    ['', []],
  ])('reads %j', (prompt, ids) => {
    expect(tokenizer.encode(prompt)).toEqual({ ids, unknown: [], cut: '' });
  });

  it('reports each unknown word once, with known ones that are like it', () => {
    const { ids, unknown } = tokenizer.encode('a womman in a brwon jumpers, xylophone, womman');
    expect(ids).toEqual([]);
    expect(unknown).toEqual([
      { word: 'womman', nearest: ['woman'] },
      { word: 'brwon', nearest: ['brown', 'light brown'] },
      { word: 'jumpers', nearest: ['jumper'] },
      { word: 'xylophone', nearest: [] },
    ]);
  });

  it('says which words are too many', () => {
    const { ids, cut } = tokenizer.encode('red red red red red red blue the woman');
    expect(ids).toEqual([2, 2, 2, 2, 2, 2]);
    expect(cut).toBe('blue the woman');
    expect(tokenizer.encode('red red red red red red the').cut).toBe('');
  });
});

describe('nearestWords', () => {
  it('finds a word with swapped, changed or missing letters, and no stranger', () => {
    const known = ['brown', 'red', 'sitting'];
    expect(nearestWords('rbown', known)).toEqual(['brown']);
    expect(nearestWords('rde', ['red', 'top'])).toEqual(['red']);
    expect(nearestWords('zitting', known)).toEqual(['sitting']);
    expect(nearestWords('green', known)).toEqual([]);
  });

  it('puts the nearest first and offers three at most', () => {
    const known = ['trousers', 'trouser suit', 'train', 'house', 'blouse', 'tan'];
    expect(nearestWords('trouserz', known)).toEqual(['trousers', 'trouser suit']);
    expect(nearestWords('blous', ['house', 'blouse', 'blue', 'blond', 'blow', 'block']).length).toBe(3);
    expect(nearestWords('blous', ['house', 'blouse'])[0]).toBe('blouse');
  });
});

describe('createTokenizer', () => {
  it('reads the vocabulary that the manifest names', async () => {
    const tokenizer = await createTokenizer(await loadBundle(TINY));
    expect(tokenizer?.encode('a lady with light brown hair').ids).toEqual([7, 4, 8]);
  });

  it.each([
    ['no JSON', 'oops', /vocabulary\.json cannot be used \(.*JSON/],
    ['ids that are none', '{"pad": 0, "words": {"red": -1}}', /at "words\.red"/],
    ['upper spaces', '{"pad": 0, "words": {" red": 2}}', /at "words\. red"/],
    [
      'a synonym of nothing',
      '{"pad": 0, "words": {"red": 2}, "synonyms": {"azure": "blue"}}',
      /"azure" means "blue"/,
    ],
    ['another padding', '{"pad": 7, "words": {"red": 2}}', /pads with 7, and the manifest with 0/],
  ])('refuses a vocabulary with %s', async (_, text, sentence) => {
    const folder = await copyOfTiny();
    const bundle = await loadBundle(folder);
    await writeFile(path.join(folder, 'vocabulary.json'), text);
    await expect(createTokenizer(bundle)).rejects.toThrow(sentence);
  });
});

describe('CLIP tokenizer', () => {
  const expected = z
    .object({ cases: z.array(z.object({ prompt: z.string(), ids: z.array(z.number()) })) })
    .parse(JSON.parse(readFileSync(path.join(CLIP, 'expected.json'), 'utf8')));

  async function clipTokenizer() {
    const folder = await copyOfTiny();
    await cp(CLIP, folder, { recursive: true });
    const bundle = await loadBundle(folder);
    const { prompt: own } = bundle.manifest;
    if (!own) throw new Error('no prompt');
    const prompt = {
      ...own,
      maxTokens: 77,
      tokenizer: { kind: 'clip' as const, tokenizer: 'tokenizer.json', config: 'tokenizer_config.json' },
    };
    return { folder, bundle: { folder, manifest: { ...bundle.manifest, prompt } } };
  }

  it.each(expected.cases)('gives the tokens of transformers, prompt %#', async ({ prompt, ids }) => {
    const tokenizer = await createTokenizer((await clipTokenizer()).bundle);
    expect(tokenizer?.encode(prompt).ids).toEqual(ids);
  });

  it('says what did not fit', async () => {
    const tokenizer = await createTokenizer((await clipTokenizer()).bundle);
    expect(tokenizer?.encode('hands, '.repeat(37)).cut).toBe('');
    expect(tokenizer?.encode(`${'hands, '.repeat(37)}a thumb, fingers`).cut).toBe('thumb, fingers');
  });

  it('refuses files that are no tokenizer', async () => {
    const { folder, bundle } = await clipTokenizer();
    await writeFile(path.join(folder, 'tokenizer.json'), '{}');
    await expect(createTokenizer(bundle)).rejects.toThrow(/tokenizer\.json cannot be used/);
  });
});
