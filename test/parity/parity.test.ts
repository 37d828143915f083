import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, createTokenizer, loadBundle, openRunner } from '../../src/models/index.js';
import type { GraphRunner } from '../../src/models/tensor.js';
import { makeMethod, settle } from '../../src/pipeline/method.js';
import { loadPreset, type PresetOverrides } from '../../src/pipeline/preset.js';
import { chooseSigner, handCrops } from '../../src/pipeline/signer.js';
import { drawConditions } from '../../src/stages/conditions/index.js';
import { type DrawnFrame, drawFrame } from '../../src/stages/two-stage.js';
import { RecordingRunner } from './recording-runner.js';
import { largestDifference, type Recipe, type Reference, readRecipe, readReference } from './reference.js';

/*
 * The whole two-stage result on a tiny random bundle of the SD 1.5 family against a run of the same recipe in PyTorch and
 * diffusers (models/training/handfirst_training/sd15/reference_run.py), which shares no code with the engine: not even
 * crops, heatmaps, hint, canvas or paste. Nothing in the engine may be specific to the compact bundle.
 */

const BUNDLE = fileURLToPath(new URL('../fixtures/tiny-sd15', import.meta.url));
const LATENTS = 1e-3;
const PIXELS = 2;
/** Scale of the latents, and cells of one: SD 1.5's 0.18215, and 4 x 16 x 16. */
const SCALING = 0.18215;
const CELLS = 4 * 16 * 16;
const SIDE = 128;
/** Milliseconds for a whole frame on a busy machine. */
const PATIENCE = 300_000;

interface Drawn {
  readonly frame: DrawnFrame;
  readonly recorded: RecordingRunner;
}

let bundle: Bundle;
let runner: GraphRunner;
let recipe: Recipe;

beforeAll(async () => {
  bundle = await loadBundle(BUNDLE, { verify: true });
  runner = await openRunner(bundle, { device: 'cpu', threads: 1 });
  recipe = await readRecipe();
}, PATIENCE);

afterAll(() => runner?.close());

/** Draws a pose by the recipe; `overrides` and `seed` spoil it on purpose. */
async function draw(
  pose: Reference['pose'],
  overrides: PresetOverrides = {},
  seed = recipe.seed,
): Promise<Drawn> {
  const { manifest } = bundle;
  const preset = loadPreset('paper', {
    hand: { steps: recipe.handSteps, guidance: recipe.guidance },
    body: { steps: recipe.bodySteps, guidance: recipe.guidance },
    blending: { freeSteps: recipe.freeSteps, growth: recipe.growth, ...overrides.blending },
  });
  const recorded = new RecordingRunner(runner);
  const warn = (sentence: string): never => expect.fail(sentence);
  const choices = settle(manifest, preset, { hand: true, body: true }, warn);
  const tokenizer = await createTokenizer(bundle);
  const parts = { manifest, runner: recorded, draw: drawConditions, preset, choices };
  const { prompt, negativePrompt } = recipe;
  const { look } = await chooseSigner({ ...parts, tokenizer, warn }, { prompt, negativePrompt, seed });
  const method = makeMethod({ ...parts, look, seed, background: 'drawn' }, preset, choices);
  const crops = handCrops(manifest, preset).next(pose);
  return { frame: await drawFrame(method, pose, crops, { keep: true }), recorded };
}

/** Latents that were decoded, as the denoisers see them, in order. */
function decoded(recorded: RecordingRunner): number[][] {
  const { graph, input = 'latent' } = bundle.manifest.body.autoencoder.decoder;
  return recorded.inputs(graph, input).map((latent) => latent.map((value) => value * SCALING));
}

/** Inputs of the body denoiser's runs with the prompt: every second run is the negative prompt's. */
function bodyInputs(recorded: RecordingRunner, input: string): number[][] {
  return recorded.inputs(bundle.manifest.body.denoiser.graph, input).filter((_, run) => run % 2 === 0);
}

describe.each(['apart', 'near', 'together'])('the two-stage method with hands %s', (name) => {
  let reference: Reference;
  let drawn: Drawn;

  beforeAll(async () => {
    reference = await readReference(recipe, name);
    drawn = await draw(reference.pose);
  }, PATIENCE);

  it('crops the hands alike', () => {
    const crops = drawn.frame.intermediates?.hands.map(({ crop }) => crop) ?? [];
    expect(crops.map(({ hands }) => hands)).toEqual(reference.crops.map(({ hands }) => hands));
    reference.crops.forEach(({ x, y, side }, i) => {
      const ours = crops[i];
      expect(
        largestDifference([ours?.x ?? NaN, ours?.y ?? NaN, ours?.side ?? NaN], [x, y, side]),
      ).toBeLessThan(1e-4);
    });
  });

  it('ends the hand stage at the same latents', () => {
    const hands = decoded(drawn.recorded).slice(0, reference.crops.length);
    expect(largestDifference(hands.flat(), reference.handLatents)).toBeLessThan(LATENTS);
  });

  it('cuts the hands out by the same masks', () => {
    const hands = drawn.frame.intermediates?.hands ?? [];
    const width = SIDE * hands.length;
    const ours = Float32Array.from(reference.handMasks, (_, i) => {
      const column = i % width;
      const at = Math.floor(i / width) * SIDE + (column % SIDE);
      return 255 * (hands[Math.floor(column / SIDE)]?.mask[at] ?? NaN);
    });
    expect(largestDifference(ours, reference.handMasks)).toBe(0);
  });

  it('shows the body stage the same hint', () => {
    const hint = bodyInputs(drawn.recorded, 'hint')[0] ?? [];
    const bytes = Array.from(
      reference.hint,
      (_, i) => 255 * (hint[(i % 3) * SIDE * SIDE + Math.floor(i / 3)] ?? NaN),
    );
    expect(largestDifference(bytes, reference.hint)).toBeLessThan(0.01);
  });

  it('goes through the same latents, step by step', () => {
    const corners = bodyInputs(drawn.recorded, 'latent').flatMap((latent) =>
      latent.filter((_, i) => i % 16 < 3 && Math.floor(i / 16) % 16 < 3),
    );
    expect(largestDifference(corners, reference.stepCorners)).toBeLessThan(LATENTS);
  });

  it('ends the body stage at the same latent', () => {
    const latent = decoded(drawn.recorded).at(-1) ?? [];
    expect(latent).toHaveLength(CELLS);
    expect(largestDifference(latent, reference.bodyLatent)).toBeLessThan(LATENTS);
  });

  it('gives the same picture', () => {
    const { width, height, channels, data } = drawn.frame.picture;
    expect([width, height, channels]).toEqual([SIDE, SIDE, 3]);
    expect(largestDifference(data, reference.picture)).toBeLessThanOrEqual(PIXELS);
  });
});

describe('the comparison', () => {
  it.each([
    ['another seed', {}, 1],
    ['the precise mask at every step', { blending: { mode: 'naive' as const } }, 0],
    ['a mask that grows by half', { blending: { growth: 4 } }, 0],
    ['one free step less', { blending: { freeSteps: 1 } }, 0],
  ])(
    'notices %s',
    async (_, overrides, more) => {
      const reference = await readReference(recipe, 'together');
      const { frame, recorded } = await draw(reference.pose, overrides, recipe.seed + more);
      expect(largestDifference(decoded(recorded).at(-1) ?? [], reference.bodyLatent)).toBeGreaterThan(
        50 * LATENTS,
      );
      expect(largestDifference(frame.picture.data, reference.picture)).toBeGreaterThan(5 * PIXELS);
    },
    PATIENCE,
  );
});
