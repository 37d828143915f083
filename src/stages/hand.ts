import { BundleError } from '../errors.js';
import type { HandStageManifest } from '../models/manifest.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { cropPose } from './crop.js';
import { type DiffusionStage, denoise } from './denoise.js';
import { maskFeedback } from './feedback.js';
import type { HandCrop } from './hand-crops.js';
import { keepOwnHands } from './hand-ownership.js';
import type { Planes } from './planes.js';
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
 * Stage 1, the hand generator (paper, III-B): finger heatmaps and an empty mask channel as conditions, DDIM, and
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
  // No mask is known yet, so the scene has none: half of the training samples had an empty mask channel too (III-B).
  const conditions = conditionInputs(stage.manifest.denoiser, { size, pose: own }, stage.draw);
  const { latent, mask, features } = await denoise(
    stage,
    conditions,
    maskFeedback(stage.manifest, 'hand-mask', { pose: own }),
    signal,
  );
  if (mask?.length !== size * size) {
    throw new BundleError(
      'HF_BUNDLE_GRAPH',
      `The hand denoiser ${stage.manifest.denoiser.graph} gave no mask of ${size} x ${size}: a bundle's hand stage needs the mask head.`,
      { file: stage.manifest.denoiser.graph },
    );
  }
  const { picture } = await stage.autoencoder.decode(latent, { features }, signal);
  const precise = mask.map((p) => (p >= stage.manifest.maskThreshold ? 1 : 0));
  return { crop, picture, mask: keepOwnHands(precise, size, own, crop.hands) };
}
