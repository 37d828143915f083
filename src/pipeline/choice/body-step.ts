import type { Bundle, BundleRunner, Tensor, Tensors } from '../../models/index.js';

/** Runs of which the fastest counts. */
const RUNS = 3;

/** Inputs of the body denoiser's shapes, all of one value: one step of the body stage is what a machine's speed is measured with. */
export async function bodyInputs(
  { manifest }: Bundle,
  runner: BundleRunner,
  graph: string,
): Promise<Tensors> {
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

/** The least milliseconds that `run` says of itself, after a first time that makes room for the others. */
export async function least(run: () => Promise<number>): Promise<number> {
  await run();
  let fastest = Infinity;
  for (let at = 0; at < RUNS; at += 1) fastest = Math.min(fastest, await run());
  return fastest;
}
