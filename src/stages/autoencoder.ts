import { BundleError } from '../errors.js';
import { mapPlanes } from '../models/graph-uses.js';
import type { AutoencoderManifest } from '../models/manifest.js';
import type { FloatTensor, FloatTensors, GraphRunner } from '../models/tensor.js';
import type { Picture } from '../picture.js';
import { type Area, wholeArea } from './area.js';
import type { CarriedMaps, Mixed } from './carry/carried.js';
import { makePlanes, type Planes, pictureFromPlanes } from './planes.js';

/** What a decoder may take beside the latent: pictures [1, 3, height, width] in -1..1, and the denoiser's features. */
export interface DecoderInputs {
  readonly carried?: FloatTensor;
  readonly plate?: FloatTensor;
  readonly features?: FloatTensor;
  /** Mixes the maps of a decoder that gives them with what was carried. */
  readonly mix?: (maps: CarriedMaps) => Mixed;
}

export interface Decoded {
  /** RGB, [height, width] pixels. */
  readonly picture: Picture;
  /** Where the person is: [height, width], 0..1, kept until the next picture; absent where the bundle's decoder does not say. */
  readonly personMask?: Float32Array;
}

/**
 * Pictures [3, height, width] in -1..1 to latents [channels, height / downscale, width / downscale] and back: of the whole square
 * picture, or of an area of it. What is said of one picture holds for several, one after the other, where the graphs take batches.
 */
export class Autoencoder {
  readonly area: Area;
  /** Cells of a latent. */
  readonly cells: { readonly width: number; readonly height: number };
  readonly latentLength: number;

  constructor(
    readonly manifest: AutoencoderManifest,
    private readonly runner: GraphRunner,
    area?: Area,
  ) {
    this.area = area ?? wholeArea(manifest.size);
    const { downscale, channels } = manifest;
    this.cells = { width: this.area.width / downscale, height: this.area.height / downscale };
    this.latentLength = channels * this.cells.width * this.cells.height;
  }

  /** `latent = scaling * (encoded - shift)`. Throws `BundleError` where the bundle has no encoder for this stage. */
  async encode(picture: Planes, signal?: AbortSignal): Promise<Float32Array> {
    const { encoder, scaling, shift } = this.manifest;
    if (!encoder) {
      throw new BundleError(
        'HF_BUNDLE_STAGE',
        "The bundle's body stage has no encoder, so the hands cannot be blended in: choose `blending: none`.",
        { field: 'blending' },
      );
    }
    const { width, height } = picture;
    const inputs = { [encoder.input]: { dims: [1, 3, height, width], data: picture.data } };
    const encoded = (await this.runner.run(encoder.graph, inputs, signal))[encoder.output];
    const { data } = check(encoded, this.latentLength, encoder.graph);
    return scaling === 1 && shift === 0 ? data : data.map((value) => scaling * (value - shift));
  }

  /** Planes in -1..1 of each picture; `beside`: what the bundle's decoder takes with the latents. */
  async decode(latents: Float32Array, beside: DecoderInputs = {}, signal?: AbortSignal): Promise<Planes[]> {
    const { graph, output } = this.manifest.decoder;
    const results = await this.run(latents, beside, signal);
    const { width, height } = this.area;
    const length = 3 * width * height;
    const count = latents.length / this.latentLength;
    const { data } = check(output === undefined ? undefined : results[output], count * length, graph);
    return Array.from({ length: count }, (_, k) =>
      makePlanes(3, width, height, data.subarray(k * length, (k + 1) * length)),
    );
  }

  /** The finished picture of one latent, and where the person is. */
  async picture(latent: Float32Array, beside: DecoderInputs = {}, signal?: AbortSignal): Promise<Decoded> {
    const { graph, output, mask, maps } = this.manifest.decoder;
    const results = await this.run(latent, beside, signal);
    const { width, height } = this.area;
    const area = width * height;
    if (maps) {
      if (!beside.mix) throw missing(graph, 'carried');
      const { reach, light, slopes } = maps;
      const planes = mapPlanes(light);
      const half = check(results[maps.half], (planes.half * area) / 4, graph).data;
      const flow = check(results[maps.flow], (planes.flow * area) / 16, graph).data;
      return beside.mix({ half, flow, reach, light, slopes });
    }
    const { data } = check(output === undefined ? undefined : results[output], 3 * area, graph);
    return {
      picture: pictureFromPlanes(makePlanes(3, width, height, data)),
      ...(mask === undefined ? {} : { personMask: check(results[mask], area, graph).data }),
    };
  }

  /** Latents with their shape, [n, channels, h, w]. */
  tensor(latents: Float32Array): FloatTensor {
    const { width, height } = this.cells;
    return {
      dims: [latents.length / this.latentLength, this.manifest.channels, height, width],
      data: latents,
    };
  }

  private async run(
    latents: Float32Array,
    beside: DecoderInputs,
    signal?: AbortSignal,
  ): Promise<FloatTensors> {
    const { decoder, scaling, shift } = this.manifest;
    const { graph, input, inputs } = decoder;
    const plain = scaling === 1 && shift === 0;
    const all = {
      ...beside,
      latent: this.tensor(plain ? latents : latents.map((value) => value / scaling + shift)),
    };
    const fed: Record<string, FloatTensor> = input === undefined ? {} : { [input]: all.latent };
    for (const { name, from } of inputs) {
      const value = all[from];
      if (!value) throw missing(graph, from);
      fed[name] = value;
    }
    return this.runner.run(graph, fed, signal);
  }
}

function missing(graph: string, what: string): BundleError {
  return new BundleError(
    'HF_BUNDLE_STAGE',
    `The bundle's ${graph} takes "${what}", and this run has none: its manifest and its graphs do not fit together.`,
  );
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
