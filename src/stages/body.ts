import { blend } from '../diffusion/index.js';
import type { BodyStageManifest } from '../models/manifest.js';
import { asksFor, seesCarried } from '../models/reference-uses.js';
import type { FloatTensor } from '../models/tensor.js';
import type { Picture } from '../picture.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import type { DecoderInputs } from './autoencoder.js';
import { type Blending, blendMasks } from './blending.js';
import type { Canvas } from './canvas.js';
import type { Carried, ClipReference } from './carry/carried.js';
import { type DiffusionStage, denoise, type StepStart } from './denoise.js';
import { maskFeedback } from './feedback.js';
import type { Planes } from './planes.js';
import { conditionInputs, type DrawConditions, type Scene, type StageScene } from './scene.js';

/** Stage 2 with all its choices made: what `drawBody` takes (paper, III-C). */
export interface BodyStage extends DiffusionStage {
  readonly manifest: BodyStageManifest;
  readonly draw: DrawConditions;
  readonly blending: Blending;
  /** What is carried into every frame; absent where the bundle takes no reference. */
  readonly reference?: ClipReference;
}

/** What stage 2 gives, before the hands are pasted back. */
export interface DrawnBody {
  /** RGB, of the size of the area that is drawn. */
  readonly picture: Picture;
  /** Where the person is: [height, width], 0..1, kept until the next frame; absent where neither decoder nor body denoiser has a mask output. */
  readonly personMask?: Float32Array;
}

/** A step of the outpainting, for those who want to watch: costs a decoding a step. */
export interface BodyStep {
  readonly t: number;
  /** Mask that the step was blended with [h, w] of the latent; absent at free steps. */
  readonly mask?: Float32Array;
  /** The clean picture as the model guesses it at this step. */
  readonly estimate: Picture;
}

/**
 * Stage 2, the body outpainter (paper, III-C and III-D): DDIM with the skeleton and the precise hand mask as conditions at
 * every step. At the start of step i the latent is blended with the canvas inside mask i,
 * x_t = m_i x_canvas,t + (1 - m_i) x_t, where x_canvas,t is the encoded canvas noised to timestep t with the clip's
 * own noise; the masks shrink from the widest to the precise one, and the last steps are free.
 */
export async function drawBody(
  stage: BodyStage,
  pose: PoseFrame,
  canvas: Canvas,
  signal?: AbortSignal,
  watch?: (step: BodyStep) => void,
): Promise<DrawnBody> {
  const { autoencoder, sampler, noise } = stage;
  const masks = blendMasks(canvas, stage.blending, stage.steps, autoencoder.manifest.downscale);
  const scene = await sceneOf(stage, pose, canvas, masks.length > 0, signal);
  const { canvasLatent } = scene;
  const conditions = conditionInputs(stage.manifest.denoiser, scene, stage.draw, stage.kept);
  const decode = (latent: Float32Array, features: FloatTensor | undefined) =>
    autoencoder.picture(latent, { ...decoderPictures(stage, scene.carried), features }, signal);
  const hooks = {
    ...maskFeedback(stage.manifest, 'parts', latentsOf(scene), canvas.area),
    blend({ index, t, latent }: StepStart) {
      const mask = masks[index];
      if (!mask || !canvasLatent) return latent;
      const clean = stage.blending.canvas === 'clean';
      return blend(clean ? canvasLatent : sampler.process.addNoise(canvasLatent, noise, t), latent, mask);
    },
    async watch({ index, t }: StepStart, x0: Float32Array, features?: FloatTensor) {
      if (!watch) return;
      const mask = masks[index];
      watch({ t, ...(mask ? { mask } : {}), estimate: (await decode(x0, features)).picture });
    },
  };
  const { latent, mask: parts, features } = await denoise(stage, conditions, hooks, signal);
  const { picture, personMask = parts?.subarray(0, canvas.area.width * canvas.area.height) } = await decode(
    latent,
    features,
  );
  return { picture, ...(personMask ? { personMask } : {}) };
}

/** Everything that the stage's conditions are drawn from; pictures are encoded where they are asked for. */
async function sceneOf(
  { manifest, autoencoder, reference }: BodyStage,
  pose: PoseFrame,
  canvas: Canvas,
  blended: boolean,
  signal?: AbortSignal,
): Promise<StageScene> {
  const { denoiser } = manifest;
  const carried = reference && seesCarried(manifest) ? reference.carry(pose) : undefined;
  const encode = (picture: Planes | undefined, asked: boolean) =>
    picture && asked ? autoencoder.encode(picture, signal) : undefined;
  const [canvasLatent, carriedLatent, plateLatent] = await Promise.all([
    encode(canvas.picture, blended || asksFor(denoiser, 'canvas-latent')),
    encode(carried?.picture, asksFor(denoiser, 'carried-latent')),
    asksFor(denoiser, 'plate-latent') ? reference?.plateLatent(autoencoder) : undefined,
  ]);
  return {
    size: canvas.size,
    area: canvas.area,
    pose,
    mask: canvas.mask,
    canvas: canvas.picture,
    canvasLatent,
    carried,
    carriedLatent,
    plateLatent,
  };
}

function latentsOf({ pose, canvasLatent, carriedLatent, plateLatent }: StageScene): Scene {
  return { pose, canvasLatent, carriedLatent, plateLatent };
}

function decoderPictures({ reference }: BodyStage, carried: Carried | undefined): DecoderInputs {
  return {
    ...(carried ? { carried: pictureTensor(carried.picture) } : {}),
    ...(reference ? { plate: pictureTensor(reference.plate) } : {}),
    ...(carried && reference ? { mix: reference.mix } : {}),
  };
}

function pictureTensor({ channels, width, height, data }: Planes): FloatTensor {
  return { dims: [1, channels, height, width], data };
}
