import { guide } from '../diffusion/index.js';
import { BundleError } from '../errors.js';
import type { DenoiserManifest } from '../models/manifest.js';
import type { FloatTensor, FloatTensors, GraphRunner, Tensor, Tensors } from '../models/tensor.js';

/** The clip's one look, by the keys that denoisers ask for: outputs of the prompt graph and of the reference graph. */
export interface Look {
  readonly prompt: FloatTensors;
  /** Prompt outputs of the negative prompt; absent where guidance is off. */
  readonly negative?: FloatTensors;
  readonly reference: FloatTensors;
  /** The reference's skin, [1, 9]; absent where the bundle takes no reference. */
  readonly skin?: FloatTensor;
}

export interface Prediction {
  /** In the sampler's prediction type, [channels, h, w] of the latent. */
  readonly prediction: Float32Array;
  /** Probabilities [masks, size, size], where the graph has a mask head. */
  readonly mask?: Float32Array;
  /** What the graph gives for the decoder, where it does. */
  readonly features?: FloatTensor;
}

/**
 * A denoising network: latent, timestep, conditions and look to a prediction. Maps tensors to tensors; knows the
 * manifest's names and no sampling. With a guidance scale above 1 it runs twice (paper of Ho and Salimans, 2022).
 */
export class Denoiser {
  constructor(
    private readonly manifest: DenoiserManifest,
    private readonly runner: GraphRunner,
    private readonly look: Look,
    private readonly guidance: number,
  ) {}

  async predict(latent: FloatTensor, timestep: number, conditions: Tensors, signal?: AbortSignal) {
    const { prompt, negative } = this.look;
    const conditional = await this.run(latent, timestep, conditions, prompt, signal);
    if (this.guidance === 1 || !negative) return conditional;
    const unconditional = await this.run(latent, timestep, conditions, negative, signal);
    const prediction = guide(conditional.prediction, unconditional.prediction, this.guidance);
    return { ...conditional, prediction };
  }

  private async run(
    latent: FloatTensor,
    timestep: number,
    conditions: Tensors,
    prompt: FloatTensors,
    signal?: AbortSignal,
  ): Promise<Prediction> {
    const inputs: Record<string, Tensor> = {};
    for (const input of this.manifest.inputs) {
      inputs[input.name] = this.input(input, latent, timestep, conditions, prompt);
    }
    const { graph, outputs } = this.manifest;
    const results = await this.runner.run(graph, inputs, signal);
    const prediction = need(results[outputs.prediction], graph, outputs.prediction).data;
    const { mask, features } = outputs;
    return {
      prediction,
      ...(mask === undefined ? {} : { mask: need(results[mask], graph, mask).data }),
      ...(features === undefined ? {} : { features: need(results[features], graph, features) }),
    };
  }

  private input(
    input: DenoiserManifest['inputs'][number],
    latent: FloatTensor,
    timestep: number,
    conditions: Tensors,
    prompt: FloatTensors,
  ): Tensor {
    const { graph } = this.manifest;
    switch (input.from) {
      case 'latent':
        return latent;
      case 'timestep':
        return input.type === 'int64'
          ? { dims: [1], data: BigInt64Array.of(BigInt(timestep)) }
          : { dims: [1], data: Float32Array.of(timestep) };
      case 'conditions':
        return need(conditions[input.name], graph, input.name);
      case 'prompt':
        return need(prompt[input.key], graph, input.key);
      case 'reference':
        return need(this.look.reference[input.key], graph, input.key);
      case 'skin':
        return need(this.look.skin, graph, input.name);
    }
  }
}

function need<T>(tensor: T | undefined, graph: string, what: string): T {
  if (tensor !== undefined) return tensor;
  throw new BundleError(
    'HF_BUNDLE_GRAPH',
    `The bundle's ${graph} has no "${what}": its manifest and its graphs do not fit together.`,
    { file: graph },
  );
}
