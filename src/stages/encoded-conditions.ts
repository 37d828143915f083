import { BundleError } from '../errors.js';
import type { DenoiserManifest } from '../models/manifest.js';
import type { GraphRunner, Tensor, Tensors } from '../models/tensor.js';

/** Conditions of a denoiser, by tensor name, as the passes with and without the prompt see them. */
export interface Conditions {
  readonly prompted: Tensors;
  readonly unprompted: Tensors;
}

/** The conditions after the bundle's condition encoders: drawn ones as they are, encoded ones under the denoiser's names. */
export async function encode(
  { encoders, inputs }: DenoiserManifest,
  runner: GraphRunner,
  conditions: Tensors,
  signal?: AbortSignal,
): Promise<Tensors> {
  if (encoders.length === 0) return conditions;
  const encoded: Record<string, Tensor> = {};
  for (const { graph, inputs: drawn, outputs } of encoders) {
    const given = Object.fromEntries(
      drawn.map(({ name }) => [name, named(conditions[encoderInput(graph, name)], graph, name)]),
    );
    const results = await runner.run(graph, given, signal);
    for (const [key, output] of Object.entries(outputs))
      encoded[key] = { ...named(results[output], graph, output) };
  }
  const all: Record<string, Tensor> = { ...conditions };
  for (const input of inputs)
    if (input.from === 'encoded') all[input.name] = named(encoded[input.key], input.key, input.name);
  return all;
}

/** Name under which a condition encoder's drawn input travels, apart from the denoiser's own. */
export function encoderInput(graph: string, name: string): string {
  return `${graph}/${name}`;
}

/** What the pass without the prompt sees: the same object where nothing differs. */
export function unprompted({ inputs }: DenoiserManifest, conditions: Tensors): Tensors {
  const changed: Record<string, Tensor> = {};
  for (const input of inputs) {
    if (input.from !== 'conditions' && input.from !== 'encoded') continue;
    const tensor = conditions[input.name];
    if (input.unprompted === 'same' || !tensor) continue;
    const data = new Float32Array(tensor.data.length).fill(input.unprompted === 'ones' ? 1 : 0);
    changed[input.name] = { dims: tensor.dims, data };
  }
  return Object.keys(changed).length === 0 ? conditions : { ...conditions, ...changed };
}

/** The inputs of two passes as one batch of two; timestep and strength are one for both. */
export function inPairs({ inputs }: DenoiserManifest, first: Tensors, second: Tensors): Tensors {
  const pairs: Record<string, Tensor> = {};
  for (const { name, from } of inputs) {
    const [a, b] = [first[name], second[name]];
    if (!a || !b) continue;
    if (
      from === 'timestep' ||
      from === 'strength' ||
      !(a.data instanceof Float32Array) ||
      !(b.data instanceof Float32Array)
    ) {
      pairs[name] = a;
      continue;
    }
    const data = new Float32Array(a.data.length + b.data.length);
    data.set(a.data);
    data.set(b.data, a.data.length);
    pairs[name] = { dims: [2, ...a.dims.slice(1)], data };
  }
  return pairs;
}

function named<T>(tensor: T | undefined, graph: string, what: string): T {
  if (tensor !== undefined) return tensor;
  throw new BundleError(
    'HF_BUNDLE_GRAPH',
    `The bundle's ${graph} has no "${what}": its manifest and its graphs do not fit together.`,
    { file: graph },
  );
}
