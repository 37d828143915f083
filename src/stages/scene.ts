import type { ConditionChannels } from '../models/condition-channels.js';
import type { DenoiserManifest } from '../models/manifest.js';
import type { Tensors } from '../models/tensor.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { type Area, scaledArea, wholeArea } from './area.js';
import type { Carried } from './carry/carried.js';
import type { Grid } from './conditions/raster.js';
import { cropPose } from './crop.js';
import { encoderInput } from './encoded-conditions.js';
import { makePlanes, type Planes } from './planes.js';
import { cellMeans, nearestMask, resized } from './resample.js';

/**
 * What a condition tensor is drawn from; everything is in the coordinates and at the size of that tensor, [size, size] or that of the
 * area.
 */
export interface Scene {
  readonly pose: PoseFrame;
  /** The part of the picture of `size` x `size` that the tensor shows; absent: all. */
  readonly area?: Area;
  /** Precise hand mask [size, size], 0..1. */
  readonly mask?: Float32Array;
  /** Canvas [3, size, size], -1..1. */
  readonly canvas?: Float32Array;
  /** Canvas as latents [channels, size, size]. */
  readonly canvasLatent?: Float32Array;
  /** The reference carried into the frame [3, size, size], -1..1, and where a part of it was laid [size, size], 0..1. */
  readonly carried?: Float32Array;
  readonly coverage?: Float32Array;
  /** Carried picture and plate as latents [channels, size, size]. */
  readonly carriedLatent?: Float32Array;
  readonly plateLatent?: Float32Array;
}

/** Draws `channels` in order: `Float32Array` [C, size, size], or the scene's area of that; `into` that array where it has the length. */
export type DrawConditions = (
  channels: ConditionChannels[],
  size: number,
  scene: Scene,
  into?: Float32Array,
) => Float32Array;

/** What a stage knows of a frame: of its picture of `size` x `size`, or of the area of that picture alone. */
export interface StageScene {
  readonly size: number;
  readonly area?: Area;
  /** In coordinates of the whole picture. */
  readonly pose: PoseFrame;
  readonly mask?: Float32Array;
  readonly canvas?: Planes;
  readonly canvasLatent?: Float32Array;
  readonly carried?: Carried;
  readonly carriedLatent?: Float32Array;
  readonly plateLatent?: Float32Array;
}

/** Condition tensors of a stage's last frame, whose memory the next one takes: to make megabytes anew kept the garbage collector busy. */
export type KeptTensors = Map<string, Float32Array>;

/**
 * The condition inputs of a denoiser and of its condition encoders, by tensor name. They are the same at every step, so a frame draws
 * them once.
 */
export function conditionInputs(
  manifest: DenoiserManifest,
  scene: StageScene,
  draw: DrawConditions,
  kept?: KeptTensors,
): Tensors {
  const inputs: Record<string, Tensors[string]> = {};
  const add = (name: string, size: number, channels: ConditionChannels[]): void => {
    const { width, height } = scaledArea(scene.area ?? wholeArea(scene.size), size / scene.size);
    const data = draw(channels, size, sceneAt(scene, size, channels), kept?.get(name));
    kept?.set(name, data);
    inputs[name] = { dims: [1, data.length / (width * height), height, width], data };
  };
  for (const input of manifest.inputs)
    if (input.from === 'conditions') add(input.name, input.size, input.channels);
  for (const { graph, inputs: drawn } of manifest.encoders)
    for (const { name, size, channels } of drawn) add(encoderInput(graph, name), size, channels);
  return inputs;
}

/** The scene at the size of a tensor, with no more than its channels are drawn from. */
function sceneAt(scene: StageScene, size: number, channels: readonly ConditionChannels[]): Scene {
  const { mask, canvas, carried, canvasLatent, carriedLatent, plateLatent } = scene;
  const own = scene.area ?? wholeArea(scene.size);
  const area = scaledArea(own, size / scene.size);
  const asks = (kind: ConditionChannels['kind']): boolean => channels.some((asked) => asked.kind === kind);
  const masked = asks('hand-mask') || channels.some((asked) => asked.kind === 'openpose' && asked.mask);
  const nearest = channels.some((asked) => asked.kind === 'hand-mask' && asked.nearest);
  const maskAt = (whole: Float32Array): Float32Array =>
    nearest
      ? nearestMask(whole, own, area)
      : cellMeans(makePlanes(1, own.width, own.height, whole), area).data;
  return {
    pose: poseIn(scene, own, size),
    area,
    ...(mask && masked ? { mask: maskAt(mask) } : {}),
    ...(canvas && asks('canvas') ? { canvas: resized(canvas, area).data } : {}),
    ...(carried && (asks('carried') || asks('coverage')) ? carriedAt(carried, area) : {}),
    ...(canvasLatent ? { canvasLatent } : {}),
    ...(carriedLatent ? { carriedLatent } : {}),
    ...(plateLatent ? { plateLatent } : {}),
  };
}

/** What was carried, at the size of a tensor. */
function carriedAt(carried: Carried, size: Grid): Pick<Scene, 'carried' | 'coverage'> {
  const { data } = carried.means(size);
  const pixels = size.width * size.height;
  return { carried: data.subarray(0, 3 * pixels), coverage: data.subarray(3 * pixels) };
}

/** The pose in the coordinates of the tensor's area. */
function poseIn({ pose, size: whole }: StageScene, { left, top }: Area, size: number): PoseFrame {
  const same = left === 0 && top === 0 && whole === size;
  return same ? pose : cropPose(pose, { x: left, y: top, side: whole }, size);
}
