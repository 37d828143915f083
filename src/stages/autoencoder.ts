import { BundleError } from '../errors.js';
import type { AutoencoderManifest } from '../models/manifest.js';
import type { FloatTensor, GraphRunner } from '../models/tensor.js';
import { makePlanes, type Planes } from './planes.js';

/** What a decoder may take beside the latent: pictures [1, 3, size, size] in -1..1, and the denoiser's features. */
export interface DecoderInputs {
  readonly carried?: FloatTensor;
  readonly plate?: FloatTensor;
  readonly features?: FloatTensor;
}

export interface Decoded {
  /** [3, size, size], -1..1. */
  readonly picture: Planes;
  /** Where the person is: [size, size], 0..1; absent where the bundle's decoder does not say. */
  readonly personMask?: Float32Array;
}

/** Pictures [3, size, size] in -1..1 to latents [channels, size / downscale, size / downscale] and back. */
export class Autoencoder {
  /** Cells along a latent's side. */
  readonly latentSize: number;
  readonly latentLength: number;

  constructor(
    readonly manifest: AutoencoderManifest,
    private readonly runner: GraphRunner,
  ) {
    this.latentSize = manifest.size / manifest.downscale;
    this.latentLength = manifest.channels * this.latentSize ** 2;
  }

  /** `latent = scaling * (encoded - shift)`. Throws `BundleError` where the bundle has no encoder for this stage. */
  async encode(picture: Planes, signal?: AbortSignal): Promise<Float32Array> {
    const { encoder, size, scaling, shift } = this.manifest;
    if (!encoder) {
      throw new BundleError(
        'HF_BUNDLE_STAGE',
        "The bundle's body stage has no encoder, so the hands cannot be blended in: choose `blending: none`.",
        { field: 'blending' },
      );
    }
    const inputs = { [encoder.input]: { dims: [1, 3, size, size], data: picture.data } };
    const encoded = (await this.runner.run(encoder.graph, inputs, signal))[encoder.output];
    return check(encoded, this.latentLength, encoder.graph).data.map((value) => scaling * (value - shift));
  }

  /** `beside`: what the bundle's decoder takes with the latent. */
  async decode(latent: Float32Array, beside: DecoderInputs = {}, signal?: AbortSignal): Promise<Decoded> {
    const { decoder, size, scaling, shift } = this.manifest;
    const { graph, input, inputs, output, mask } = decoder;
    const all = { ...beside, latent: this.tensor(latent.map((value) => value / scaling + shift)) };
    const fed: Record<string, FloatTensor> = input === undefined ? {} : { [input]: all.latent };
    for (const { name, from } of inputs) {
      const value = all[from];
      if (!value)
        throw new BundleError(
          'HF_BUNDLE_STAGE',
          `The bundle's ${graph} takes "${from}", and this run has none: its manifest and its graphs do not fit together.`,
        );
      fed[name] = value;
    }
    const results = await this.runner.run(graph, fed, signal);
    const data = check(results[output], 3 * size * size, graph).data;
    return {
      picture: makePlanes(3, size, size, data),
      ...(mask === undefined ? {} : { personMask: check(results[mask], size * size, graph).data }),
    };
  }

  /** A latent with its shape, [1, channels, h, w]. */
  tensor(latent: Float32Array): FloatTensor {
    return { dims: [1, this.manifest.channels, this.latentSize, this.latentSize], data: latent };
  }
}

function check(tensor: FloatTensor | undefined, length: number, graph: string): FloatTensor {
  if (tensor?.data.length === length) return tensor;
  const found = tensor ? `[${tensor.dims.join(', ')}]` : 'nothing';
  throw new BundleError(
    'HF_BUNDLE_GRAPH',
    `The bundle's ${graph} gave ${found} where ${length} values were expected: its manifest and its graphs do not fit together.`,
    { file: graph },
  );
}
