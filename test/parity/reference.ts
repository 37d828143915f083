import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'npyjs';
import sharp from 'sharp';
import { z } from 'zod';
import type { PoseFrame } from '../../src/pose/pose-frame.js';

const FOLDER = fileURLToPath(new URL('../fixtures/parity/', import.meta.url));

const crop = z.object({
  x: z.number(),
  y: z.number(),
  side: z.number(),
  hands: z.array(z.enum(['left', 'right'])),
});

const parity = z.object({
  prompt: z.string(),
  negativePrompt: z.string(),
  seed: z.number(),
  guidance: z.number(),
  handSteps: z.number(),
  bodySteps: z.number(),
  freeSteps: z.number(),
  growth: z.number(),
  poses: z.record(z.string(), z.object({ crops: z.array(crop), keypoints: z.array(z.number()) })),
});

/** How the reference run was made: `python -m handfirst_training.sd15.reference_run`. */
export type Recipe = z.infer<typeof parity>;

export async function readRecipe(): Promise<Recipe> {
  return parity.parse(JSON.parse(await readFile(`${FOLDER}parity.json`, 'utf8')));
}

/** What the reference run stored of a pose. */
export interface Reference {
  readonly pose: PoseFrame;
  readonly crops: Recipe['poses'][string]['crops'];
  /** Final latents of the hand stage, [4, 16, 16] a crop, one after another. */
  readonly handLatents: Float32Array;
  /** Masks side by side, [128, 128 * crops], 0 or 255. */
  readonly handMasks: Uint8Array;
  /** [128, 128, 3]: the skeleton with the precise mask in white. */
  readonly hint: Uint8Array;
  /** Upper left corner of the latent that each step of the body stage got, [steps, 4, 3, 3]. */
  readonly stepCorners: Float32Array;
  /** [4, 16, 16]. */
  readonly bodyLatent: Float32Array;
  /** [128, 128, 3]. */
  readonly picture: Uint8Array;
}

export async function readReference(recipe: Recipe, name: string): Promise<Reference> {
  const stated = recipe.poses[name];
  if (!stated) throw new Error(`the reference run has no pose ${name}`);
  return {
    pose: { index: 0, time: 0, keypoints: Float32Array.from(stated.keypoints) },
    crops: stated.crops,
    handLatents: await floats(`${name}/hand-latents.npy`),
    handMasks: await pixels(`${name}/hand-masks.png`, 1),
    hint: await pixels(`${name}/hint.png`, 3),
    stepCorners: await floats(`${name}/step-corners.npy`),
    bodyLatent: await floats(`${name}/body-latent.npy`),
    picture: await pixels(`${name}/picture.png`, 3),
  };
}

async function floats(file: string): Promise<Float32Array> {
  const bytes = await readFile(FOLDER + file);
  const { data } = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  if (!(data instanceof Float32Array)) throw new Error(`${file} holds no float32 values`);
  return data;
}

async function pixels(file: string, channels: 1 | 3): Promise<Uint8Array> {
  const picture = sharp(FOLDER + file).removeAlpha();
  const shaped = channels === 1 ? picture.extractChannel(0) : picture.toColourspace('srgb');
  return new Uint8Array(await shaped.raw().toBuffer());
}

/** Largest absolute difference; infinite where the lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
