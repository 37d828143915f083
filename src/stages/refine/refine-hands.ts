import { blend } from '../../diffusion/index.js';
import type { RefineStageManifest } from '../../models/manifest.js';
import type { Picture } from '../../picture.js';
import type { PoseFrame } from '../../pose/pose-frame.js';
import { type DiffusionStage, denoise } from '../denoise.js';
import { handBox } from '../hand-boxes.js';
import { makePlanes, pictureFromPlanes, planesFromPicture } from '../planes.js';
import { conditionInputs, type DrawConditions } from '../scene.js';
import { fitHands } from './fit-hand.js';

/** The stage that draws a finished picture's hands anew (Lu et al. 2023, HandRefiner). */
export interface RefineStage extends DiffusionStage {
  readonly manifest: RefineStageManifest;
  readonly draw: DrawConditions;
  /** Share of the steps that is drawn anew, 0..1. */
  readonly strength: number;
  /** Finds the keypoints of whoever the picture shows. */
  readonly find: (picture: Picture) => Promise<PoseFrame>;
}

/**
 * Finds the hands in `picture`, fits our 3-D hand to them, and draws the boxes round them anew from its depth; the rest is blended in
 * from the picture at the noise level of each step. A picture in which no hand is found stays as it is, as does the alpha channel.
 */
export async function refineHands(
  stage: RefineStage,
  picture: Picture,
  signal?: AbortSignal,
): Promise<Picture> {
  const { autoencoder, sampler, noise, steps, manifest } = stage;
  const { size } = autoencoder.manifest;
  const found = await stage.find(picture);
  const kept = outsideHands(found, size, (manifest.boxMargin * size) / 512);
  if (!kept) return picture;
  const whole = planesFromPicture(picture);
  const masked = makePlanes(
    3,
    size,
    size,
    whole.data.map((value, i) => value * (kept[i % kept.length] ?? 0)),
  );
  const original = await autoencoder.encode(whole, signal);
  const canvasLatent = await autoencoder.encode(masked, signal);
  const conditions = conditionInputs(
    manifest.denoiser,
    { size, pose: fitHands(found), mask: kept, canvas: masked, canvasLatent },
    stage.draw,
  );
  const outside = nearestCells(kept, size, autoencoder.latentSize);
  const first = steps - Math.min(steps, Math.floor(steps * stage.strength));
  const from = sampler.steps(steps)[first]?.t ?? -1;
  const noised = (t: number): Float32Array => sampler.process.addNoise(original, noise, t);
  const hooks = {
    begin: { first, latent: noised(from) },
    blend: ({ t, latent }: { t: number; latent: Float32Array }) => blend(noised(t), latent, outside),
  };
  const { latent } = await denoise(stage, conditions, hooks, signal);
  const { picture: drawn } = await autoencoder.decode(latent, {}, signal);
  return withColours(picture, pictureFromPlanes(drawn));
}

/** 1 outside the hands' boxes, each `margin` pixels wider on every side: [size, size]; undefined where there is no hand. */
function outsideHands(pose: PoseFrame, size: number, margin: number): Float32Array | undefined {
  const kept = new Float32Array(size * size).fill(1);
  const boxes = (['left', 'right'] as const).flatMap((side) => handBox(pose, side, size) ?? []);
  for (const box of boxes) {
    const [left, right] = span(box.left - margin, box.right + margin, size);
    const [top, bottom] = span(box.top - margin, box.bottom + margin, size);
    for (let y = top; y < bottom; y += 1) kept.fill(0, y * size + left, y * size + right);
  }
  return boxes.length > 0 ? kept : undefined;
}

/** Whole pixels that an extent touches. */
function span(low: number, high: number, size: number): [first: number, past: number] {
  return [Math.max(0, Math.floor(low)), Math.min(size, Math.ceil(high))];
}

/** The mask at latent size: each cell's upper left pixel, PyTorch's `nearest`. */
function nearestCells(mask: Float32Array, size: number, cells: number): Float32Array {
  const stride = size / cells;
  const at = (cell: number): number => Math.floor(cell * stride);
  return Float32Array.from(
    { length: cells * cells },
    (_, i) => mask[at(Math.floor(i / cells)) * size + at(i % cells)] ?? 0,
  );
}

/** `picture` in the colours of `drawn`. */
function withColours(picture: Picture, drawn: Picture): Picture {
  if (picture.channels === drawn.channels) return drawn;
  const data = picture.data.slice();
  for (let i = 0; i < picture.width * picture.height; i += 1)
    data.set(drawn.data.subarray(3 * i, 3 * i + 3), i * picture.channels);
  return { ...picture, data };
}
