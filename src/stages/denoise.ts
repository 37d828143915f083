import type { Sampler } from '../diffusion/index.js';
import type { FloatTensor, Tensors } from '../models/tensor.js';
import type { Autoencoder } from './autoencoder.js';
import type { Denoiser } from './denoiser.js';
import type { KeptTensors } from './scene.js';

/** One of the two diffusion stages, ready to draw a clip: networks, sampler, the clip's noise, and how many steps. */
export interface DiffusionStage {
  readonly denoiser: Denoiser;
  readonly autoencoder: Autoencoder;
  readonly sampler: Sampler;
  readonly steps: number;
  /** The same for every frame: [channels, h, w] of the latent, standard normal. */
  readonly noise: Float32Array;
  /** Noise that the steps take in, where the sampler asks for some: one a step but the last. */
  readonly stepNoise: readonly Float32Array[];
  /** Where condition tensors lie from frame to frame: a stage draws one frame at a time. */
  readonly kept: KeptTensors;
}

/** A step as it is about to be taken; `latent` is at the noise level of timestep `t`. */
export interface StepStart {
  readonly index: number;
  readonly t: number;
  readonly latent: Float32Array;
}

export interface DenoiseHooks {
  /** Replaces the conditions before a later step, with what the mask head said in the step before: [masks, size, size]. */
  condition?(conditions: Tensors, masks: Float32Array): Tensors;
  /** Replaces the latent before a step: where the outpainter blends the canvas in. */
  blend?(step: StepStart): Float32Array;
  /** Sees the clean estimate after a step, and what the step gave for the decoder. */
  watch?(step: StepStart, x0: Float32Array, features?: FloatTensor): Promise<void> | void;
}

export interface Denoised {
  readonly latent: Float32Array;
  /** Of the last step, where the graph has a mask head: probabilities [masks, size, size]. */
  readonly mask?: Float32Array;
  /** Of the last step, where the graph gives any for the decoder. */
  readonly features?: FloatTensor;
}

/** From pure noise to a clean latent (section IV of the paper: by DDIM). */
export async function denoise(
  stage: DiffusionStage,
  conditions: Tensors,
  hooks: DenoiseHooks = {},
  signal?: AbortSignal,
): Promise<Denoised> {
  const { denoiser, autoencoder, sampler } = stage;
  let latent = stage.noise;
  let last: Omit<Denoised, 'latent'> = {};
  const prepared = await denoiser.prepare(conditions, signal);
  let given = prepared;
  for (const [index, step] of sampler.steps(stage.steps).entries()) {
    const { t } = step;
    const start = { index, t, latent };
    if (hooks.blend) latent = hooks.blend(start);
    if (hooks.condition && last.mask) {
      const { prompted, unprompted } = prepared;
      given = {
        prompted: hooks.condition(prompted, last.mask),
        unprompted: hooks.condition(unprompted, last.mask),
      };
    }
    const { prediction, ...rest } = await denoiser.predict(autoencoder.tensor(latent), t, given, signal);
    const stepped = sampler.step(prediction, step, latent, stage.stepNoise[index]);
    last = rest;
    latent = stepped.previous;
    await hooks.watch?.(start, stepped.x0, rest.features);
  }
  return { latent, ...last };
}
