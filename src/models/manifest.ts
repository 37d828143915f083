import { z } from 'zod';
import { channelsSchema } from './condition-channels.js';

/*
 * What `manifest.json` of a model bundle says: everything the engine needs, so that the engine has no code for a
 * particular bundle. Tensors are NCHW float32 unless a field says otherwise. Pictures go in and out of graphs
 * as RGB in -1..1.
 */

const size = z.number().int().positive();
const name = z.string().min(1);

/** A graph file with the names of the tensors that matter. */
const graphFile = z.string().regex(/\.onnx$/);

const encoder = z.object({ graph: graphFile, input: name, output: name });

/** An input of a decoder, and where its value comes from. */
const decoderInput = z.discriminatedUnion('from', [
  z.object({ name, from: z.literal('latent') }),
  /** The carried picture or the plate (body stage only): RGB [1, 3, size, size] at picture size, -1..1. */
  z.object({ name, from: z.literal('carried') }),
  z.object({ name, from: z.literal('plate') }),
  /** The denoiser's `features` of the last step, as they are. */
  z.object({ name, from: z.literal('features') }),
]);

/** `input` takes the latent; `inputs` are those beside it. One of the two names the latent. */
const decoder = z.object({
  graph: graphFile,
  input: name.optional(),
  inputs: z.array(decoderInput).default([]),
  /** The picture. A body decoder may give maps instead. */
  output: name.optional(),
  /**
   * Maps [1, 5, size / 2, size / 2] and a flow [1, 3, size / 4, size / 4], the last map light, by which the engine moves and lights the carried
   * picture and mixes it with the network's own colours and the plate, both inputs of the decoder; see `stages/kernels/assembly/mix.ts`. `reach`:
   * longest flow in pixels. `light`: by how much of itself the carried picture is brightened or darkened at most; 0, and two maps, without it.
   * `slopes`: how much steeper gate and person are taken for mixing than the maps have them.
   */
  maps: z
    .object({
      half: name,
      flow: name,
      reach: z.number().positive(),
      light: z.number().min(0).max(1).default(0),
      slopes: z
        .object({ gate: z.number().positive(), person: z.number().positive() })
        .default({ gate: 1, person: 1 }),
    })
    .optional(),
  /** The person's mask at full resolution, [1, 1, size, size], 0..1; it goes before that of the denoiser's mask head. */
  mask: name.optional(),
});

/** Turns pictures into latents and back; `latent = scaling * (encoded - shift)`. */
const autoencoder = z.object({
  /** Side of the (square) picture in pixels. */
  size,
  channels: size,
  /** Picture pixels a latent cell, along each side. */
  downscale: size,
  scaling: z.number().default(1),
  shift: z.number().default(0),
  /** Absent where nothing needs encoding (the hand stage). */
  encoder: encoder.optional(),
  decoder,
});

/** Forward diffusion; see `diffusion/schedule.ts`. */
export const scheduleSchema = z.object({
  kind: z.enum(['linear', 'scaled_linear', 'cosine']),
  trainSteps: size.default(1000),
  betaStart: z.number().positive().default(0.00085),
  betaEnd: z.number().positive().default(0.012),
  /** Rescale the betas so that the last step has zero signal (Lin et al. 2024, algorithm 1). */
  zeroTerminalSnr: z.boolean().default(false),
});

/** How the schedule is walked; names as in diffusers. */
export const samplerSchema = z.object({
  /** `lcm` and `tcd` are for weights distilled to few steps; see `diffusion/lcm.ts`, `diffusion/tcd.ts`. */
  kind: z.enum(['ddim', 'lcm', 'tcd']).default('ddim'),
  prediction: z.enum(['epsilon', 'v_prediction', 'sample']),
  /** DDIM's alone. */
  spacing: z.enum(['leading', 'trailing', 'linspace']),
  stepsOffset: z.number().int().min(0).default(0),
  /** LCM and TCD: steps of the schedule that was distilled. */
  originalSteps: size.default(50),
  /** TCD: share of fresh noise, 0..1 (gamma in its paper). */
  eta: z.number().min(0).max(1).default(0.3),
  setAlphaToOne: z.boolean().default(true),
  clipSample: z.boolean().default(false),
  /** Numbers of steps the model was trained for; the first is the default. Absent: any number, default 50. */
  trainedSteps: z.array(size).min(1).optional(),
});

/** What the pass without the prompt sees of a condition, where guidance has one: the same, or one value throughout. */
const unprompted = z.enum(['same', 'zeros', 'ones']).default('same');

/** A graph that makes of drawn conditions what the denoiser is given; it runs once a frame. Key -> output tensor. */
const conditionEncoder = z.object({
  graph: graphFile,
  inputs: z.array(z.object({ name, size, channels: z.array(channelsSchema).min(1) })).min(1),
  outputs: z.record(name, name),
});

/** An input of a denoiser graph, and where its value comes from. */
const denoiserInput = z.discriminatedUnion('from', [
  z.object({ name, from: z.literal('latent') }),
  /** Shape [1]. */
  z.object({ name, from: z.literal('timestep'), type: z.enum(['float32', 'int64']).default('float32') }),
  /** Shape [1, channels, size, size]. */
  z.object({
    name,
    from: z.literal('conditions'),
    size,
    channels: z.array(channelsSchema).min(1),
    unprompted,
  }),
  /** Shape [1]: how strongly the conditions count, 0..1 (refining stage only). */
  z.object({ name, from: z.literal('strength') }),
  /** An output of a condition encoder, by its key there. */
  z.object({ name, from: z.literal('encoded'), key: name, unprompted }),
  /** An output of the prompt graph, by its key there. */
  z.object({ name, from: z.literal('prompt'), key: name }),
  /** Shape [1, 9]: the reference's skin; see `stages/reference/skin.ts`. `hands`: how bright, RGB, hands are drawn, as shares of its middle. */
  z.object({ name, from: z.literal('skin'), hands: z.array(z.number().positive()).length(3).optional() }),
]);

const denoiser = z.object({
  graph: graphFile,
  inputs: z.array(denoiserInput).min(1),
  encoders: z.array(conditionEncoder).default([]),
  /**
   * `apart`: the passes with and without the prompt are two runs; `together`: one run of a batch of two, with the prompt first, for
   * denoisers whose answer depends on what else is in the batch.
   */
  passes: z.enum(['apart', 'together']).default('apart'),
  /**
   * `mask`: the mask head, probabilities 0..1, [1, masks, size, size] at picture size. In the hand stage one mask, of the hands; in
   * the body stage the person's first, then those of other parts.
   * `features`: whatever the decoder takes beside the latent; the engine passes on the last step's.
   */
  outputs: z.object({ prediction: name, mask: name.optional(), features: name.optional() }),
});

const stage = z.object({
  autoencoder,
  schedule: scheduleSchema,
  sampler: samplerSchema,
  denoiser,
  /** Classifier-free guidance scale used where the preset names none; 1 = off. */
  guidance: z.number().min(1).default(1),
  /**
   * The `hand-mask` channel of the hand stage and the `parts` of the body stage, empty at the first step, hold at every later one
   * the masks of the step before, as clamp((p - 0.5) gain + 0.5). Absent where a bundle was trained to see none while sampling.
   */
  maskFeedback: z.object({ gain: z.number().positive() }).optional(),
});

const handStage = stage.extend({
  /** Side of the square crop relative to the longer side of the hand's box of keypoints. */
  cropMargin: z.number().min(1).default(1.5),
  /** Both hands share a crop where their boxes, each enlarged this many times, intersect. */
  meetMargin: z.number().min(1).default(1.3),
  /** Mask probability from which a pixel is hand. */
  maskThreshold: z.number().min(0).max(1).default(0.5),
  /** How fast a pixel's cover rises with the probability at the threshold, where it is one half. Absent: cut there, as in the paper. */
  maskSlope: z.number().positive().optional(),
  /** Denoiser and decoder take several hands at once: every input but timestep and skin has a free first dimension. */
  batch: z.boolean().default(false),
});

const bodyStage = stage.extend({
  /** Uniform background of the canvas, RGB 0..255. */
  canvasColour: z.tuple([z.number(), z.number(), z.number()]).default([127.5, 127.5, 127.5]),
  /** All of the stage's graphs take areas of the picture whose sides are multiples of this many pixels; absent: the whole picture alone. */
  areaStep: size.optional(),
});

/** Draws the hands of a finished picture anew, from the depth of the hands found in it (Lu et al. 2023). */
const refineStage = stage.extend({
  /** Pixels of a 512 picture by which the box of a hand is enlarged on each side, at least; what is outside stays. */
  boxMargin: z.number().min(0).default(30),
  /** How strongly the depth counts, 0..1, where the preset says nothing: what the denoiser's input `strength` is given. */
  strength: z.number().gt(0).max(1).default(0.55),
});

/** An input of the prompt graph, which runs once a clip. */
const promptInput = z.discriminatedUnion('from', [
  /** Token ids [1, maxTokens], padded with `padToken`. */
  z.object({ name, from: z.literal('tokens'), type: z.enum(['int32', 'int64']).default('int64') }),
  /** Standard normal noise of the clip's seed, [1, length]: what the prompt leaves open. */
  z.object({ name, from: z.literal('seed'), length: size }),
]);

const prompt = z.object({
  tokenizer: z.discriminatedUnion('kind', [
    /** Whole words of a small vocabulary: `vocabulary.json`, see `models/word-tokenizer.ts`. */
    z.object({ kind: z.literal('words'), vocabulary: z.string().min(1) }),
    /** CLIP's byte-pair tokens: a Hugging Face `tokenizer.json`. */
    z.object({ kind: z.literal('clip'), tokenizer: z.string().min(1), config: z.string().min(1) }),
  ]),
  maxTokens: size,
  padToken: z.number().int().min(0),
  graph: graphFile,
  inputs: z.array(promptInput).min(1),
  /** Key, as denoisers name it -> output tensor of the graph. */
  outputs: z.record(name, name),
});

export const manifestSchema = z.object({
  schema: z.literal(1),
  name,
  version: z.string(),
  description: z.string().default(''),
  licence: name,
  /** How weights are stored, for `models list`. */
  precision: z.enum(['float32', 'float16', 'float16-weights']),
  /** Every file of the bundle but the manifest. Paths are relative to it, without `..`. */
  files: z.record(
    z.string().regex(/^(?!.*\.\.)[^/\\][^\\]*$/),
    z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().min(0) }),
  ),
  /** Absent where nothing that a network takes comes from words. */
  prompt: prompt.optional(),
  /** The list of rendered signers that the bundle brings; see `models/gallery.ts`. */
  gallery: z
    .string()
    .regex(/\.json$/)
    .optional(),
  /** Graph -> the same graph with its convolutions in eight bits, for processors that are faster so. */
  int8: z.record(graphFile, graphFile).default({}),
  /** Prompt used where the user gives none. */
  defaultPrompt: z.string().default(''),
  /** Absent where the bundle draws no hands first. */
  hand: handStage.optional(),
  body: bodyStage,
  refine: refineStage.optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type HandStageManifest = z.infer<typeof handStage>;
export type BodyStageManifest = z.infer<typeof bodyStage>;
export type RefineStageManifest = z.infer<typeof refineStage>;
export type AutoencoderManifest = z.infer<typeof autoencoder>;
export type DenoiserManifest = z.infer<typeof denoiser>;
export type PromptManifest = z.infer<typeof prompt>;
