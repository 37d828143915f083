import { PARTS } from '../../pose/pose-frame.js';
import { handLength, handOf, keypointsOf } from '../conditions/points.js';
import { withinHand } from '../hand-flesh.js';
import { insideHull, type Spot } from './hull.js';
import { type Reference, SKIN_LENGTH } from './reference.js';

/** First and last of the 68 face points round what is no skin: eyes and mouth. */
const FEATURES = [
  [36, 41],
  [42, 47],
  [48, 59],
] as const;
/** Shares of the pixels, by luminance, whose mean is a level: dark, middle, bright. */
const LEVELS = [
  [0, 0.2],
  [0.4, 0.6],
  [0.8, 1],
] as const;
/** Fewer pixels than this are no face. */
const FEWEST = 20;

/**
 * The skin of a reference: `Float32Array` [9], the mean RGB (-1..1) of the darkest, the middle and the brightest fifth of the face's
 * skin pixels by luminance. The face is the convex hull of its 68 points without those of eyes and mouth. Undefined where too little
 * of a face is seen. The training code computes the same.
 */
export function skinColours({
  size,
  picture,
  skin,
  keypoints,
}: Pick<Reference, 'size' | 'picture' | 'skin' | 'keypoints'>): Float32Array | undefined {
  const face = insideHull(facePoints(keypoints, 0, 67), size);
  const features = FEATURES.map(([first, last]) => insideHull(facePoints(keypoints, first, last), size));
  const pixels: number[] = [];
  for (let i = 0; i < size * size; i++) {
    if (face[i] && skin[i] && !features.some((feature) => feature[i])) pixels.push(i);
  }
  if (pixels.length < FEWEST) return undefined;
  const { channels, data } = picture;
  const level = (pixel: number, channel: number): number => data[pixel * channels + channel] ?? 0;
  const luminance = (pixel: number): number =>
    0.299 * level(pixel, 0) + 0.587 * level(pixel, 1) + 0.114 * level(pixel, 2);
  const lights = Float64Array.from(pixels, luminance);
  const order = pixels.map((_, k) => k).sort((a, b) => (lights[a] ?? 0) - (lights[b] ?? 0) || a - b);
  const colours = new Float32Array(SKIN_LENGTH);
  LEVELS.forEach(([from, to], at) => {
    const some = order.slice(Math.floor(from * order.length), Math.floor(to * order.length));
    for (let c = 0; c < 3; c++) {
      const sum = some.reduce((total, k) => total + level(pixels[k] ?? 0, c), 0);
      colours[at * 3 + c] = sum / some.length / 127.5 - 1;
    }
  });
  return colours;
}

/** Pixels surely the person's, and how few of them are no hand. */
const SURE = 0.9;
const FEWEST_OF_HANDS = 60;
/** Hands darker or brighter than this, as shares of the face's middle, are gloved, or lie in another light. */
const DARKEST = 0.6;
const BRIGHTEST = 1.5;
/** A skin is made darker or brighter by this at most. */
const LEAST = 0.75;
const MOST = 1.3;

/**
 * The skin to give to a graph whose hands are `drawn` times as bright as the middle of `skin`, red, green and blue, for hands as bright as the
 * reference's own; as its face where it shows none.
 */
export function skinForHands(
  reference: Pick<Reference, 'size' | 'picture' | 'person' | 'keypoints'>,
  skin: Float32Array,
  drawn: readonly number[],
): Float32Array {
  const shown = handColour(reference)?.map((level, c) => level / (127.5 * ((skin[3 + c] ?? 0) + 1)));
  const bare = shown?.every((share) => share >= DARKEST && share <= BRIGHTEST);
  const gains = drawn.map((share, c) =>
    Math.min(MOST, Math.max(LEAST, (bare ? (shown?.[c] ?? 1) : 1) / share)),
  );
  return skin.map((value, at) => Math.min(1, (value + 1) * (gains[at % 3] ?? 1) - 1));
}

/** The mean RGB, 0..255, of the reference's hands along their bones; undefined where too little of them is seen. */
function handColour({
  size,
  picture: { width, height, channels, data },
  person,
  keypoints,
}: Pick<Reference, 'size' | 'picture' | 'person' | 'keypoints'>): number[] | undefined {
  const sums = [0, 0, 0];
  let count = 0;
  for (const side of [0, 1] as const) {
    const hand = handOf(keypointsOf(keypoints, undefined), side);
    const length = handLength(hand);
    const palm = { hand, length };
    const xs = hand.flatMap((point) => point?.x ?? []);
    const ys = hand.flatMap((point) => point?.y ?? []);
    if (xs.length < hand.length) continue;
    const [right, bottom] = [Math.min(size, Math.max(...xs) + 1), Math.min(height, Math.max(...ys) + 1)];
    for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < bottom; y++) {
      for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < right; x++) {
        if ((person[y * size + x] ?? 0) < SURE || !withinHand(palm, x + 0.5, y + 0.5)) continue;
        const at = channels * (y * width + x);
        for (let c = 0; c < 3; c++) sums[c] = (sums[c] ?? 0) + (data[at + c] ?? 0);
        count += 1;
      }
    }
  }
  return count < FEWEST_OF_HANDS ? undefined : sums.map((sum) => sum / count);
}

/** Face points `first`..`last` (0..67) that are there. */
export function facePoints(keypoints: Float32Array, first: number, last: number): Spot[] {
  const spots: Spot[] = [];
  for (let k = PARTS.face.start + first; k <= PARTS.face.start + last; k++)
    spots.push(...pointAt(keypoints, k));
  return spots;
}

/** Point `k`, none where it is missing. */
function pointAt(keypoints: Float32Array, k: number): Spot[] {
  return (keypoints[k * 3 + 2] ?? 0) > 0 ? [{ x: keypoints[k * 3] ?? 0, y: keypoints[k * 3 + 1] ?? 0 }] : [];
}
