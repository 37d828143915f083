import { gaussianNoise } from '../diffusion/index.js';
import { BundleError } from '../errors.js';
import type { PromptManifest } from '../models/manifest.js';
import type { FloatTensor, FloatTensors, GraphRunner, Tensor } from '../models/tensor.js';

/** What the prompt graph is run on. */
export interface PromptRequest {
  /** Token ids of the prompt, without padding. */
  readonly tokens: readonly number[];
  /** Decides what the prompt leaves open. */
  readonly seed: number;
}

/** Runs the prompt graph, once a clip. Both stages take the same outputs, by their keys. */
export async function encodePrompt(
  prompt: PromptManifest,
  runner: GraphRunner,
  { tokens, seed }: PromptRequest,
  signal?: AbortSignal,
): Promise<FloatTensors> {
  const inputs: Record<string, Tensor> = {};
  for (const input of prompt.inputs) {
    switch (input.from) {
      case 'tokens':
        inputs[input.name] = tokenTensor(pad(tokens, prompt.maxTokens, prompt.padToken), input.type);
        break;
      case 'seed':
        inputs[input.name] = { dims: [1, input.length], data: gaussianNoise(seed, input.length) };
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

function need(tensor: FloatTensor | undefined, graph: string, output: string): FloatTensor {
  if (tensor) return tensor;
  throw new BundleError(
    'HF_BUNDLE_GRAPH',
    `The bundle's ${graph} has no output "${output}": its manifest and its graphs do not fit together.`,
    { file: graph },
  );
}
