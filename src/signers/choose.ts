import type { Gallery, GallerySigner, SignerField } from '../models/gallery.js';
import { COLOURS, type Colour, isRecoloured, type Recoloured } from './colours.js';
import type { Wish } from './read-prompt.js';

/** New colours for parts of a signer's picture. */
export type Recolouring = Partial<Record<Recoloured, Colour>>;

export interface ChosenSigner {
  readonly signer: GallerySigner;
  readonly recolouring: Recolouring;
  /** Wishes that neither the choice nor new colours fulfil. */
  readonly unfulfilled: readonly Wish[];
}

/** What counts most first: what cannot be recoloured weighs more than all that can. */
const WEIGHTS: Readonly<Record<SignerField, number>> = {
  gender: 64,
  skin: 32,
  age: 20,
  hairstyle: 12,
  garment: 9,
  build: 7,
  sleeve: 5,
  hair: 1.5,
  cloth: 0.5,
  wall: 0.4,
  trousers: 0.2,
};

/** Values that lie on a scale: a neighbour is better than a stranger. */
const SCALES: Partial<Record<SignerField, readonly string[]>> = {
  skin: ['very light', 'light', 'tan', 'brown', 'dark brown', 'black'],
  age: ['young', 'middle-aged', 'old'],
  build: ['slim', 'medium', 'heavy'],
};

/** The signer of the gallery that fits the wishes best (the default and then the first of equals), and what to recolour. */
export function chooseFromGallery(gallery: Gallery, wishes: readonly Wish[]): ChosenSigner {
  const others = gallery.signers.filter((signer) => signer !== gallery.default);
  const signer = [gallery.default, ...others].reduce((best, one) =>
    score(one, wishes) > score(best, wishes) ? one : best,
  );
  return dress(signer, wishes);
}

/** The same for a signer that is chosen already. */
export function dress(signer: GallerySigner, wishes: readonly Wish[]): ChosenSigner {
  const open = wishes.filter(({ field, value }) => signer.words[field] !== value);
  const recolouring: Recolouring = {};
  const unfulfilled: Wish[] = [];
  for (const wish of open) {
    const { field, value } = wish;
    const colour = isRecoloured(field) ? COLOURS[field][value] : undefined;
    const bald = field === 'hair' && signer.words.hairstyle === 'bald';
    if (isRecoloured(field) && colour && !bald) recolouring[field] = colour;
    else unfulfilled.push(wish);
  }
  return { signer, recolouring, unfulfilled };
}

function score({ words }: GallerySigner, wishes: readonly Wish[]): number {
  return wishes.reduce(
    (sum, { field, value }) => sum + WEIGHTS[field] * closeness(field, words[field], value),
    0,
  );
}

/** 1 for what was wished, 0 for the opposite. */
function closeness(field: SignerField, has: string, wanted: string): number {
  if (has === wanted) return 1;
  const scale = SCALES[field];
  const [a, b] = [scale?.indexOf(has) ?? -1, scale?.indexOf(wanted) ?? -1];
  if (!scale || a < 0 || b < 0) return 0;
  return 0.9 * (1 - Math.abs(a - b) / (scale.length - 1));
}
