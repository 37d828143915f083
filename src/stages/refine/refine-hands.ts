import { blend } from '../../diffusion/index.js';
import type { RefineStageManifest } from '../../models/manifest.js';
import type { Tensors } from '../../models/tensor.js';
import type { Picture } from '../../picture.js';
import type { PoseFrame } from '../../pose/pose-frame.js';
import { type DiffusionStage, denoise } from '../denoise.js';
import { makePlanes, planesFromPicture } from '../planes.js';
import { nearestMask } from '../resample.js';
import { conditionInputs, type DrawConditions } from '../scene.js';
import { fitHands } from './fit-hand.js';
import { handError, outsideHands } from './hand-areas.js';

/** The stage that draws a finished picture's hands anew (Lu et al. 2023). */
export interface RefineStage extends DiffusionStage {
  readonly manifest: RefineStageManifest;
  readonly draw: DrawConditions;
  /** How strongly the depth counts, 0..1, or found out for each picture. */
  readonly strength: number | 'adaptive';
  /** Finds the keypoints of the person in the picture. */
  readonly find: (picture: Picture) => Promise<PoseFrame>;
}

/** Strengths that are tried, and how much worse than with strength 1 the hands may lie. */
const STRENGTHS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const ALLOWANCE = 1.15;

/**
 * Finds the hands in `picture`, fits our 3-D hand to them, and draws the boxes round them anew from its depth, from pure noise; the rest
 * is blended in from the picture at the noise level of each step. A picture in which no hand is found stays as it is, as does the alpha
 * channel.
 */
export async function refineHands(
  stage: RefineStage,
  picture: Picture,
  signal?: AbortSignal,
): Promise<Picture> {
  const { size } = stage.autoencoder.manifest;
  const hands = fitHands(await stage.find(picture));
  const kept = outsideHands(hands, size, (stage.manifest.boxMargin * size) / 512);
  if (!kept) return picture;
  const drawAt = await prepare(stage, picture, hands, kept, signal);
  if (stage.strength !== 'adaptive') return drawAt(stage.strength);
  const full = await drawAt(1);
  const least = handError(hands, await stage.find(full));
  for (const strength of STRENGTHS) {
    const drawn = await drawAt(strength);
    if (handError(hands, await stage.find(drawn)) < ALLOWANCE * least) return drawn;
  }
  return full;
}

/** All that does not depend on the strength; the function draws with one. */
async function prepare(
  stage: RefineStage,
  picture: Picture,
  hands: PoseFrame,
  kept: Float32Array,
  signal: AbortSignal | undefined,
): Promise<(strength: number) => Promise<Picture>> {
  const { autoencoder, sampler, noise, manifest } = stage;
  const { size } = autoencoder.manifest;
  const whole = planesFromPicture(picture);
  const cut = whole.data.map((value, i) => value * (kept[i % kept.length] ?? 0));
  const masked = makePlanes(3, size, size, cut);
  const original = await autoencoder.encode(whole, signal);
  const canvasLatent = await autoencoder.encode(masked, signal);
  const scene = { size, pose: hands, mask: kept, canvas: masked, canvasLatent };
  const conditions = conditionInputs(manifest.denoiser, scene, stage.draw, stage.kept);
  const outside = nearestMask(kept, { width: size, height: size }, autoencoder.cells);
  const hooks = {
    blend: ({ t, latent }: { t: number; latent: Float32Array }) =>
      blend(sampler.process.addNoise(original, noise, t), latent, outside),
  };
  return async (strength) => {
    const given = { ...conditions, ...strengthInput(manifest, strength) };
    const { latent } = await denoise(stage, given, hooks, signal);
    const { picture: drawn } = await autoencoder.picture(latent, {}, signal);
    return withColours(picture, drawn);
  };
}

/** The strength under the names that the denoiser takes it by. */
function strengthInput({ denoiser }: RefineStageManifest, strength: number): Tensors {
  const named = denoiser.inputs.flatMap((input) => (input.from === 'strength' ? input.name : []));
  return Object.fromEntries(named.map((name) => [name, { dims: [1], data: Float32Array.of(strength) }]));
}

/** `picture` in the colours of `drawn`. */
function withColours(picture: Picture, drawn: Picture): Picture {
  if (picture.channels === drawn.channels) return drawn;
  const data = picture.data.slice();
  for (let i = 0; i < picture.width * picture.height; i += 1)
    data.set(drawn.data.subarray(3 * i, 3 * i + 3), i * picture.channels);
  return { ...picture, data };
}
