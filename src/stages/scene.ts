import type { ConditionChannels } from '../models/condition-channels.js';
import type { DenoiserManifest } from '../models/manifest.js';
import type { Tensors } from '../models/tensor.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import type { Carried } from './carry/carried.js';
import { scalePose } from './crop.js';
import { encoderInput } from './encoded-conditions.js';
import { makePlanes, type Planes } from './planes.js';
import { nearestMask, resample, resampleMask } from './resample.js';

/** What a condition tensor of `size` x `size` is drawn from; everything is in the coordinates and at the size of that tensor. */
export interface Scene {
  readonly pose: PoseFrame;
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

/** Draws `channels` in order: `Float32Array` [C, size, size]. */
export type DrawConditions = (channels: ConditionChannels[], size: number, scene: Scene) => Float32Array;

/** What a stage knows of a frame, in the coordinates of the stage's picture of `size` x `size`. */
export interface StageScene {
  readonly size: number;
  readonly pose: PoseFrame;
  readonly mask?: Float32Array;
  readonly canvas?: Planes;
  readonly canvasLatent?: Float32Array;
  readonly carried?: Carried;
  readonly carriedLatent?: Float32Array;
  readonly plateLatent?: Float32Array;
}

/** The condition inputs of a denoiser and of its condition encoders, by tensor name. They are the same at every step, so a frame draws them once. */
export function conditionInputs(
  manifest: DenoiserManifest,
  scene: StageScene,
  draw: DrawConditions,
): Tensors {
  const inputs: Record<string, Tensors[string]> = {};
  const add = (name: string, size: number, channels: ConditionChannels[]): void => {
    const data = draw(channels, size, sceneAt(scene, size, channels));
    inputs[name] = { dims: [1, data.length / (size * size), size, size], data, constant: true };
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
  const asks = (kind: ConditionChannels['kind']): boolean => channels.some((asked) => asked.kind === kind);
  const masked = asks('hand-mask') || channels.some((asked) => asked.kind === 'openpose' && asked.mask);
  const nearest = channels.some((asked) => asked.kind === 'hand-mask' && asked.nearest);
  const maskAt = nearest ? nearestMask : resampleMask;
  return {
    pose: scalePose(scene.pose, scene.size, size),
    ...(mask && masked ? { mask: maskAt(mask, scene.size, size) } : {}),
    ...(canvas && asks('canvas') ? { canvas: resizeSquare(canvas, size).data } : {}),
    ...(carried && asks('carried') ? { carried: cellMeans(carried.picture, size).data } : {}),
    ...(carried && asks('coverage') ? { coverage: cellMeans(carried.coverage, size).data } : {}),
    ...(canvasLatent ? { canvasLatent } : {}),
    ...(carriedLatent ? { carriedLatent } : {}),
    ...(plateLatent ? { plateLatent } : {}),
  };
}

/** Square planes at `size` x `size` as means of whole cells, as in training; the same object where the size fits already. */
export function cellMeans(planes: Planes, size: number): Planes {
  const { channels, width: whole, data } = planes;
  if (whole === size) return planes;
  const cell = whole / size;
  if (!Number.isInteger(cell)) return resizeSquare(planes, size);
  const means = new Float32Array(channels * size * size);
  for (let row = 0; row < channels * whole; row += 1) {
    const to = Math.floor(row / cell) * size;
    for (let x = 0; x < size; x += 1) {
      const from = row * whole + x * cell;
      let sum = 0;
      for (let k = 0; k < cell; k += 1) sum += data[from + k] ?? 0;
      means[to + x] = (means[to + x] ?? 0) + sum / (cell * cell);
    }
  }
  return makePlanes(channels, size, size, means);
}

/** Planes at `size` x `size`; the same object where the size fits already. */
export function resizeSquare(planes: Planes, size: number): Planes {
  return planes.width === size ? planes : resample(planes, size, size);
}

/** Planes [channels, size, size] of one value a channel. */
export function uniformPlanes(values: readonly number[], size: number): Planes {
  const planes = makePlanes(values.length, size, size);
  values.forEach((value, c) => {
    planes.data.fill(value, c * size * size, (c + 1) * size * size);
  });
  return planes;
}
