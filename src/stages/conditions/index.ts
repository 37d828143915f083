import { BundleError } from '../../errors.js';
import type { ConditionChannels } from '../../models/condition-channels.js';
import type { Picture } from '../../picture.js';
import { drawSkeleton } from '../../pose/draw-skeleton.js';
import { wholeArea } from '../area.js';
import { areKernelFloats, kernelFloats } from '../kernels/kernels.js';
import type { Scene } from '../scene.js';
import { BODY_SURFACE_CHANNELS, drawBodySurface, drawSkeletonLines } from './body-surface.js';
import { drawCocoMasks } from './coco-masks.js';
import { drawCocoSkeleton } from './coco-skeleton.js';
import { drawFingerHeatmaps, drawForearms } from './hand.js';
import { drawHandDepth } from './hand-depth.js';
import { drawHandSurface, HAND_SURFACE_CHANNELS } from './hand-surface.js';
import { type Keypoints, keypointsOf } from './points.js';
import type { Channel } from './raster.js';

function channelCount(channels: ConditionChannels, scene: Scene, area: number): number {
  switch (channels.kind) {
    case 'finger-heatmaps':
      return 10;
    case 'hand-surface':
      return HAND_SURFACE_CHANNELS;
    case 'body-surface':
      return BODY_SURFACE_CHANNELS;
    case 'coordinates':
      return 2;
    case 'parts':
      return channels.count;
    case 'coco-masks':
      return channels.kernels.length;
    case 'openpose':
    case 'coco-skeleton':
    case 'hand-depth':
    case 'canvas':
    case 'carried':
      return 3;
    case 'canvas-latent':
    case 'carried-latent':
    case 'plate-latent':
      return (scene[PLANES[channels.kind]]?.length ?? 0) / area;
    case 'coverage':
    case 'hand-mask':
    case 'forearms':
    case 'skeleton-lines':
      return 1;
  }
}

/** Number of the first channel of a kind in a tensor of `area` values a channel, as `drawConditions` gives it; undefined where there is none. */
export function channelPlace(
  list: readonly ConditionChannels[],
  kind: ConditionChannels['kind'],
  scene: Scene,
  area: number,
): number | undefined {
  const at = list.findIndex((channels) => channels.kind === kind);
  if (at < 0) return undefined;
  return list.slice(0, at).reduce((sum, channels) => sum + channelCount(channels, scene, area), 0);
}

/** x and y of each pixel's centre, -1..1. */
function drawCoordinates([across, down]: readonly Channel[]): void {
  if (!across || !down) return;
  const { width, height, whole } = across;
  const { x, y, size } = whole;
  for (let k = 0; k < width * height; k += 1) {
    across.data[across.offset + k] = (((k % width) + 0.5 - x) / size) * 2 - 1;
    down.data[down.offset + k] = ((Math.floor(k / width) + 0.5 - y) / size) * 2 - 1;
  }
}

/** OpenPose colours, 0..1; with `mask`, the hands' mask over them in white. */
function drawOpenPose(
  channels: readonly Channel[],
  scene: Scene,
  options: Extract<ConditionChannels, { kind: 'openpose' }>,
): void {
  const size = channels[0]?.width ?? 0;
  const picture = drawSkeleton(scene.pose, size, size, { hands: options.hands, face: options.face });
  channels.forEach((channel, c) => {
    for (let k = 0; k < size * size; k += 1) {
      const value = (picture.data[k * picture.channels + c] ?? 0) / 255;
      const white = options.mask ? (scene.mask?.[k] ?? 0) : 0;
      channel.data[channel.offset + k] = value + (1 - value) * white;
    }
  });
}

/** An RGB picture of the channels' size, as 0..1 or -1..1. */
function copyPicture(channels: readonly Channel[], picture: Picture, signed: boolean): void {
  channels.forEach((channel, c) => {
    for (let k = 0; k < channel.width * channel.height; k += 1) {
      const value = (picture.data[k * picture.channels + c] ?? 0) / 255;
      channel.data[channel.offset + k] = signed ? 2 * value - 1 : value;
    }
  });
}

function copyPlanes(channels: readonly Channel[], planes: Float32Array | undefined, kind: string): void {
  const [first] = channels;
  if (!planes || !first || planes.length !== channels.length * first.width * first.height) {
    throw new BundleError(
      'HF_BUNDLE_MANIFEST',
      `The bundle's manifest asks for '${kind}' at a size at which this stage has none: compare its size with the stage's latents.`,
      { field: kind },
    );
  }
  first.data.set(planes, first.offset);
}

function drawOne(
  options: ConditionChannels,
  channels: readonly Channel[],
  scene: Scene,
  points: Keypoints,
): void {
  const [first] = channels;
  switch (options.kind) {
    case 'finger-heatmaps':
      drawFingerHeatmaps(channels, points, options);
      break;
    case 'hand-surface':
      drawHandSurface(channels, points);
      break;
    case 'forearms':
      if (first) drawForearms(first, points);
      break;
    case 'body-surface':
      drawBodySurface(channels, points);
      break;
    case 'skeleton-lines':
      if (first) drawSkeletonLines(first, points);
      break;
    case 'coordinates':
      drawCoordinates(channels);
      break;
    case 'parts':
      // Empty here: the mask head fills them from the second step on.
      break;
    case 'openpose':
      drawOpenPose(channels, scene, options);
      break;
    case 'coco-skeleton':
      copyPicture(channels, drawCocoSkeleton(scene.pose, first?.width ?? 0), options.signed);
      break;
    case 'coco-masks':
      drawCocoMasks(channels, scene.pose, options);
      break;
    case 'hand-depth':
      drawHandDepth(channels, scene.pose);
      break;
    case 'hand-mask':
      if (scene.mask) copyPlanes(channels, scene.mask, options.kind);
      break;
    default:
      copyPlanes(channels, scene[PLANES[options.kind]], options.kind);
  }
}

function copied({ kind }: ConditionChannels, scene: Scene): boolean {
  return kind in PLANES || (kind === 'hand-mask' && scene.mask !== undefined);
}

/** Kinds that are there already, and where in the scene. */
const PLANES = {
  canvas: 'canvas',
  'canvas-latent': 'canvasLatent',
  carried: 'carried',
  coverage: 'coverage',
  'carried-latent': 'carriedLatent',
  'plate-latent': 'plateLatent',
} as const;

/**
 * Draws a condition tensor: `Float32Array` [C, height, width], channels in the manifest's order (kinds are described in
 * `models/manifest.ts`). The scene is in the coordinates of the tensor, which is `size` x `size` or the scene's part of that. Throws
 * `BundleError` where the manifest asks for something at a size it does not have.
 */
export function drawConditions(
  list: readonly ConditionChannels[],
  size: number,
  scene: Scene,
  into?: Float32Array,
): Float32Array {
  const { left, top, width, height } = scene.area ?? wholeArea(size);
  const area = width * height;
  const counts = list.map((channels) => channelCount(channels, scene, area));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const fits = into?.length === total * area && areKernelFloats(into);
  const data = fits ? into : kernelFloats(total * area);
  const points = keypointsOf(scene.pose.keypoints, scene.pose.depth);
  const whole = { x: -left, y: -top, size };
  let at = 0;
  list.forEach((options, k) => {
    const channels = Array.from({ length: counts[k] ?? 0 }, (_, c) => ({
      data,
      offset: (at + c) * area,
      width,
      height,
      whole,
    }));
    // What is copied fills its channels; what is drawn begins with empty ones.
    if (fits && !copied(options, scene)) data.fill(0, at * area, (at + channels.length) * area);
    drawOne(options, channels, scene, points);
    at += channels.length;
  });
  return data;
}
