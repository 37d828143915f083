import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { BundleError } from '../../../errors.js';
import {
  type FloatTensor,
  type RunnerOptions,
  readClipTokenizer,
  type Tokenizer,
} from '../../../models/index.js';
import type { Picture } from '../../../picture.js';
import { EXPORTED_BY, type FeatureGraph, GraphRunners, networkHash } from './feature-graph.js';
import type { FeatureFiles, FeatureReader } from './feature-reader.js';

/*
 * The networks that FID, KID and CLIPSIM look through, as models/training (judge/export_features.py) exports them from weights that the
 * user has. No other network is taken for them, since no other distance may have their names.
 */

const PICTURE = { name: 'picture', type: 'float32' } as const;

/**
 * Opens the networks that are named. Each is loaded at once, so that a wrong file is refused before anything is drawn. Throws BundleError for a
 * file that is not there or not such a network, UsageError and DeviceError.
 */
export async function openFeatureReader(
  files: FeatureFiles,
  options: RunnerOptions = {},
): Promise<FeatureReader> {
  if ((files.clipPicture === undefined) !== (files.clipText === undefined)) {
    throw new BundleError(
      'HF_FEATURE_NETWORK',
      'CLIPSIM needs both of CLIP: name clip-picture.onnx and clip-text.onnx, or neither of them.',
      { field: 'features' },
    );
  }
  const sha256 = await checksum(files);
  const runners = new GraphRunners(options);
  try {
    const { inception192, inception768, clipPicture, clipText } = files;
    return {
      sha256,
      ...(inception192 ? { inception192: await openInception(runners, inception192, 192) } : {}),
      ...(inception768 ? { inception768: await openInception(runners, inception768, 768) } : {}),
      ...(clipPicture && clipText ? { similarity: await openClip(runners, clipPicture, clipText) } : {}),
      close: () => runners.close(),
    };
  } catch (error) {
    await runners.close();
    throw error;
  }
}

/** Over each file's key and content; the tokenizer is part of CLIP. */
async function checksum(files: FeatureFiles): Promise<string> {
  const named: [string, string][] = Object.entries(files).filter(([, path]) => path !== undefined);
  if (files.clipText) for (const path of tokenizerFiles(files.clipText)) named.push(['tokenizer', path]);
  const hash = createHash('sha256');
  for (const [key, path] of named.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${key} ${await networkHash(path)}\n`);
  return hash.digest('hex');
}

type Read = NonNullable<FeatureReader['inception192']>;

/** The network scales pictures to 299 x 299 itself, as pytorch-fid does. */
async function openInception(runners: GraphRunners, path: string, features: number): Promise<Read> {
  const graph = await runners.open(
    path,
    { ...PICTURE, shape: [1, 3, 'height', 'width'] },
    { name: 'features', type: 'float32', shape: [1, features] },
  );
  return async (picture) => Array.from(await graph.run(planes(picture)));
}

/** Levels 0..1, [1, 3, height, width]; alpha is not looked at. */
function planes({ width, height, channels, data }: Picture): FloatTensor {
  const count = width * height;
  const levels = new Float32Array(3 * count);
  for (let channel = 0; channel < 3; channel += 1)
    for (let at = 0; at < count; at += 1)
      levels[channel * count + at] = (data[at * channels + channel] ?? 0) / 255;
  return { dims: [1, 3, height, width], data: levels };
}

function tokenizerFiles(clipText: string): [string, string] {
  const folder = dirname(clipText);
  return [join(folder, 'tokenizer.json'), join(folder, 'tokenizer_config.json')];
}

/** CLIPSIM: 100 times the cosine of the embeddings of picture and caption (Radford et al. 2021); captions are embedded once. */
async function openClip(
  runners: GraphRunners,
  pictureFile: string,
  textFile: string,
): Promise<NonNullable<FeatureReader['similarity']>> {
  const embedding = { name: 'features', type: 'float32', shape: [1, 'width'] };
  const seen = await runners.open(pictureFile, { ...PICTURE, shape: [1, 3, 'side', 'side'] }, embedding);
  const said = await runners.open(
    textFile,
    { name: 'tokens', type: 'int64', shape: [1, 'length'] },
    embedding,
  );
  const [side, length] = [sizeOf(seen, 2, pictureFile), sizeOf(said, 1, textFile)];
  const tokenizer = await readClipTokenizer(...tokenizerFiles(textFile), length);
  const captions = new Map<string, Promise<Float32Array>>();
  return async (picture, caption) => {
    let text = captions.get(caption);
    if (!text) {
      text = said.run({ dims: [1, length], data: tokensOf(tokenizer, caption, length) });
      captions.set(caption, text);
    }
    const embedded = await seen.run(planes(await squared(picture, side)));
    return 100 * cosine(embedded, await text);
  };
}

function sizeOf({ shape }: FeatureGraph, axis: number, path: string): number {
  const size = shape[axis];
  if (typeof size === 'number' && size > 0) return size;
  throw new BundleError(
    'HF_FEATURE_NETWORK',
    `The network ${path} leaves its input's size open: ${EXPORTED_BY}.`,
    { file: path },
  );
}

/** Tokens with their end token, filled up with it. */
function tokensOf(tokenizer: Tokenizer, caption: string, length: number): BigInt64Array {
  const { ids } = tokenizer.encode(caption);
  const end = ids.at(-1) ?? 0;
  return BigInt64Array.from({ length }, (_, at) => BigInt(ids[at] ?? end));
}

/**
 * CLIP's own preparation: the shorter side scaled to `side` by a bicubic kernel (a = -0.5), the middle cut out. From 512 to 224 pixels it is
 * PIL's to 0.1 levels of 255 (mean; 5 at most).
 */
async function squared({ width, height, channels, data }: Picture, side: number): Promise<Picture> {
  const scaled = await sharp(data, { raw: { width, height, channels } })
    .resize(side, side, { fit: 'cover', position: 'centre', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { width: side, height: side, channels, data: scaled };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
