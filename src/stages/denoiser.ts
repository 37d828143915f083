import { guide } from '../diffusion/index.js';
import { BundleError } from '../errors.js';
import type { DenoiserManifest } from '../models/manifest.js';
import type { FloatTensor, FloatTensors, GraphRunner, Tensor, Tensors } from '../models/tensor.js';
import { type Conditions, encode, inPairs, unprompted } from './encoded-conditions.js';

/** What a clip's one look gives the denoisers: outputs of the prompt graph by their keys, and the reference's skin. */
export interface Look {
  readonly prompt: FloatTensors;
  /** Prompt outputs of the negative prompt; absent where guidance is off. */
  readonly negative?: FloatTensors;
  /** The refining stage's own, where it has one. */
  readonly refineNegative?: FloatTensors;
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

/** One run of the network. */
interface Pass {
  readonly latent: FloatTensor;
  readonly timestep: number;
  readonly conditions: Tensors;
  readonly prompt: FloatTensors;
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

  /** What the steps of a frame are given: condition encoders have run, and the pass without the prompt has its own conditions. */
  async prepare(conditions: Tensors, signal?: AbortSignal): Promise<Conditions> {
    const given = await encode(this.manifest, this.runner, conditions, signal);
    return { prompted: given, unprompted: unprompted(this.manifest, given) };
  }

  /**
   * One pass, or two with guidance (mixed as guidance says). `latent`: [n, channels, h, w], noised to `timestep` of the schedule. Throws a
   * `DeviceError` where the graph fails, and `AbortSignal`'s reason where it is cancelled.
   */
  async predict(latent: FloatTensor, timestep: number, conditions: Conditions, signal?: AbortSignal) {
    const { prompt, negative } = this.look;
    const guided = this.guidance !== 1 && negative !== undefined;
    const whole = { latent, timestep, conditions: conditions.prompted, prompt };
    const without = guided ? { ...whole, conditions: conditions.unprompted, prompt: negative } : whole;
    const together = this.manifest.passes === 'together';
    if (!guided && !together) return this.run(whole, signal);
    const [conditional, unconditional] = together
      ? await this.runBoth(whole, without, signal)
      : [await this.run(whole, signal), await this.run(without, signal)];
    const prediction = guide(conditional.prediction, unconditional.prediction, this.guidance);
    return { ...conditional, prediction };
  }

  private run(pass: Pass, signal?: AbortSignal): Promise<Prediction> {
    return this.runGraph(this.inputs(pass), signal);
  }

  /** Both passes as one batch. */
  private async runBoth(first: Pass, second: Pass, signal?: AbortSignal): Promise<[Prediction, Prediction]> {
    const { prediction, mask } = await this.runGraph(
      inPairs(this.manifest, this.inputs(first), this.inputs(second)),
      signal,
    );
    const half = (data: Float32Array, at: 0 | 1): Float32Array =>
      data.slice((at * data.length) / 2, ((at + 1) * data.length) / 2);
    const one = (at: 0 | 1): Prediction => ({
      prediction: half(prediction, at),
      ...(mask ? { mask: half(mask, at) } : {}),
    });
    return [one(0), one(1)];
  }

  private inputs(pass: Pass): Tensors {
    return Object.fromEntries(this.manifest.inputs.map((input) => [input.name, this.input(input, pass)]));
  }

  private async runGraph(inputs: Tensors, signal?: AbortSignal): Promise<Prediction> {
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
    { latent, timestep, conditions, prompt }: Pass,
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
      case 'encoded':
      case 'strength':
        return need(conditions[input.name], graph, input.name);
      case 'prompt':
        return need(prompt[input.key], graph, input.key);
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
