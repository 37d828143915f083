import { z } from 'zod';
import { UsageError } from '../../errors.js';
import type { Bundle, BundleRunner } from '../../models/index.js';
import { bodyInputs, least } from './body-step.js';
import { int8Capable } from './capable.js';
import { Measurement } from './measured.js';
import { PRECISIONS, type Precision } from './precisions.js';

/** int8 is taken where it is at least this many times as fast: it costs a little quality. */
const WORTH = 1.15;

const measuredSchema = z.object({
  precision: z.enum(PRECISIONS),
  /** What was measured, for people: milliseconds of one step of the body stage. */
  ms: z.record(z.string(), z.number()),
});

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
  const { graph } = bundle.manifest.body.denoiser;
  const small = bundle.manifest.int8[graph];
  if (small === undefined) return 'float32';
  const measurement = await Measurement.of('precision', bundle, measuredSchema);
  const known =
    (await measurement.kept()) ??
    (await measurement.make(async () => {
      const ms = { float32: await stepOf(bundle, runner, graph), int8: await stepOf(bundle, runner, small) };
      return { precision: ms.int8 * WORTH < ms.float32 ? 'int8' : 'float32', ms };
    }));
  return known.precision;
}

/** Milliseconds inside ONNX Runtime of one step of the body stage. */
async function stepOf(bundle: Bundle, runner: BundleRunner, graph: string): Promise<number> {
  const inputs = await bodyInputs(bundle, runner, graph);
  return least(async () => {
    const before = runner.busyMs;
    await runner.run(graph, inputs);
    return runner.busyMs - before;
  });
}
