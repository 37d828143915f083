import type { z } from 'zod';
import { type HandStageManifest, type Manifest, manifestSchema } from '../../src/models/manifest.js';
import type { FloatTensor, FloatTensors, GraphRunner, Tensors } from '../../src/models/tensor.js';
import { KEYPOINT_COUNT, type PoseFrame } from '../../src/pose/pose-frame.js';
import type { DrawConditions } from '../../src/stages/scene.js';

/*
 * A bundle whose networks are formulas: pictures of 32 px with latents of 8x8 (block means and nearest neighbours as
 * autoencoder), hand pictures of 16 px with latents of 8x8. What a stage does to them can be worked out by hand.
 */

export const BODY_SIZE = 32;
export const BODY_LATENT = 8;
export const HAND_SIZE = 16;
export const HAND_LATENT = 8;

type Raw = z.input<typeof manifestSchema>;
/** One with a hand stage. */
type RawManifest = Raw & { hand: NonNullable<Raw['hand']> };
type FakeManifest = Manifest & { hand: HandStageManifest };

const sampler: RawManifest['hand']['sampler'] = { prediction: 'sample', spacing: 'trailing' };
const schedule: RawManifest['hand']['schedule'] = { kind: 'cosine', zeroTerminalSnr: true };

export function fakeManifest(change: (raw: RawManifest) => void = () => {}): FakeManifest {
  const raw: RawManifest = {
    schema: 1,
    name: 'fake',
    version: '1',
    licence: 'none',
    precision: 'float32',
    files: {},
    defaultPrompt: 'someone',
    prompt: {
      tokenizer: { kind: 'words', vocabulary: 'vocabulary.json' },
      maxTokens: 4,
      padToken: 0,
      graph: 'prompt.onnx',
      inputs: [
        { name: 'tokens', from: 'tokens' },
        { name: 'seed', from: 'seed', length: 20 },
      ],
      outputs: { look: 'look_out' },
    },
    hand: {
      autoencoder: {
        size: HAND_SIZE,
        channels: 3,
        downscale: HAND_SIZE / HAND_LATENT,
        decoder: { graph: 'hand-decoder.onnx', input: 'latent', output: 'picture' },
      },
      schedule,
      sampler: { ...sampler, trainedSteps: [4, 2] },
      denoiser: denoiser('hand.onnx', HAND_SIZE, ['finger-heatmaps', 'hand-mask'], { mask: 'mask' }),
      cropMargin: 1.5,
    },
    body: {
      autoencoder: {
        size: BODY_SIZE,
        channels: 3,
        downscale: BODY_SIZE / BODY_LATENT,
        scaling: 2,
        shift: 0.25,
        encoder: { graph: 'encoder.onnx', input: 'picture', output: 'latent' },
        decoder: { graph: 'body-decoder.onnx', input: 'latent', output: 'picture' },
      },
      schedule,
      sampler: { ...sampler, trainedSteps: [4, 2] },
      denoiser: denoiser('body.onnx', BODY_SIZE, ['skeleton-lines', 'hand-mask', 'canvas'], {}),
    },
  };
  change(raw);
  const { hand, ...rest } = manifestSchema.parse(raw);
  if (!hand) throw new Error('the fake bundle lost its hand stage');
  return { ...rest, hand };
}

type Kind = 'finger-heatmaps' | 'hand-mask' | 'skeleton-lines' | 'canvas';

function denoiser(
  graph: string,
  size: number,
  kinds: Kind[],
  outputs: { mask?: string },
): RawManifest['hand']['denoiser'] {
  return {
    graph,
    inputs: [
      { name: 'sample', from: 'latent' },
      { name: 'timestep', from: 'timestep' },
      { name: 'conditions', from: 'conditions', size, channels: kinds.map((kind) => ({ kind })) },
      { name: 'look', from: 'prompt', key: 'look' },
    ],
    outputs: { prediction: 'prediction', ...outputs },
  };
}

/** One run of a graph as the fake saw it. */
export interface Seen {
  readonly graph: string;
  readonly inputs: Tensors;
}

export type Formula = (inputs: Tensors) => Record<string, FloatTensor> | Promise<Record<string, FloatTensor>>;

export function floats(tensor: Tensors[string] | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error('not a float tensor');
}

/** A runner of formulas that notes what it is given. The default hand is red on the left half of its crop, the default body blue. */
export class FakeRunner implements GraphRunner {
  readonly device = 'cpu';
  readonly busyMs = 0;
  readonly seen: Seen[] = [];
  closed = 0;
  private readonly formulas: Record<string, Formula>;

  constructor(formulas: Record<string, Formula> = {}) {
    this.formulas = {
      'hand.onnx': ({ sample }) => ({
        prediction: colour(sample, [1, -1, -1]),
        mask: { dims: [1, 1, HAND_SIZE, HAND_SIZE], data: leftHalf(HAND_SIZE) },
      }),
      'body.onnx': ({ sample }) => ({ prediction: colour(sample, [-1.5, -1.5, 1.5]) }),
      'hand-decoder.onnx': ({ latent }) => ({ picture: enlarge(floats(latent), HAND_LATENT, HAND_SIZE) }),
      'body-decoder.onnx': ({ latent }) => ({ picture: enlarge(floats(latent), BODY_LATENT, BODY_SIZE) }),
      'encoder.onnx': ({ picture }) => ({ latent: blockMeans(floats(picture), BODY_SIZE, BODY_LATENT) }),
      'prompt.onnx': ({ seed }) => ({ look_out: { dims: [1, 3], data: floats(seed).slice(0, 3) } }),
      ...formulas,
    };
  }

  async run(graph: string, inputs: Tensors, signal?: AbortSignal): Promise<FloatTensors> {
    signal?.throwIfAborted();
    this.seen.push({ graph, inputs });
    const formula = this.formulas[graph];
    if (!formula) throw new Error(`no formula for ${graph}`);
    return formula(inputs);
  }

  inputsOf(graph: string): Tensors[] {
    return this.seen.filter((run) => run.graph === graph).map((run) => run.inputs);
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

/** The latent's shape, filled with one value a channel. */
export function colour(like: Tensors[string] | undefined, values: number[]): FloatTensor {
  const dims = like?.dims ?? [];
  const area = (dims[2] ?? 0) * (dims[3] ?? 0);
  return {
    dims,
    data: Float32Array.from({ length: values.length * area }, (_, i) => values[Math.floor(i / area)] ?? 0),
  };
}

function leftHalf(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, i) => (i % size < size / 2 ? 0.9 : 0.1));
}

function enlarge(latent: Float32Array, from: number, to: number): FloatTensor {
  const step = to / from;
  const data = new Float32Array(3 * to * to);
  for (let i = 0; i < data.length; i++) {
    const [c, y, x] = [Math.floor(i / (to * to)), Math.floor(i / to) % to, i % to];
    data[i] = latent[(c * from + Math.floor(y / step)) * from + Math.floor(x / step)] ?? 0;
  }
  return { dims: [1, 3, to, to], data };
}

function blockMeans(picture: Float32Array, from: number, to: number): FloatTensor {
  const step = from / to;
  const data = new Float32Array(3 * to * to);
  for (let i = 0; i < picture.length; i++) {
    const [c, y, x] = [Math.floor(i / (from * from)), Math.floor(i / from) % from, i % from];
    const at = (c * to + Math.floor(y / step)) * to + Math.floor(x / step);
    data[at] = (data[at] ?? 0) + (picture[i] ?? 0) / (step * step);
  }
  return { dims: [1, 3, to, to], data };
}

/** Stands in for the drawing of conditions: channel k is filled with k, but masks and canvas are passed on. */
export const fakeConditions: DrawConditions = (channels, size, scene) => {
  const area = size * size;
  const parts = channels.flatMap(({ kind }): Float32Array[] => {
    if (kind === 'hand-mask') return [scene.mask ?? new Float32Array(area)];
    if (kind === 'canvas') return [scene.canvas ?? new Float32Array(3 * area)];
    if (kind === 'canvas-latent') return [scene.canvasLatent ?? new Float32Array(3 * area)];
    return Array.from({ length: kind === 'finger-heatmaps' ? 10 : 1 }, (_, k) =>
      new Float32Array(area).fill(k),
    );
  });
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** A pose with the hands' 21 points spread evenly in boxes [left, top, right, bottom]. */
export function poseWithHands(
  boxes: { left?: number[]; right?: number[] },
  index = 0,
  time = index / 25,
): PoseFrame {
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  const fill = (start: number, [left = 0, top = 0, right = 0, bottom = 0]: number[]): void => {
    for (let i = 0; i < 21; i++) {
      const [u, v] = [(i % 7) / 6, Math.floor(i / 7) / 2];
      keypoints.set([left + u * (right - left), top + v * (bottom - top), 1], (start + i) * 3);
    }
  };
  if (boxes.left) fill(91, boxes.left);
  if (boxes.right) fill(112, boxes.right);
  return { index, time, keypoints };
}
