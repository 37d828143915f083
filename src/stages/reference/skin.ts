import { PARTS } from '../../pose/pose-frame.js';
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

/** Face points `first`..`last` (0..67) that are there. */
export function facePoints(keypoints: Float32Array, first: number, last: number): Spot[] {
  const spots: Spot[] = [];
  for (let k = PARTS.face.start + first; k <= PARTS.face.start + last; k++) {
    if ((keypoints[k * 3 + 2] ?? 0) > 0)
      spots.push({ x: keypoints[k * 3] ?? 0, y: keypoints[k * 3 + 1] ?? 0 });
  }
  return spots;
}
