import { blend } from '../diffusion/index.js';
import type { BodyStageManifest } from '../models/manifest.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { type Blending, blendMasks } from './blending.js';
import type { Canvas } from './canvas.js';
import { type DiffusionStage, denoise, type StepStart } from './denoise.js';
import { maskFeedback } from './feedback.js';
import type { Planes } from './planes.js';
import { conditionInputs, type DrawConditions } from './scene.js';

export interface BodyStage extends DiffusionStage {
  readonly manifest: BodyStageManifest;
  readonly draw: DrawConditions;
  readonly blending: Blending;
}

/** What stage 2 gives, before the hands are pasted back. */
export interface DrawnBody {
  /** [3, size, size], -1..1. */
  readonly picture: Planes;
  /** Where the person is: [size, size], 0..1; absent where the bundle's body denoiser has no mask output. */
  readonly personMask?: Float32Array;
}

/** A step of the outpainting, for those who want to watch: costs a decoding a step. */
export interface BodyStep {
  readonly t: number;
  /** Mask that the step was blended with [h, w] of the latent; absent at free steps. */
  readonly mask?: Float32Array;
  /** The clean picture as the model guesses it at this step. */
  readonly estimate: Planes;
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
  const masks = blendMasks(canvas, stage.blending, stage.steps, autoencoder.latentSize);
  const canvasLatent =
    masks.length > 0 || asksForLatent(stage.manifest)
      ? await autoencoder.encode(canvas.picture, signal)
      : undefined;
  const scene = { pose, ...(canvasLatent ? { canvasLatent } : {}) };
  const conditions = conditionInputs(
    stage.manifest.denoiser,
    { ...scene, size: canvas.size, mask: canvas.mask, canvas: canvas.picture },
    stage.draw,
  );
  const hooks = {
    ...maskFeedback(stage.manifest, 'parts', scene),
    blend({ index, t, latent }: StepStart) {
      const mask = masks[index];
      if (!mask || !canvasLatent) return latent;
      const clean = stage.blending.canvas === 'clean';
      return blend(clean ? canvasLatent : sampler.process.addNoise(canvasLatent, noise, t), latent, mask);
    },
    async watch({ index, t }: StepStart, x0: Float32Array) {
      if (!watch) return;
      const mask = masks[index];
      watch({ t, ...(mask ? { mask } : {}), estimate: await autoencoder.decode(x0, signal) });
    },
  };
  const { latent, mask: parts } = await denoise(stage, conditions, hooks, signal);
  const picture = await autoencoder.decode(latent, signal);
  return parts ? { picture, personMask: parts.subarray(0, canvas.size ** 2) } : { picture };
}

function asksForLatent({ denoiser }: BodyStageManifest): boolean {
  return denoiser.inputs.some(
    (input) => input.from === 'conditions' && input.channels.some(({ kind }) => kind === 'canvas-latent'),
  );
}
