import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Gallery, GallerySigner } from '../../src/models/gallery.js';
import { chooseFromGallery, dress, galleryTopics, readPrompt } from '../../src/signers/index.js';

function signer(name: string, words: Partial<GallerySigner['words']>): GallerySigner {
  const plain: GallerySigner['words'] = {
    gender: 'woman',
    age: 'young',
    build: 'medium',
    skin: 'light',
    hair: 'black',
    hairstyle: 'long',
    garment: 'jumper',
    sleeve: 'long',
    cloth: 'navy',
    trousers: 'black',
    wall: 'grey',
  };
  return {
    name,
    words: { ...plain, ...words },
    picture: `${name}.webp`,
    plate: `${name}-plate.webp`,
    parts: `${name}-parts.png`,
    size: [64, 64],
    keypoints: [],
    depth: [],
  };
}

const ada = signer('ada', {});
const bob = signer('bob', { gender: 'man', age: 'old', hairstyle: 'bald', hair: 'grey', garment: 'shirt' });
const eve = signer('eve', { skin: 'black', hairstyle: 'short', cloth: 'red', garment: 't-shirt' });
const tim = signer('tim', { gender: 'man', skin: 'brown', age: 'middle-aged', hairstyle: 'short' });
const gallery: Gallery = { folder: '/gallery', default: ada, signers: [bob, ada, eve, tim] };

const said = (prompt: string) =>
  Object.fromEntries(readPrompt(prompt).wishes.map(({ field, value }) => [field, value]));

describe('reading a prompt', () => {
  it.each<[string, Record<string, string>]>([
    [
      'a woman with black hair in a red shirt',
      { gender: 'woman', hair: 'black', garment: 'shirt', cloth: 'red' },
    ],
    ['an old dark-skinned man', { age: 'old', skin: 'dark brown', gender: 'man' }],
    ['a black woman, white wall', { skin: 'black', gender: 'woman', wall: 'white' }],
    ['someone in yellow, blue background', { cloth: 'yellow', wall: 'blue' }],
    ['long, light brown hair', { hairstyle: 'long', hair: 'light brown' }],
    [
      'long-sleeved dark green jumper and beige trousers',
      { sleeve: 'long', cloth: 'dark green', garment: 'jumper', trousers: 'beige' },
    ],
    ['hair is red', { hair: 'red' }],
    ['a lady, hair in a ponytail, burgundy top', { gender: 'woman', hairstyle: 'bun', cloth: 'dark red' }],
    ['', {}],
  ])('understands %j', (prompt, wishes) => {
    const read = readPrompt(prompt);
    expect(read.unknown).toEqual([]);
    expect(read.beyond).toEqual([]);
    expect(said(prompt)).toEqual(wishes);
  });

  it('knows every way in which the rendered signers are described', () => {
    const file = new URL('../../models/training/handfirst_training/world/vocabulary.json', import.meta.url);
    const { attributes } = z
      .object({ attributes: z.record(z.string(), z.record(z.string(), z.array(z.string()))) })
      .parse(JSON.parse(readFileSync(file, 'utf8')));
    const ways = Object.values(attributes).flatMap((values) => Object.values(values).flat());
    expect(ways.length).toBeGreaterThan(100);
    for (const way of ways) expect(readPrompt(way).unknown, way).toEqual([]);
  });

  it('tells words that it does not know from those that nobody can follow', () => {
    const { unknown, beyond } = readPrompt('a woman with blue eyes in a strieped gren top');
    expect(beyond).toEqual(['blue eyes']);
    expect(unknown.map(({ word }) => word)).toEqual(['strieped', 'gren']);
    expect(unknown[1]?.nearest).toContain('green');
  });
});

describe('choosing from the gallery', () => {
  const choose = (prompt: string) => chooseFromGallery(gallery, readPrompt(prompt).wishes);

  it('takes the default without words, and who fits best with them', () => {
    expect(choose('').signer).toBe(ada);
    expect(choose('a man').signer).toBe(bob);
    expect(choose('a man with short hair').signer).toBe(tim);
    expect(choose('a woman with dark brown skin').signer, 'the nearest on the scale').toBe(eve);
  });

  it('prefers who has the colours already, and gives them to others', () => {
    expect(choose('a person in red')).toMatchObject({ signer: { name: 'eve' }, recolouring: {} });
    const { signer: chosen, recolouring, unfulfilled } = choose('a man in a green shirt, white wall');
    expect(chosen).toBe(bob);
    expect(recolouring).toEqual({ cloth: [41, 133, 64], wall: [242, 242, 240] });
    expect(unfulfilled).toEqual([]);
  });

  it('says what neither choice nor colour can fulfil', () => {
    const { signer: chosen, unfulfilled } = choose('a bald man with red hair in a hoodie');
    expect(chosen).toBe(bob);
    expect(unfulfilled.map(({ text }) => text).sort()).toEqual(['hoodie', 'red']);
  });

  it('dresses the signer that was named', () => {
    const {
      signer: chosen,
      recolouring,
      unfulfilled,
    } = dress(eve, readPrompt('an old woman in blue').wishes);
    expect(chosen).toBe(eve);
    expect(recolouring).toEqual({ cloth: [36, 82, 184] });
    expect(unfulfilled.map(({ text }) => text)).toEqual(['old']);
  });

  it('offers the words of its signers and every colour that parts can be given', () => {
    const topics = galleryTopics(gallery);
    expect(topics.gender).toEqual(['man', 'woman']);
    expect(topics.garment).toEqual(['jumper', 'shirt', 't-shirt']);
    expect(topics.cloth).toContain('turquoise');
    // Every word that is offered is understood.
    for (const [topic, words] of Object.entries(topics)) {
      const noun =
        { hair: 'hair', cloth: 'top', trousers: 'trousers', wall: 'wall', skin: 'skin', sleeve: 'sleeves' }[
          topic
        ] ?? '';
      for (const word of words) expect(readPrompt(`${word} ${noun}`).unknown, `${word} ${noun}`).toEqual([]);
    }
  });
});
