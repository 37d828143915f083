import type { Picture } from '../picture.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import type { DrawnBody } from './body.js';
import type { Canvas } from './canvas.js';
import { pictureFromPlanes, toByte } from './planes.js';
import { fadeAtWrists } from './wrist-fade.js';

/** What stands behind the person: what the model drew, nothing (RGBA, straight alpha), a colour (RGB 0..255), or a picture of the same size. */
export type Backdrop =
  | 'drawn'
  | 'transparent'
  | readonly [red: number, green: number, blue: number]
  | Picture;

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
 * The finished picture: decoded body, hands pasted back, background replaced. `pose` is in pixels of the picture. A background other than `drawn` needs
 * the body's person mask; where there is none the caller has refused already.
 */
export function composite(
  body: DrawnBody,
  canvas: Canvas,
  pose: Pick<PoseFrame, 'keypoints' | 'depth'>,
  options: CompositeOptions,
): Picture {
  const drawn = pictureFromPlanes(body.picture);
  if (options.paste) {
    const shares = feathered(canvas.alpha, canvas.size, options.feather);
    pasteHands(drawn.data, body.picture.data, canvas, fadeAtWrists(shares, canvas.size, pose, options.wrist));
  }
  const { background } = options;
  if (background === 'drawn') return drawn;
  const { size } = canvas;
  const area = size * size;
  const channels = background === 'transparent' ? 4 : 3;
  const data = new Uint8Array(channels * area);
  for (let i = 0; i < area; i++) {
    const person = Math.max(body.personMask?.[i] ?? 1, canvas.alpha[i] ?? 0);
    for (let c = 0; c < 3; c++) {
      const value = drawn.data[i * 3 + c] ?? 0;
      const behind = background === 'transparent' ? value : levelOf(background, i, c);
      data[i * channels + c] = Math.round(person * value + (1 - person) * behind);
    }
    if (channels === 4) data[i * 4 + 3] = toByte(person * 2 - 1);
  }
  return { width: size, height: size, channels, data };
}

/** The backdrop's level at pixel `i`, channel `c`. */
function levelOf(backdrop: Exclude<Backdrop, string>, i: number, c: number): number {
  return ('data' in backdrop ? backdrop.data[i * backdrop.channels + c] : backdrop[c]) ?? 0;
}

/** Mixes the hands into the picture's `bytes` by their `shares`; `body` is what the bytes were made from. */
function pasteHands(
  bytes: Uint8Array,
  body: Float32Array,
  { size, alpha, hands }: Canvas,
  shares: Float32Array,
): void {
  const area = size * size;
  for (let i = 0; i < area; i++) {
    const share = shares[i] ?? 0;
    if (share <= 0) continue;
    for (let c = 0; c < 3; c++) {
      const at = c * area + i;
      const colour = clip((hands.data[at] ?? 0) / (alpha[i] ?? 1));
      bytes[i * 3 + c] = toByte(share * colour + (1 - share) * clip(body[at] ?? 0));
    }
  }
}

function clip(value: number): number {
  return Math.max(-1, Math.min(1, value));
}

/** `alpha` [size, size] with a ramp of about `radius` pixels inwards from its edge; never more than before. */
export function feathered(alpha: Float32Array, size: number, radius: number): Float32Array {
  if (radius <= 0) return alpha;
  const mean = boxMean(boxMean(alpha, size, radius, 1, size), size, radius, size, 1);
  return alpha.map((value, i) => Math.min(value, Math.max(0, 2 * (mean[i] ?? 0) - 1)));
}

/** Mean over `2 radius + 1` values along one direction; beyond the picture's edge its last value goes on. */
function boxMean(values: Float32Array, size: number, radius: number, stride: number, lineStride: number) {
  const result = new Float32Array(values.length);
  const at = (line: number, i: number): number =>
    values[line * lineStride + Math.min(size - 1, Math.max(0, i)) * stride] ?? 0;
  for (let line = 0; line < size; line++) {
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += at(line, i);
    for (let i = 0; i < size; i++) {
      result[line * lineStride + i * stride] = sum / (2 * radius + 1);
      sum += at(line, i + radius + 1) - at(line, i - radius);
    }
  }
  return result;
}
