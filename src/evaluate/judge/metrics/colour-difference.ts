import { converter, differenceCiede2000, type Lab65 } from 'culori';
import type { Picture } from '../../../picture.js';
import { median } from './quantile.js';

const toLab = converter('lab65');
const ciede2000 = differenceCiede2000();

/** A region of fewer pixels has no colour worth naming. */
const FEWEST_PIXELS = 40;

/** CIELAB (D65) of an sRGB colour of levels 0..255. */
export function labOf([r, g, b]: readonly [number, number, number]): Lab65 {
  return toLab({ mode: 'rgb', r: r / 255, g: g / 255, b: b / 255 });
}

/** CIEDE2000 (CIE 142:2001; Sharma, Wu, Dalal 2005); 1 is just noticeable. */
export function colourDifference(first: Lab65, second: Lab65): number {
  return ciede2000(first, second);
}

/** Median CIELAB colour of a picture in a mask [height * width]; undefined for fewer than 40 pixels. */
export function regionColour(picture: Picture, mask: Uint8Array): Lab65 | undefined {
  const colours: Lab65[] = [];
  mask.forEach((inside, at) => {
    if (!inside) return;
    const [r = 0, g = 0, b = 0] = picture.data.subarray(at * picture.channels, at * picture.channels + 3);
    colours.push(labOf([r, g, b]));
  });
  if (colours.length < FEWEST_PIXELS) return undefined;
  const middle = (of: (colour: Lab65) => number): number => median(colours.map(of));
  return { mode: 'lab65', l: middle(({ l }) => l), a: middle(({ a }) => a), b: middle(({ b }) => b) };
}

/**
 * Drift of a look over a clip: the mean CIEDE2000 between the colour of a region in each frame and its colour in the first; frames in
 * which the region is not there are undefined and left out. NaN where fewer than two have it.
 */
export function colourDrift(colours: readonly (Lab65 | undefined)[]): number {
  const [first, ...later] = colours.filter((colour) => colour !== undefined);
  if (!first) return Number.NaN;
  return later.reduce((sum, colour) => sum + colourDifference(first, colour), 0) / later.length;
}
