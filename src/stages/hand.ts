import { BundleError } from '../errors.js';
import type { HandStageManifest } from '../models/manifest.js';
import type { Tensors } from '../models/tensor.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { cropPose } from './crop.js';
import { type DiffusionStage, denoise } from './denoise.js';
import { maskFeedback } from './feedback.js';
import type { HandCrop } from './hand-crops.js';
import { keepOwnHands } from './hand-ownership.js';
import { kernelFloats } from './kernels/kernels.js';
import { makePlanes, type Planes } from './planes.js';
import { conditionInputs, type DrawConditions, type KeptTensors } from './scene.js';

/** Stage 1 with all its choices made: what `drawHands` takes (paper, III-B). */
export interface HandStage extends DiffusionStage {
  readonly manifest: HandStageManifest;
  readonly draw: DrawConditions;
  /** Memory of the last frame's tensors: of each hand, and of all of them as a batch. */
  readonly keptHands: { readonly each: KeptTensors[]; readonly batch: KeptTensors };
}

/** What stage 1 gives for one crop. */
export interface DrawnHand {
  readonly crop: HandCrop;
  /** [3, size, size], -1..1. */
  readonly picture: Planes;
  /** How much of each pixel the hand covers: [size, size], 0..1, one half where the mask head reaches its threshold. */
  readonly mask: Float32Array;
}

/**
 * Stage 1, the hand generator (paper, III-B): finger heatmaps and an empty mask channel as conditions, DDIM, and
 * the mask from the second head at the last step. `pose` and `crops` are in pixels of the body's picture. All of a frame's hands are
 * drawn in one batch where the bundle's graphs take one.
 */
export async function drawHands(
  stage: HandStage,
  pose: PoseFrame,
  crops: readonly HandCrop[],
  signal?: AbortSignal,
): Promise<DrawnHand[]> {
  if (stage.manifest.batch && crops.length > 1) return drawBatch(stage, pose, crops, signal);
  const drawn: DrawnHand[] = [];
  for (const crop of crops) drawn.push(...(await drawBatch(stage, pose, [crop], signal)));
  return drawn;
}

async function drawBatch(
  stage: HandStage,
  pose: PoseFrame,
  crops: readonly HandCrop[],
  signal?: AbortSignal,
): Promise<DrawnHand[]> {
  const { manifest, autoencoder } = stage;
  const { size } = manifest.autoencoder;
  const poses = crops.map((crop) => cropPose(pose, crop, size));
  // No mask is known yet, so the scene has none: half of the training samples had an empty mask channel too (III-B).
  const { each } = stage.keptHands;
  const drawn = poses.map((own, k) => {
    each[k] ??= new Map();
    return conditionInputs(manifest.denoiser, { size, pose: own }, stage.draw, each[k]);
  });
  const conditions = stacked(drawn, stage.keptHands);
  const feedback = maskFeedback(manifest, 'hand-mask', { pose }, { width: size, height: size });
  const { latent, mask, features } = await denoise(
    repeated(stage, crops.length),
    conditions,
    feedback,
    signal,
  );
  if (mask?.length !== crops.length * size * size) {
    throw new BundleError(
      'HF_BUNDLE_GRAPH',
      `The hand denoiser ${manifest.denoiser.graph} gave no mask of ${size} x ${size}: a bundle's hand stage needs the mask head.`,
      { file: manifest.denoiser.graph },
    );
  }
  const pictures = await autoencoder.decode(latent, { features }, signal);
  return crops.map((crop, k) => {
    const own = mask.subarray(k * size * size, (k + 1) * size * size);
    const cover = coverOf(own, size, manifest);
    const picture = pictures[k] ?? makePlanes(3, size, size);
    return { crop, picture, mask: keepOwnHands(cover, size, poses[k] ?? pose, crop.hands) };
  });
}

/**
 * Cover [size, size] from the mask head's probabilities: cut off at the threshold, or soft. A soft edge is spread over a pixel to each side
 * first, since the head is so sure of itself that the outline would have steps. A hand that goes on beyond the crop ends round there:
 * mostly one of which the file's frame shows only a part.
 */
function coverOf(
  probabilities: Float32Array,
  size: number,
  { maskThreshold, maskSlope }: Pick<HandStageManifest, 'maskThreshold' | 'maskSlope'>,
): Float32Array {
  if (maskSlope === undefined) return probabilities.map((p) => (p >= maskThreshold ? 1 : 0));
  const cover = binomial(probabilities, size);
  for (let i = 0; i < cover.length; i++)
    cover[i] = clamp(((cover[i] ?? 0) - maskThreshold) * maskSlope + 0.5);
  for (const edge of edgesOf(size)) roundEnd(cover, size, edge);
  return cover;
}

/** How far from the crop's edge a hand that goes on beyond it begins to end, in crops, and over which share of its width that is soft. */
const END = 0.2;
const SOFT = 0.15;

/** An edge of a crop: the address of its first pixel, the step to the next one, and the step into the crop. */
interface Edge {
  readonly start: number;
  readonly along: number;
  readonly inward: number;
}

function edgesOf(size: number): Edge[] {
  return [
    { start: 0, along: 1, inward: size },
    { start: 0, along: size, inward: 1 },
    { start: (size - 1) * size, along: 1, inward: -size },
    { start: size - 1, along: size, inward: -1 },
  ];
}

/** Where a hand reaches the edge it ends in half an ellipse, as wide as the hand is where that begins. */
function roundEnd(cover: Float32Array, size: number, { start, along, inward }: Edge): void {
  const line = (deep: number): number[] => {
    const from = start + deep * inward;
    return Array.from({ length: size }, (_, k) => k).filter((k) => (cover[from + k * along] ?? 0) >= 0.5);
  };
  const deep = Math.round(END * size);
  const [first] = line(deep);
  const last = line(deep).at(-1);
  if (line(0).length === 0 || first === undefined || last === undefined) return;
  const [middle, half] = [(first + last + 1) / 2, (last - first + 1) / 2];
  for (let d = 0; d < deep; d++) {
    for (let k = 0; k < size; k++) {
      const at = start + d * inward + k * along;
      const far = Math.hypot((k + 0.5 - middle) / half, (deep - d - 0.5) / deep);
      cover[at] = (cover[at] ?? 0) * clamp((1 - far) / SOFT + 0.5);
    }
  }
}

/** `values` [size, size] smoothed by 1 2 1 in both directions; beyond its edges the last value goes on. */
function binomial(values: Float32Array, size: number): Float32Array {
  return smoothAlong(smoothAlong(values, size, 1, size), size, size, 1);
}

/** Lines of `size` values `step` apart, each smoothed by 1 2 1; from one line to the next it is `line`. */
function smoothAlong(values: Float32Array, size: number, step: number, line: number): Float32Array {
  const smooth = new Float32Array(values.length);
  for (let k = 0; k < size; k++) {
    let at = k * line;
    let before = values[at] ?? 0;
    let value = before;
    for (let i = 1; i <= size; i++, at += step) {
      const after = i < size ? (values[at + step] ?? 0) : value;
      smooth[at] = (before + 2 * value + after) / 4;
      before = value;
      value = after;
    }
  }
  return smooth;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/**
 * Inputs of several pictures as one batch, in the memory of `kept`. What `each` picture is drawn into is a part of that from then on, so that the
 * next frame of as many pictures copies nothing.
 */
function stacked(all: readonly Tensors[], { each, batch }: HandStage['keptHands']): Tensors {
  const [first = {}] = all;
  if (all.length === 1) return first;
  return Object.fromEntries(
    Object.entries(first).map(([name, { dims }]) => {
      const parts = all.flatMap((one) => (one[name]?.data instanceof Float32Array ? [one[name].data] : []));
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      const before = batch.get(name);
      const data = before?.length === length ? before : kernelFloats(length);
      batch.set(name, data);
      let at = 0;
      for (const [k, part] of parts.entries()) {
        const own = data.subarray(at, at + part.length);
        at += part.length;
        if (own.buffer === part.buffer && own.byteOffset === part.byteOffset) continue;
        own.set(part);
        each[k]?.set(name, own);
      }
      return [name, { dims: [all.length, ...dims.slice(1)], data }];
    }),
  );
}

/** The stage with the clip's noise once for each picture. */
function repeated(stage: HandStage, count: number): HandStage {
  if (count === 1) return stage;
  const times = (noise: Float32Array): Float32Array => {
    const all = new Float32Array(count * noise.length);
    for (let k = 0; k < count; k++) all.set(noise, k * noise.length);
    return all;
  };
  return { ...stage, noise: times(stage.noise), stepNoise: stage.stepNoise.map(times) };
}
