import type {
  AutoencoderManifest,
  BodyStageManifest,
  DenoiserManifest,
  Manifest,
  PromptManifest,
} from './manifest.js';

/** A tensor as the manifest tells it; a dimension it does not tell is undefined. */
export interface TensorUse {
  readonly name: string;
  readonly shape?: readonly (number | undefined)[];
  /** Element types that will do. */
  readonly types: readonly string[];
}

/** What the engine will feed to a graph and take from it. */
export interface GraphUse {
  readonly graph: string;
  readonly inputs: readonly TensorUse[];
  readonly outputs: readonly TensorUse[];
}

const FLOATS = ['float32', 'float16'];

/** Every use of a graph that the manifest tells: prompt, and each stage's denoiser, encoder and decoder. */
export function usesOf(manifest: Manifest): GraphUse[] {
  const stages = [manifest.hand, manifest.body, manifest.refine].flatMap((stage) => stage ?? []);
  const uses = [
    ...promptUse(manifest),
    ...stages.flatMap((stage) => [
      denoiserUse(stage),
      ...stage.denoiser.encoders.map(encoderUse),
      ...autoencoderUses(stage.autoencoder),
    ]),
  ];
  const small = uses.flatMap((use) => {
    const graph = manifest.int8[use.graph];
    return graph === undefined ? [] : [{ ...use, graph }];
  });
  return [...uses, ...small];
}

function floats(name: string, shape?: readonly (number | undefined)[]): TensorUse {
  return { name, types: FLOATS, ...(shape ? { shape } : {}) };
}

function promptUse({ prompt }: Manifest): GraphUse[] {
  if (!prompt) return [];
  const { graph, inputs, outputs, maxTokens } = prompt;
  return [
    {
      graph,
      inputs: inputs.map((input) => promptInput(input, maxTokens)),
      outputs: Object.values(outputs).map((name) => floats(name)),
    },
  ];
}

function promptInput(input: PromptManifest['inputs'][number], maxTokens: number): TensorUse {
  switch (input.from) {
    case 'tokens':
      return { name: input.name, shape: [1, maxTokens], types: [input.type] };
    case 'seed':
      return floats(input.name, [1, input.length]);
  }
}

function encoderUse({ graph, inputs, outputs }: DenoiserManifest['encoders'][number]): GraphUse {
  return {
    graph,
    inputs: inputs.map(({ name, size }) => floats(name, [1, undefined, size, size])),
    outputs: Object.values(outputs).map((name) => floats(name)),
  };
}

function denoiserUse(stage: Pick<BodyStageManifest, 'autoencoder' | 'denoiser'>): GraphUse {
  const { size } = stage.autoencoder;
  const { graph, inputs, outputs } = stage.denoiser;
  const batch = stage.denoiser.passes === 'together' ? 2 : 1;
  const latent = [batch, ...latentShape(stage.autoencoder).slice(1)];
  return {
    graph,
    inputs: inputs.map((input) => denoiserInput(input, latent)),
    outputs: [
      floats(outputs.prediction, latent),
      ...(outputs.mask === undefined ? [] : [floats(outputs.mask, [batch, masksOf(inputs), size, size])]),
      ...(outputs.features === undefined ? [] : [floats(outputs.features)]),
    ],
  };
}

/** Masks that a stage's head gives: as many as there are `parts` that it is shown, else one. */
function masksOf(inputs: DenoiserManifest['inputs']): number {
  const channels = inputs.flatMap((input) => (input.from === 'conditions' ? input.channels : []));
  const parts = channels.find((channel) => channel.kind === 'parts');
  return parts?.kind === 'parts' ? parts.count : 1;
}

function denoiserInput(input: DenoiserManifest['inputs'][number], latent: readonly number[]): TensorUse {
  switch (input.from) {
    case 'latent':
      return floats(input.name, latent);
    case 'timestep':
      return { name: input.name, shape: [1], types: input.type === 'int64' ? ['int64'] : FLOATS };
    case 'conditions':
      return floats(input.name, [latent[0], undefined, input.size, input.size]);
    case 'encoded':
    case 'prompt':
      return floats(input.name);
    case 'strength':
      return floats(input.name, [1]);
    case 'skin':
      return floats(input.name, [1, 9]);
  }
}

function autoencoderUses(autoencoder: AutoencoderManifest): GraphUse[] {
  const { size, encoder, decoder } = autoencoder;
  const picture = [1, 3, size, size];
  const latent = latentShape(autoencoder);
  const decode = {
    graph: decoder.graph,
    inputs: decoderInputs(decoder, latent, picture),
    outputs: [
      ...(decoder.output === undefined ? [] : [floats(decoder.output, picture)]),
      ...mapsOf(decoder.maps, size),
      ...(decoder.mask === undefined ? [] : [floats(decoder.mask, [1, 1, size, size])]),
    ],
  };
  if (!encoder) return [decode];
  return [
    decode,
    {
      graph: encoder.graph,
      inputs: [floats(encoder.input, picture)],
      outputs: [floats(encoder.output, latent)],
    },
  ];
}

/** How many maps a decoder gives at half and at a quarter of the picture's size; `light` as in the manifest. */
export function mapPlanes(light: number): { half: number; flow: number } {
  return { half: 5, flow: light > 0 ? 3 : 2 };
}

function mapsOf(maps: AutoencoderManifest['decoder']['maps'], size: number): TensorUse[] {
  if (!maps) return [];
  const { half, flow } = mapPlanes(maps.light);
  return [floats(maps.half, [1, half, size / 2, size / 2]), floats(maps.flow, [1, flow, size / 4, size / 4])];
}

function decoderInputs(
  { input, inputs }: AutoencoderManifest['decoder'],
  latent: readonly number[],
  picture: readonly number[],
): TensorUse[] {
  const own = input === undefined ? [] : [floats(input, latent)];
  const beside = inputs.filter(({ name }) => name !== input);
  const shapes = { latent, carried: picture, plate: picture, features: undefined };
  return [...own, ...beside.map(({ name, from }) => floats(name, shapes[from]))];
}

function latentShape({ size, channels, downscale }: AutoencoderManifest): number[] {
  return [1, channels, size / downscale, size / downscale];
}
