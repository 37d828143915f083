import type { Picture } from '../../picture.js';
import type { Frame } from '../source/item-source.js';
import type { KnownMasks } from '../source/known-masks.js';
import { cropPicture } from './crop-picture.js';
import { colourDifference, psnr, regionColour, seamEnergy, ssim } from './metrics/index.js';
import { faceRegion, handsRegion } from './regions.js';

/** PSNR of equal pictures is infinite, which no report can hold. */
const MOST_DECIBELS = 100;
const GREY = 128;

/** CIEDE2000 between the hands' and the face's skin; undefined where either cannot be seen. */
export function skinDifference(picture: Picture, asked: Float32Array, known: KnownMasks): number | undefined {
  const [face, hands] = [
    faceRegion(asked, known, picture.width),
    handsRegion(asked, known, picture.width),
  ].map((region) => region && regionColour(picture, region));
  return face && hands ? colourDifference(face, hands) : undefined;
}

/** Seam energy round a mask [size * size], looked at in the box round it alone; undefined where the mask is empty. */
export function seamOf(picture: Picture, mask: ArrayLike<number>): number | undefined {
  const { width, height } = picture;
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let at = 0; at < width * height; at += 1) {
    if (!mask[at]) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = y + 1;
  }
  if (box.right <= box.left) return undefined;
  const reach = 8;
  const frame = {
    left: Math.max(0, box.left - reach),
    top: Math.max(0, box.top - reach),
    width: Math.min(width, box.right + reach) - Math.max(0, box.left - reach),
    height: Math.min(height, box.bottom + reach) - Math.max(0, box.top - reach),
  };
  const part = new Uint8Array(frame.width * frame.height).map((_, at) => {
    const [x, y] = [frame.left + (at % frame.width), frame.top + Math.floor(at / frame.width)];
    return mask[y * width + x] ? 1 : 0;
  });
  return seamEnergy(cropPicture(picture, frame), part);
}

/** PSNR and SSIM against the reference: of the whole file's picture, and of the person alone where its mask is known. */
export function likeness(
  reference: Picture,
  picture: Picture,
  frame: Frame,
  { person }: KnownMasks,
): Record<string, number | undefined> {
  const [here, there] = [cropPicture(picture, frame), cropPicture(reference, frame)];
  const whole = { psnr: decibels(there, here), ssim: structure(there, here) };
  if (!person?.includes(1)) return whole;
  const box = boxOf(person, picture.width);
  const [mine, truth] = [picture, reference].map((one) => cropPicture(blanked(one, person), box));
  if (!mine || !truth) return whole;
  return {
    ...whole,
    psnrPerson: decibels(inside(reference, person), inside(picture, person)),
    ssimPerson: structure(truth, mine),
  };
}

function decibels(reference: Picture, picture: Picture): number {
  return Math.min(MOST_DECIBELS, psnr(reference, picture));
}

function structure(reference: Picture, picture: Picture): number | undefined {
  return Math.min(reference.width, reference.height) > 10 ? ssim(reference, picture) : undefined;
}

/** The pixels inside a mask, as a picture of one row. */
function inside({ data, channels }: Picture, mask: Uint8Array): Picture {
  const levels: number[] = [];
  mask.forEach((on, at) => {
    if (on) levels.push(...data.subarray(at * channels, at * channels + 3));
  });
  return { width: levels.length / 3, height: 1, channels: 3, data: Uint8Array.from(levels) };
}

/** The picture with grey outside of the mask. */
export function blanked(picture: Picture, mask: Uint8Array): Picture {
  // Not `slice`: of a Buffer, which sharp gives, it is no copy.
  const data = new Uint8Array(picture.data);
  mask.forEach((on, at) => {
    if (!on) data.fill(GREY, at * picture.channels, at * picture.channels + 3);
  });
  return { ...picture, data };
}

function boxOf(mask: Uint8Array, size: number): Frame {
  let [left, top, right, bottom] = [size, size, 0, 0];
  mask.forEach((on, at) => {
    if (!on) return;
    const [x, y] = [at % size, Math.floor(at / size)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  });
  return { left, top, width: right - left, height: bottom - top };
}
