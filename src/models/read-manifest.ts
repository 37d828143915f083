import path from 'node:path';
import { z } from 'zod';
import { BundleError } from '../errors.js';
import { reasonOf } from '../reason.js';
import { type Manifest, manifestSchema, type PromptManifest } from './manifest.js';
import { asksFor, REFERENCE_KINDS, seesCarried } from './reference-uses.js';

/** Version of the manifest's layout that this engine reads. */
const SCHEMA = 1;

/** Reads the text of the `manifest.json` in `folder`. Throws `BundleError` with the first thing that is wrong. */
export function readManifest(text: string, folder: string): Manifest {
  const file = path.join(folder, 'manifest.json');
  const value = parseJson(text, file);
  const version = z.object({ schema: z.unknown() }).safeParse(value).data?.schema;
  if (typeof version === 'number' && version !== SCHEMA) {
    throw new BundleError(
      'HF_BUNDLE_SCHEMA',
      `The manifest ${file} has schema ${version}, and this handfirst reads schema ${SCHEMA}: ${version > SCHEMA ? 'install a newer handfirst' : 'export the bundle again'}.`,
      { file, field: 'schema' },
    );
  }
  const result = manifestSchema.safeParse(value);
  if (!result.success)
    throw new BundleError(
      'HF_BUNDLE_MANIFEST',
      `The manifest ${file} is not valid ${issueSentence(result.error)}.`,
      { file, field: result.error.issues[0]?.path.join('.') },
    );
  const problem = firstContradiction(result.data);
  if (problem)
    throw new BundleError('HF_BUNDLE_MANIFEST', `The manifest ${file} contradicts itself: ${problem}.`, {
      file,
    });
  return result.data;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = reasonOf(error);
    throw new BundleError(
      'HF_BUNDLE_MANIFEST',
      `The manifest ${file} is no JSON (${why}): restore it from where the bundle came.`,
      { file },
    );
  }
}

function issueSentence(error: z.ZodError): string {
  const issue = error.issues[0];
  const field = issue?.path.map((key) => String(key)).join('.') || 'the whole file';
  const others = error.issues.length > 1 ? `; ${error.issues.length - 1} more like it` : '';
  return `at "${field}" (${issue?.message ?? 'unknown reason'}${others}): export the bundle again with its script`;
}

/** What the schema cannot say: names that must be defined elsewhere in the manifest, sizes that must fit. */
function firstContradiction(manifest: Manifest): string | undefined {
  for (const file of namedFiles(manifest)) {
    if (!Object.hasOwn(manifest.files, file)) return `"${file}" is used, but "files" does not list it`;
  }
  for (const stage of ['hand', 'body', 'refine'] as const) {
    const problem = stageContradiction(manifest, stage);
    if (problem) return problem;
  }
  return undefined;
}

function stageContradiction(manifest: Manifest, stage: 'hand' | 'body' | 'refine'): string | undefined {
  const described = manifest[stage];
  if (!described) return undefined;
  const { autoencoder, denoiser } = described;
  if (autoencoder.size % autoencoder.downscale !== 0) {
    return `${stage}.autoencoder.size ${autoencoder.size} is no multiple of its downscale ${autoencoder.downscale}`;
  }
  if (stage !== 'hand' && !autoencoder.encoder)
    return `${stage}.autoencoder needs an encoder, for what it starts from`;
  if (stage === 'hand' && !denoiser.outputs.mask)
    return 'hand.denoiser.outputs needs a mask, to cut the hand out';
  if (stage === 'hand' && manifest.hand && seesCarried(manifest.hand))
    return 'hand asks for the carried picture or the plate, which only the body stage has';
  if (!denoiser.inputs.some((input) => input.from === 'latent'))
    return `${stage}.denoiser has no latent input`;
  const encoded = denoiser.encoders.flatMap(({ outputs }) => Object.keys(outputs));
  for (const input of denoiser.inputs) {
    if (input.from === 'encoded' && !encoded.includes(input.key)) {
      return `${stage}.denoiser wants "${input.key}" of a condition encoder, and none has such an output`;
    }
    if (input.from === 'prompt' && !Object.hasOwn(manifest.prompt?.outputs ?? {}, input.key)) {
      return `${stage}.denoiser wants "${input.key}" of the prompt graph, which has no such output`;
    }
  }
  return decoderContradiction(stage, described) ?? sizeContradiction(stage, described);
}

type Stage = Pick<Manifest['body'], 'autoencoder' | 'denoiser'>;

function decoderContradiction(stage: string, { autoencoder, denoiser }: Stage): string | undefined {
  const { input, inputs, output, maps } = autoencoder.decoder;
  if ((output === undefined) === (maps === undefined)) {
    return `${stage}.autoencoder.decoder gives either an output or maps`;
  }
  if (maps && !['carried', 'plate'].every((from) => inputs.some((one) => one.from === from))) {
    return `${stage}.autoencoder.decoder gives maps, and does not take the carried picture and the plate that they mix`;
  }
  if (input === undefined && !inputs.some(({ from }) => from === 'latent')) {
    return `${stage}.autoencoder.decoder has no latent input`;
  }
  if (inputs.some(({ from }) => from === 'features') && denoiser.outputs.features === undefined) {
    return `${stage}.autoencoder.decoder wants features, and the denoiser's outputs have none`;
  }
  return undefined;
}

/** The carried picture is shrunk by means of whole cells; encoded pictures have the latent's size. */
function sizeContradiction(stage: string, { autoencoder, denoiser }: Stage): string | undefined {
  const latent = autoencoder.size / autoencoder.downscale;
  for (const input of denoiser.inputs) {
    if (input.from !== 'conditions') continue;
    const { name, size } = input;
    const one = { ...denoiser, inputs: [input] };
    for (const kind of REFERENCE_KINDS) {
      if (!asksFor(one, kind)) continue;
      if (kind.endsWith('-latent') ? size !== latent : autoencoder.size % size !== 0) {
        return `${stage}.denoiser draws '${kind}' in "${name}" at ${size}, which does not fit its picture of ${autoencoder.size} and latent of ${latent}`;
      }
    }
  }
  return undefined;
}

/** Every file that the manifest uses. */
function namedFiles(manifest: Manifest): string[] {
  const { prompt, gallery, hand, body, refine, int8 } = manifest;
  const stages = [hand, body, refine].flatMap((stage) => (stage ? stageFiles(stage) : []));
  return [
    ...new Set([
      ...(prompt ? promptFiles(prompt) : []),
      ...(gallery === undefined ? [] : [gallery]),
      ...stages,
      ...Object.entries(int8).flat(),
    ]),
  ];
}

function promptFiles({ tokenizer, graph }: PromptManifest): string[] {
  return tokenizer.kind === 'words'
    ? [tokenizer.vocabulary, graph]
    : [tokenizer.tokenizer, tokenizer.config, graph];
}

function stageFiles({ autoencoder, denoiser }: Stage): string[] {
  const { encoder, decoder } = autoencoder;
  const graphs = [decoder.graph, denoiser.graph, ...denoiser.encoders.map(({ graph }) => graph)];
  return encoder ? [...graphs, encoder.graph] : graphs;
}

/** The graphs of a frame, in the order in which they are run; `eightBits`: those that the bundle has so. */
export function graphsOfFrame(
  { hand, body, int8 }: Manifest,
  { hands, eightBits }: { hands: boolean; eightBits: boolean },
): string[] {
  const stages = hands && hand ? [hand, body] : [body];
  const graphs = stages.flatMap(({ autoencoder: { encoder, decoder }, denoiser }) => [
    ...(encoder ? [encoder.graph] : []),
    ...denoiser.encoders.map(({ graph }) => graph),
    denoiser.graph,
    decoder.graph,
  ]);
  return [...new Set(graphs.map((graph) => (eightBits && int8[graph]) || graph))];
}

/** Every graph that the manifest uses, each once. */
export function graphsOf(manifest: Manifest): string[] {
  return namedFiles(manifest).filter((file) => file.endsWith('.onnx'));
}
