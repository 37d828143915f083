import type { Picture } from '../../../picture.js';

/*
 * Pictures against reference pictures of the same size; alpha is not looked at.
 */

/** Levels of one channel 0..2, row by row. */
function plane({ width, height, channels, data }: Picture, channel: number): Float64Array {
  return Float64Array.from({ length: width * height }, (_, at) => data[at * channels + channel] ?? 0);
}

/** Peak signal-to-noise ratio in decibels: 10 log10(255² / MSE); infinite for equal pictures. */
export function psnr(reference: Picture, picture: Picture): number {
  let squares = 0;
  for (const channel of [0, 1, 2]) {
    const other = plane(picture, channel);
    plane(reference, channel).forEach((value, at) => {
      squares += (value - (other[at] ?? 0)) ** 2;
    });
  }
  return 10 * Math.log10((255 ** 2 * reference.width * reference.height * 3) / squares);
}

/** Wang et al. (2004): a Gaussian window of 11 pixels, standard deviation 1.5. */
const RADIUS = 5;
const WINDOW = gaussian(1.5, RADIUS);
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

function gaussian(deviation: number, radius: number): number[] {
  const weights = Array.from({ length: 2 * radius + 1 }, (_, at) =>
    Math.exp(-((at - radius) ** 2) / (2 * deviation ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** `values` smoothed by the window, where it lies wholly inside: [height - 10, width - 10]. */
function smoothed(values: Float64Array, width: number, height: number): Float64Array {
  const [w, h] = [width - 2 * RADIUS, height - 2 * RADIUS];
  const rows = new Float64Array(w * height);
  for (let y = 0; y < height; y += 1) addWindow(values, y * width, 1, rows, y * w, w);
  const both = new Float64Array(w * h);
  for (let y = 0; y < h; y += 1) addWindow(rows, y * w, w, both, y * w, w);
  return both;
}

/** `count` window sums along steps of `stride`, from `from` of `source`, into `target` from `to`. */
function addWindow(
  source: Float64Array,
  from: number,
  stride: number,
  target: Float64Array,
  to: number,
  count: number,
): void {
  for (let step = 0; step < WINDOW.length; step += 1) {
    const weight = WINDOW[step] ?? 0;
    const first = from + step * stride;
    for (let x = 0; x < count; x += 1) {
      target[to + x] = (target[to + x] ?? 0) + weight * (source[first + x] ?? 0);
    }
  }
}

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004), mean over channels and over the pixels where the window fits, as
 * scikit-image gives it with Gaussian weights and population covariance; 1 for equal pictures. Pictures of 11 pixels a side at least.
 */
export function ssim(reference: Picture, picture: Picture): number {
  const { width, height } = reference;
  if (Math.min(width, height) <= 2 * RADIUS)
    throw new RangeError('SSIM needs pictures of 11 pixels a side at least.');
  const smooth = (values: Float64Array): Float64Array => smoothed(values, width, height);
  const means = [0, 1, 2].map((channel) => {
    const [a, b] = [plane(reference, channel), plane(picture, channel)];
    const [meanA, meanB] = [smooth(a), smooth(b)];
    const aa = smooth(a.map((value) => value * value));
    const bb = smooth(b.map((value) => value * value));
    const ab = smooth(a.map((value, at) => value * (b[at] ?? 0)));
    const values = meanA.map((x, at) => {
      const y = meanB[at] ?? 0;
      const covariance = (ab[at] ?? 0) - x * y;
      const variances = (aa[at] ?? 0) - x * x + (bb[at] ?? 0) - y * y;
      return ((2 * x * y + C1) * (2 * covariance + C2)) / ((x * x + y * y + C1) * (variances + C2));
    });
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  return means.reduce((sum, mean) => sum + mean, 0) / means.length;
}
