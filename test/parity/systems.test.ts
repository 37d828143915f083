import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'npyjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Bundle, checkBundle, createTokenizer, loadBundle, openRunner } from '../../src/models/index.js';
import type { Picture } from '../../src/picture.js';
import { makeMethod, settle } from '../../src/pipeline/method.js';
import { loadPreset } from '../../src/pipeline/preset.js';
import { chooseSigner, handCrops } from '../../src/pipeline/signer.js';
import type { PoseFrame } from '../../src/pose/pose-frame.js';
import { drawConditions } from '../../src/stages/conditions/index.js';
import { refineHands } from '../../src/stages/refine/refine-hands.js';
import { drawFrame } from '../../src/stages/two-stage.js';
import { RecordingRunner } from './recording-runner.js';
import { largestDifference } from './reference.js';
import { spoilLargestWeight } from './spoil.js';

/*
 * The systems that the paper compares with, each a tiny random bundle, against runs that share no code with the engine: diffusers'
 * own pipelines from prompt to last latent, its modules or plain PyTorch with NumPy's conditions where it has no pipeline
 * (models/training/handfirst_training/sd15/reference_systems.py).
 */

const SYSTEMS = [
  'text-only',
  'controlnet',
  'controlnet-full',
  'lora',
  't2i-adapter',
  'humansd',
  'stable-pose',
  'handrefiner',
] as const;
type System = (typeof SYSTEMS)[number];

const FIXTURES = fileURLToPath(new URL('../fixtures/systems/', import.meta.url));
/** Text encoder, autoencoder and tokenizer are this bundle's. */
const SHARED = fileURLToPath(new URL('../fixtures/tiny-sd15/', import.meta.url));
const TOLERANCE = 1e-3;
const SCALING = 0.18215;
const SIDE = 128;
const PATIENCE = 300_000;

const recipeSchema = z.object({
  prompt: z.string(),
  negativePrompt: z.string(),
  seed: z.number(),
  steps: z.number(),
  handSteps: z.number(),
  freeSteps: z.number(),
  growth: z.number(),
  guidance: z.number(),
  keypoints: z.array(z.number()),
  depth: z.array(z.number()),
});

let recipe: z.infer<typeof recipeSchema>;
let scratch: string;

beforeAll(async () => {
  recipe = recipeSchema.parse(JSON.parse(await readFile(join(FIXTURES, 'systems.json'), 'utf8')));
  scratch = await mkdtemp(join(tmpdir(), 'handfirst-systems-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A whole bundle of the system, in a folder of its own. */
async function bundleFolder(system: System, name = system as string): Promise<string> {
  const folder = join(scratch, name);
  await cp(SHARED, folder, { recursive: true });
  await cp(join(FIXTURES, system), folder, { recursive: true, force: true });
  return folder;
}

/** The last latent that the engine decodes for a system, as denoisers see latents. */
async function lastLatent(system: System, bundle: Bundle): Promise<number[]> {
  const runner = await openRunner(bundle, { device: 'cpu', threads: 1 });
  try {
    const recorded = new RecordingRunner(runner);
    const { manifest } = bundle;
    const { steps, handSteps, freeSteps, growth, guidance, prompt, negativePrompt, seed } = recipe;
    const preset = loadPreset(system, {
      prompt: { suffix: '' },
      hand: { steps: handSteps, guidance },
      body: { steps, guidance },
      blending: { freeSteps, growth },
      refine: { steps, guidance },
    });
    const pose: PoseFrame = {
      index: 0,
      time: 0,
      keypoints: Float32Array.from(recipe.keypoints),
      depth: Float32Array.from(recipe.depth),
    };
    const warn = (sentence: string): never => expect.fail(sentence);
    const choices = settle(manifest, preset, { hand: preset.hand.draw, body: true }, warn);
    const parts = { manifest, runner: recorded, draw: drawConditions, preset, choices, warn };
    const tokenizer = await createTokenizer(bundle);
    const { look } = await chooseSigner({ ...parts, tokenizer }, { prompt, negativePrompt, seed });
    const find = () => Promise.resolve(pose);
    const method = makeMethod({ ...parts, look, seed, background: 'drawn', find }, preset, choices);
    // The reference refines the stored picture: rounding to bytes would hide what the third stage does.
    if (method.refine) await refineHands(method.refine, await storedPicture());
    else await drawFrame(method, pose, preset.hand.draw ? handCrops(manifest, preset).next(pose) : []);
    const { graph, input = 'latent' } = manifest.body.autoencoder.decoder;
    return (
      recorded
        .inputs(graph, input)
        .at(-1)
        ?.map((value) => value * SCALING) ?? []
    );
  } finally {
    await runner.close();
  }
}

async function storedPicture(): Promise<Picture> {
  const data = await sharp(join(FIXTURES, 'handrefiner/picture.png')).removeAlpha().raw().toBuffer();
  return { width: SIDE, height: SIDE, channels: 3, data: new Uint8Array(data) };
}

async function expected(system: System): Promise<Float32Array> {
  const bytes = await readFile(join(FIXTURES, system, 'latent.npy'));
  const { data } = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  if (!(data instanceof Float32Array)) throw new Error('the latent is not of float32 values');
  return data;
}

describe.each(SYSTEMS)('%s', (system) => {
  it(
    'ends at the same latent as the independent run',
    async () => {
      const bundle = await loadBundle(await bundleFolder(system));
      expect((await checkBundle(bundle, { device: 'cpu' })).problems).toEqual([]);
      const latent = await lastLatent(system, bundle);
      expect(largestDifference(latent, await expected(system))).toBeLessThan(TOLERANCE);
    },
    PATIENCE,
  );

  it(
    'does not with a spoiled weight in any of its graphs',
    async () => {
      const { manifest } = await loadBundle(await bundleFolder(system));
      const { hand, body, refine } = manifest;
      const stages = refine ? [refine] : hand ? [hand, body] : [body];
      const graphs = stages.flatMap(({ denoiser }) => [
        denoiser.graph,
        ...denoiser.encoders.map(({ graph }) => graph),
      ]);
      for (const graph of graphs) {
        const folder = await bundleFolder(system, `${system}-spoiled`);
        await spoilLargestWeight(join(folder, graph));
        const bundle = await loadBundle(folder, { verify: false });
        const latent = await lastLatent(system, bundle);
        expect(largestDifference(latent, await expected(system)), graph).toBeGreaterThan(10 * TOLERANCE);
      }
    },
    PATIENCE,
  );
});
