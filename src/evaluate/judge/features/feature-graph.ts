import { basename, dirname, resolve } from 'node:path';
import { BundleError } from '../../../errors.js';
import { hashFile } from '../../../file-hash.js';
import { type BundleRunner, openRunner, type RunnerOptions, type Tensor } from '../../../models/index.js';
import { reasonOf } from '../../../reason.js';

/** Where the networks come from; said when one cannot be used. */
export const EXPORTED_BY = 'export it again with `python -m handfirst_training.judge.export_features`';

/** Element type and shape of a tensor; a number in a wanted shape has to be met, a name stands for any. */
export interface Wanted {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** A network of one input and one output. */
export interface FeatureGraph {
  /** Shape of the input as the file says it; names stand for free dimensions. */
  readonly shape: readonly (number | string)[];
  /** The output's values for an input. Rejects with `DeviceError`. */
  run(input: Tensor): Promise<Float32Array>;
}

/** SHA-256 of a network's file, in hex. Throws BundleError where it cannot be read. */
export async function networkHash(path: string): Promise<string> {
  try {
    return await hashFile(path);
  } catch (error) {
    const why = reasonOf(error);
    throw new BundleError(
      'HF_FEATURE_NETWORK',
      `The network ${path} cannot be read (${why}): name the file that was exported.`,
      { file: path },
    );
  }
}

/** Runners by the folder of their graphs: one worker each. */
export class GraphRunners {
  private readonly runners = new Map<string, Promise<BundleRunner>>();

  constructor(private readonly options: RunnerOptions) {}

  /** Loads the network at `path` and looks that it has the input and the output wanted. Throws BundleError, DeviceError. */
  async open(path: string, input: Wanted, output: Wanted): Promise<FeatureGraph> {
    const runner = await this.runnerOf(dirname(resolve(path)));
    const graph = basename(path);
    const found = await runner.describe(graph);
    const [given, made] = [found.inputs[0], found.outputs[0]];
    const fits = found.inputs.length === 1 && meets(given, input) && meets(made, output);
    if (!given || !fits) {
      throw new BundleError(
        'HF_FEATURE_NETWORK',
        `The network ${path} is another one: it should take "${input.name}" (${shapeText(input)}) and give "${output.name}" (${shapeText(output)}); ${EXPORTED_BY}.`,
        { file: path },
      );
    }
    return {
      shape: given.shape,
      async run(tensor) {
        const outputs = await runner.run(graph, { [input.name]: tensor });
        const features = outputs[output.name]?.data;
        if (!features)
          throw new BundleError(
            'HF_FEATURE_NETWORK',
            `The network ${path} gave no "${output.name}": ${EXPORTED_BY}.`,
            { file: path },
          );
        return features;
      },
    };
  }

  async close(): Promise<void> {
    for (const runner of this.runners.values())
      await runner.then((opened) => opened.close()).catch(() => undefined);
  }

  private runnerOf(folder: string): Promise<BundleRunner> {
    let runner = this.runners.get(folder);
    if (!runner) {
      const graphs = { folder, manifest: { name: basename(folder) }, advice: EXPORTED_BY };
      runner = openRunner(graphs, this.options);
      this.runners.set(folder, runner);
    }
    return runner;
  }
}

function meets(found: Wanted | undefined, wanted: Wanted): boolean {
  if (found?.name !== wanted.name || found.type !== wanted.type || found.shape.length !== wanted.shape.length)
    return false;
  return wanted.shape.every((size, at) => typeof size === 'string' || found.shape[at] === size);
}

function shapeText({ type, shape }: Wanted): string {
  return `${type} ${shape.join(' x ')}`;
}
