import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.js';
import { bundleFile } from '../../models/bundle.js';
import {
  type Bundle,
  type BundleRunner,
  runtimeVersion,
  type Tensor,
  type Tensors,
} from '../../models/index.js';
import { keepMeasured, readMeasured } from './cache.js';
import { int8Capable } from './capable.js';
import type { Precision } from './precisions.js';

/** Runs of each graph, of which the fastest counts. */
const RUNS = 3;
/** int8 is taken where it is at least this many times as fast: it costs a little quality. */
const WORTH = 1.15;

/** What precision is chosen from. */
export interface PrecisionWish {
  /** `auto`: what is faster on this machine, where the bundle brings int8 graphs. */
  readonly wanted: Precision | 'auto';
  /** What an unfinished run was begun with: it goes on so. */
  readonly begun?: Precision;
  /** Whether the processor counts fast and soundly in eight bits; default: this machine's does as `int8Capable` says. */
  readonly capable?: boolean;
}

/**
 * The precision of a run. What is faster is measured once a machine, processor, runtime and bundle, and kept: so the same seed gives the
 * same bytes. Throws `UsageError` where int8 is asked for and cannot be had.
 */
export async function choosePrecision(
  bundle: Bundle,
  runner: BundleRunner,
  { wanted, begun, capable = int8Capable() }: PrecisionWish,
): Promise<Precision> {
  const { name, int8 } = bundle.manifest;
  const has = Object.keys(int8).length > 0;
  const usable = has && runner.device === 'cpu';
  if (wanted === 'int8' && bundle.int8Package !== undefined) {
    throw new UsageError(
      'HF_PACKAGE_MISSING',
      `The int8 graphs of "${name}" are in a package that is not installed: run \`npm install ${bundle.int8Package}\`.`,
      { file: bundle.int8Package, field: 'precision' },
    );
  }
  if (wanted === 'int8' && !usable) {
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      has
        ? `int8 graphs run on the cpu alone, and this run is on ${runner.device}: leave \`precision\` out, or choose \`device: cpu\`.`
        : `The bundle "${name}" brings no int8 graphs: leave \`precision\` out, or choose a bundle that does.`,
      { field: 'precision' },
    );
  }
  if (wanted !== 'auto') return wanted;
  if (!usable) return 'float32';
  if (begun) return begun;
  return capable ? measured(bundle, runner) : 'float32';
}

async function measured(bundle: Bundle, runner: BundleRunner): Promise<Precision> {
  const manifest = await readFile(bundleFile(bundle, 'manifest.json'));
  const sha256 = createHash('sha256').update(manifest).digest('hex');
  const version = runtimeVersion();
  const known = await readMeasured(version, sha256);
  if (known) return known.precision;
  const { graph } = bundle.manifest.body.denoiser;
  const small = bundle.manifest.int8[graph];
  if (small === undefined) return 'float32';
  const ms = { float32: await fastest(bundle, runner, graph), int8: await fastest(bundle, runner, small) };
  const precision = ms.int8 * WORTH < ms.float32 ? 'int8' : 'float32';
  await keepMeasured(version, sha256, { precision, ms });
  return precision;
}

/** Milliseconds inside ONNX Runtime of one step of the body stage. */
async function fastest(bundle: Bundle, runner: BundleRunner, graph: string): Promise<number> {
  const inputs = await anyInputs(bundle, runner, graph);
  let least = Infinity;
  for (let run = 0; run <= RUNS; run += 1) {
    const before = runner.busyMs;
    await runner.run(graph, inputs);
    // The first run makes room for the others.
    if (run > 0) least = Math.min(least, runner.busyMs - before);
  }
  return least;
}

/** Inputs of the body denoiser's shapes, all of one value. */
async function anyInputs({ manifest }: Bundle, runner: BundleRunner, graph: string): Promise<Tensors> {
  const { autoencoder, denoiser } = manifest.body;
  const latent = autoencoder.size / autoencoder.downscale;
  const { inputs } = await runner.describe(graph);
  const one = ({ name, shape, type }: (typeof inputs)[number]): [string, Tensor] => {
    const use = denoiser.inputs.find((input) => input.name === name);
    const side = use?.from === 'conditions' ? use.size : latent;
    const dims = shape.map((length, axis) => (typeof length === 'number' ? length : axis === 0 ? 1 : side));
    const count = dims.reduce((product, length) => product * length, 1);
    return [
      name,
      { dims, data: type === 'int64' ? new BigInt64Array(count) : new Float32Array(count).fill(0.25) },
    ];
  };
  return Object.fromEntries(inputs.map(one));
}
