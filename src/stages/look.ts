import { gaussianNoise } from '../diffusion/index.js';
import { BundleError } from '../errors.js';
import type { Manifest, PromptManifest } from '../models/manifest.js';
import type { FloatTensor, FloatTensors, GraphRunner, Tensor } from '../models/tensor.js';
import type { Look } from './denoiser.js';
import type { Planes } from './planes.js';
import { resizeSquare } from './scene.js';

/** What decides a signer's look, in tokens and numbers. */
export interface LookRequest {
  /** Token ids of the prompt, without padding. */
  readonly tokens: readonly number[];
  /** Token ids of the negative prompt; absent where no stage uses guidance. */
  readonly negativeTokens?: readonly number[];
  /** Decides what the prompt leaves open. */
  readonly seed: number;
  /** Square RGB picture of the signer, -1..1. */
  readonly reference?: Planes | undefined;
}

/**
 * Reads the clip's one look: the reference graph and the prompt graph, each run once. Where there is no reference
 * its outputs are zeros. Both stages take the same look, which keeps the skin of hands and body the same.
 */
export async function readLook(
  manifest: Manifest,
  runner: GraphRunner,
  request: LookRequest,
  signal?: AbortSignal,
): Promise<Look> {
  const reference = await readReference(manifest, runner, request.reference, signal);
  const encode = (tokens: readonly number[]): Promise<FloatTensors> =>
    encodePrompt(manifest.prompt, runner, { tokens, seed: request.seed, reference }, signal);
  const prompt = await encode(request.tokens);
  if (!request.negativeTokens) return { prompt, reference };
  return { prompt, reference, negative: await encode(request.negativeTokens) };
}

async function readReference(
  manifest: Manifest,
  runner: GraphRunner,
  picture: Planes | undefined,
  signal?: AbortSignal,
): Promise<FloatTensors> {
  const { reference } = manifest;
  if (!reference) return {};
  const outputs = Object.entries(reference.outputs);
  if (!picture) return Object.fromEntries(outputs.map(([key, { shape }]) => [key, zeros(shape)]));
  const { size } = reference;
  const inputs = { [reference.input]: { dims: [1, 3, size, size], data: resizeSquare(picture, size).data } };
  const results = await runner.run(reference.graph, inputs, signal);
  return Object.fromEntries(
    outputs.map(([key, { output }]) => [key, need(results[output], reference.graph, output)]),
  );
}

async function encodePrompt(
  prompt: PromptManifest | undefined,
  runner: GraphRunner,
  from: { tokens: readonly number[]; seed: number; reference: FloatTensors },
  signal?: AbortSignal,
): Promise<FloatTensors> {
  if (!prompt) return {};
  const inputs: Record<string, Tensor> = {};
  for (const input of prompt.inputs) {
    switch (input.from) {
      case 'tokens':
        inputs[input.name] = tokenTensor(pad(from.tokens, prompt.maxTokens, prompt.padToken), input.type);
        break;
      case 'seed':
        inputs[input.name] = { dims: [1, input.length], data: gaussianNoise(from.seed, input.length) };
        break;
      case 'reference':
        inputs[input.name] = from.reference[input.key] ?? zeros(input.shape);
        break;
    }
  }
  const results = await runner.run(prompt.graph, inputs, signal);
  return Object.fromEntries(
    Object.entries(prompt.outputs).map(([key, name]) => [key, need(results[name], prompt.graph, name)]),
  );
}

function pad(tokens: readonly number[], length: number, padToken: number): number[] {
  return Array.from({ length }, (_, i) => tokens[i] ?? padToken);
}

function tokenTensor(ids: readonly number[], type: 'int32' | 'int64'): Tensor {
  const dims = [1, ids.length];
  return type === 'int32'
    ? { dims, data: Int32Array.from(ids) }
    : { dims, data: BigInt64Array.from(ids, BigInt) };
}

function zeros(shape: readonly number[]): FloatTensor {
  return {
    dims: shape,
    data: new Float32Array(shape.reduce((product, n) => product * n, 1)),
    constant: true,
  };
}

/** An output that every frame will see. */
function need(tensor: FloatTensor | undefined, graph: string, output: string): FloatTensor {
  if (tensor) return { ...tensor, constant: true };
  throw new BundleError(
    'HF_BUNDLE_GRAPH',
    `The bundle's ${graph} has no output "${output}": its manifest and its graphs do not fit together.`,
    { file: graph },
  );
}
