import type { ConditionChannels } from '../../models/condition-channels.js';
import type { PoseFrame } from '../../pose/pose-frame.js';
import { cropPose } from '../crop.js';
import { drawCocoSkeleton } from './coco-skeleton.js';
import type { Channel } from './raster.js';

type Options = Extract<ConditionChannels, { kind: 'coco-masks' }>;

/**
 * The surroundings of COCO's skeleton, a channel a kernel, 0 or 1: its picture in -1..1, grey and shrunk to the channels' size by means
 * of whole cells, blurred (edges reflected), and cut at the threshold. A wider kernel reaches farther.
 */
export function drawCocoMasks(channels: readonly Channel[], pose: PoseFrame, options: Options): void {
  const size = channels[0]?.width ?? 0;
  const picture = drawCocoSkeleton(
    cropPose(pose, { x: 0, y: 0, side: size }, size * options.scale),
    size * options.scale,
  );
  const grey = cellGreys(picture.data, size, options.scale);
  channels.forEach((channel, k) => {
    const blurred = blur(grey, size, gaussian(options.kernels[k] ?? 1, options.sigma));
    blurred.forEach((value, at) => {
      channel.data[channel.offset + at] = value > options.threshold ? 1 : 0;
    });
  });
}

/** Mean of red, green and blue over cells of `scale` x `scale` pixels, -1..1. */
function cellGreys(rgb: Uint8Array | Uint8ClampedArray, size: number, scale: number): Float64Array {
  const sums = new Float64Array(size * size);
  const width = size * scale;
  for (let at = 0; at < rgb.length; at += 1) {
    const pixel = Math.floor(at / 3);
    const cell = Math.floor(Math.floor(pixel / width) / scale) * size + Math.floor((pixel % width) / scale);
    sums[cell] = (sums[cell] ?? 0) + (rgb[at] ?? 0);
  }
  return sums.map((sum) => sum / (3 * scale * scale * 127.5) - 1);
}

/** Weights of an odd number of cells, sum 1. */
function gaussian(kernel: number, sigma: number): number[] {
  const weights = Array.from({ length: kernel }, (_, k) =>
    Math.exp(-((k - (kernel - 1) / 2) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Along rows, then along columns. */
function blur(values: Float64Array, size: number, weights: readonly number[]): Float64Array {
  const reach = (weights.length - 1) / 2;
  const pass = (from: Float64Array, step: number): Float64Array =>
    from.map((_, at) => {
      const place = Math.floor(at / step) % size;
      const start = at - place * step;
      return weights.reduce(
        (sum, weight, k) => sum + weight * (from[start + reflected(place + k - reach, size) * step] ?? 0),
        0,
      );
    });
  return pass(pass(values, 1), size);
}

/** A place beyond the edge, mirrored at the edge's middle. */
function reflected(place: number, size: number): number {
  const period = 2 * (size - 1);
  const within = ((place % period) + period) % period;
  return within < size ? within : period - within;
}
