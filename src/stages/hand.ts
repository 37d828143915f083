import { BundleError } from '../errors.js';
import type { HandStageManifest } from '../models/manifest.js';
import type { Tensor } from '../models/tensor.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { channelPlace } from './conditions/index.js';
import { cropPose } from './crop.js';
import { type DenoiseHooks, type DiffusionStage, denoise } from './denoise.js';
import type { HandCrop } from './hand-crops.js';
import { keepOwnHands } from './hand-ownership.js';
import type { Planes } from './planes.js';
import { resampleMask } from './resample.js';
import { conditionInputs, type DrawConditions } from './scene.js';

export interface HandStage extends DiffusionStage {
  readonly manifest: HandStageManifest;
  readonly draw: DrawConditions;
}

/** What stage 1 gives for one crop. */
export interface DrawnHand {
  readonly crop: HandCrop;
  /** [3, size, size], -1..1. */
  readonly picture: Planes;
  /** Where the crop shows its hand: [size, size], 0 or 1. */
  readonly mask: Float32Array;
}

/**
 * Stage 1, the hand generator (paper, section 3.1): finger heatmaps and an empty mask channel as conditions, DDIM, and
 * the mask from the second head at the last step. `pose` and `crop` are in pixels of the body's picture.
 */
export async function drawHand(
  stage: HandStage,
  pose: PoseFrame,
  crop: HandCrop,
  signal?: AbortSignal,
): Promise<DrawnHand> {
  const { size } = stage.manifest.autoencoder;
  const own = cropPose(pose, crop, size);
  // "All zeros for half of the training samples, so that inference needs no mask": no mask in the scene.
  const conditions = conditionInputs(stage.manifest.denoiser, { size, pose: own }, stage.draw);
  const { latent, mask } = await denoise(stage, conditions, feedback(stage, own), signal);
  if (mask?.length !== size * size) {
    throw new BundleError(
      `The hand denoiser ${stage.manifest.denoiser.graph} gave no mask of ${size} x ${size}: a bundle's hand stage needs the mask head.`,
    );
  }
  const picture = await stage.autoencoder.decode(latent, signal);
  const precise = mask.map((p) => (p >= stage.manifest.maskThreshold ? 1 : 0));
  return { crop, picture, mask: keepOwnHands(precise, size, own, crop.hands) };
}

/**
 * From the second step on the mask channel holds what the mask head said, where the bundle was trained for it: with the silhouette
 * settled the hand is drawn crisply, not as a mean of all that it could be. The mask is the last step's all the same.
 */
function feedback({ manifest }: HandStage, pose: PoseFrame): DenoiseHooks {
  const { maskFeedback, denoiser, autoencoder } = manifest;
  if (!maskFeedback) return {};
  return {
    condition(conditions, mask) {
      const changed: Record<string, Tensor> = { ...conditions };
      for (const input of denoiser.inputs) {
        const drawn = conditions[input.name];
        if (input.from !== 'conditions' || !(drawn?.data instanceof Float32Array)) continue;
        const { size, channels } = input;
        const place = channelPlace(channels, 'hand-mask', { pose }, size);
        if (place === undefined) continue;
        const data = drawn.data.slice();
        data.set(settle(resampleMask(mask, autoencoder.size, size), maskFeedback.gain), place * size * size);
        changed[input.name] = { dims: drawn.dims, data, constant: true };
      }
      return changed;
    },
  };
}

/** Probabilities with a soft edge `1 / gain` wide round one half, as drawn masks have it. */
function settle(mask: Float32Array, gain: number): Float32Array {
  return mask.map((p) => Math.min(1, Math.max(0, (p - 0.5) * gain + 0.5)));
}
