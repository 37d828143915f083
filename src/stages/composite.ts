import type { Picture } from '../picture.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { type Area, isWhole } from './area.js';
import type { DrawnBody } from './body.js';
import type { Canvas } from './canvas.js';
import type { Grid } from './conditions/raster.js';
import { toByte } from './planes.js';
import { fadeAtWrists, type ShownHands } from './wrist-fade.js';

/** What stands behind the person: what the model drew, nothing (RGBA, straight alpha), a colour (RGB 0..255), or a picture of the same size. */
export type Backdrop =
  | 'drawn'
  | 'transparent'
  | readonly [red: number, green: number, blue: number]
  | Picture;

/** How hands and background come into the decoded picture (paper, III-D). */
export interface CompositeOptions {
  /** Put stage 1's hand pixels back with the initial mask (paper, III-D). */
  readonly paste: boolean;
  /** Pixels over which a pasted hand fades in from its edge; 0 = the mask's own soft edge. */
  readonly feather: number;
  /** How far behind the wrist a pasted hand ends, fading into its arm, in hand lengths; 0 = at the mask's edge. */
  readonly wrist: number;
  readonly background: Backdrop;
}

/**
 * The finished picture: decoded body, hands pasted back, background replaced; `behind` where the body was not drawn. `pose` is in pixels of
 * the picture. A background other than `drawn` needs the body's person mask; where there is none the caller has refused already.
 */
export function composite(
  body: DrawnBody,
  canvas: Canvas,
  pose: Pick<PoseFrame, 'keypoints' | 'depth'>,
  options: CompositeOptions,
  behind?: Picture,
): Picture {
  const drawn = body.picture;
  if (options.paste) {
    const shares = feathered(canvas.alpha, canvas.area, options.feather);
    const shown = fadeAtWrists(shares, canvas.area, pose, options.wrist, (at) =>
      unlike(drawn.data, canvas, at),
    );
    pasteHands(drawn.data, canvas, shown);
  }
  const { background } = options;
  const { size, area } = canvas;
  const around = background === 'drawn' || background === 'transparent' ? behind : undefined;
  if (background === 'drawn') return laidInto(drawn, size, area, around);
  const pixels = area.width * area.height;
  const channels = background === 'transparent' ? 4 : 3;
  const data = new Uint8Array(channels * pixels);
  for (let i = 0; i < pixels; i++) {
    const person = Math.max(body.personMask?.[i] ?? 1, canvas.alpha[i] ?? 0);
    const place = (area.top + Math.floor(i / area.width)) * size + area.left + (i % area.width);
    for (let c = 0; c < 3; c++) {
      const value = drawn.data[i * 3 + c] ?? 0;
      const back = background === 'transparent' ? value : levelOf(background, place, c);
      data[i * channels + c] = Math.round(person * value + (1 - person) * back);
    }
    if (channels === 4) data[i * 4 + 3] = toByte(person * 2 - 1);
  }
  const picture = { width: area.width, height: area.height, channels, data } as const;
  return laidInto(picture, size, area, around ?? backdropPicture(background, size));
}

/** The backdrop as a whole picture; undefined where it is none. */
function backdropPicture(background: Exclude<Backdrop, 'drawn'>, size: number): Picture | undefined {
  if (background === 'transparent') return undefined;
  if ('data' in background) return background;
  const data = Uint8Array.from({ length: 3 * size * size }, (_, i) => background[i % 3] ?? 0);
  return { width: size, height: size, channels: 3, data };
}

/** The picture of `area` within the whole one, `around` it; fully transparent there where it has an alpha channel. */
function laidInto(part: Picture, size: number, area: Area, around: Picture | undefined): Picture {
  if (isWhole(area, size)) return part;
  const { channels } = part;
  const alike = around?.channels === channels;
  const data = alike ? new Uint8Array(around.data) : new Uint8Array(channels * size * size);
  if (around && !alike)
    for (let i = 0; i < size * size; i++)
      for (let c = 0; c < 3; c++) data[i * channels + c] = around.data[i * around.channels + c] ?? 0;
  const row = channels * area.width;
  const across = fades(area.width, area.left > 0, area.left + area.width < size);
  const down = fades(area.height, area.top > 0, area.top + area.height < size);
  for (let y = 0; y < area.height; y++) {
    const place = channels * ((area.top + y) * size + area.left);
    const pixels = part.data.subarray(y * row, (y + 1) * row);
    if (around) fadeRow(data, place, pixels, channels, across, down[y] ?? 1);
    else data.set(pixels, place);
  }
  return { width: size, height: size, channels, data };
}

/** Pixels over which the drawn area fades in from those of its edges that lie within the picture. */
const FADE = 24;

/** How much of the area shows at each of `length` places, which fade in from its `first` and its `last` end. */
function fades(length: number, first: boolean, last: boolean): Float64Array {
  return Float64Array.from({ length }, (_, at) =>
    Math.min(1, first ? (at + 0.5) / FADE : 1, last ? (length - at - 0.5) / FADE : 1),
  );
}

/** Lays a row of the area over what is at `place`, fading in, since the network's own background is not quite the plate. */
function fadeRow(
  data: Uint8Array,
  place: number,
  pixels: Uint8Array,
  channels: number,
  across: Float64Array,
  upright: number,
): void {
  const width = across.length;
  // Where the row is all there, only its ends fade.
  const ends = upright < 1 ? width : FADE;
  if (2 * ends < width)
    data.set(pixels.subarray(channels * ends, channels * (width - ends)), place + channels * ends);
  for (let x = 0; x < width; x++) {
    if (x === ends && 2 * ends < width) x = width - ends;
    const share = Math.min(upright, across[x] ?? 1);
    const last = channels * (x + 1);
    for (let from = channels * x; from < last; from++) {
      const value = pixels[from] ?? 0;
      const at = place + from;
      data[at] = share === 1 ? value : Math.floor(share * value + (1 - share) * (data[at] ?? 0) + 0.5);
    }
  }
}

/** The backdrop's level at pixel `i`, channel `c`. */
function levelOf(backdrop: Exclude<Backdrop, string>, i: number, c: number): number {
  return ('data' in backdrop ? backdrop.data[i * backdrop.channels + c] : backdrop[c]) ?? 0;
}

/** Mixes the hands into the picture's `bytes`. */
function pasteHands(bytes: Uint8Array, canvas: Canvas, { shares, light }: ShownHands): void {
  const { width, height } = canvas.area;
  const plane = width * height;
  const { data } = canvas.hands;
  // Blocks of two hands may share pixels, which are mixed once.
  const done = canvas.blocks.length > 1 ? new Uint8Array(shares.length) : undefined;
  for (const { left, top, right, bottom } of canvas.blocks) {
    for (let y = top; y < bottom; y++) {
      for (let i = y * width + left; i < y * width + right; i++) {
        const share = shares[i] ?? 0;
        if (share <= 0 || done?.[i]) continue;
        if (done) done[i] = 1;
        const cover = canvas.alpha[i] ?? 1;
        const bright = light?.[i] ?? 1;
        for (let at = 3 * i, hand = i; at < 3 * i + 3; at++, hand += plane) {
          const level = bright * levelOfHand(data[hand] ?? 0, cover);
          bytes[at] = Math.floor(share * level + (1 - share) * (bytes[at] ?? 0) + 0.5);
        }
      }
    }
  }
}

/** A hand's level, 0..255, from its colour -1..1 times its cover. */
function levelOfHand(colour: number, cover: number): number {
  return (clip(colour / cover) + 1) * 127.5;
}

/** How unlike the hand at pixel `i` is to the picture's `bytes` there: mean difference of levels. */
function unlike(bytes: Uint8Array, { area, alpha, hands }: Canvas, i: number): number {
  const plane = area.width * area.height;
  let sum = 0;
  for (let c = 0; c < 3; c++)
    sum += Math.abs(levelOfHand(hands.data[c * plane + i] ?? 0, alpha[i] ?? 1) - (bytes[i * 3 + c] ?? 0));
  return sum / 3;
}

function clip(value: number): number {
  return value < -1 ? -1 : value > 1 ? 1 : value;
}

/** `alpha` [height, width] with a ramp of about `radius` pixels inwards from its edge; never more than before. */
export function feathered(alpha: Float32Array, { width, height }: Grid, radius: number): Float32Array {
  if (radius <= 0) return alpha;
  const across = boxMean(alpha, radius, { length: width, stride: 1, lines: height, lineStride: width });
  const mean = boxMean(across, radius, { length: height, stride: width, lines: width, lineStride: 1 });
  return alpha.map((value, i) => Math.min(value, Math.max(0, 2 * (mean[i] ?? 0) - 1)));
}

interface Lines {
  readonly length: number;
  readonly stride: number;
  readonly lines: number;
  readonly lineStride: number;
}

/** Mean over `2 radius + 1` values along one direction; beyond the picture's edge its last value goes on. */
function boxMean(values: Float32Array, radius: number, { length, stride, lines, lineStride }: Lines) {
  const result = new Float32Array(values.length);
  const at = (line: number, i: number): number =>
    values[line * lineStride + Math.min(length - 1, Math.max(0, i)) * stride] ?? 0;
  for (let line = 0; line < lines; line++) {
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += at(line, i);
    for (let i = 0; i < length; i++) {
      result[line * lineStride + i * stride] = sum / (2 * radius + 1);
      sum += at(line, i + radius + 1) - at(line, i - radius);
    }
  }
  return result;
}
