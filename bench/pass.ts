import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { gaussianNoise } from '../src/diffusion/index.js';
import { loadBundle, openRunner, type Tensor, type Tensors } from '../src/models/index.js';

/*
 * What one pass of a bundle's denoiser costs: of networks whose pictures take a quarter of an hour on a processor, a pass is what can be
 * measured there.
 */

/** Runs that are counted, after one that loads the graph and is not. */
const RUNS = 3;
const training = fileURLToPath(new URL('../models/training', import.meta.url));

const passSchema = z.object({
  device: z.string(),
  /** The least of the runs: seconds by the clock, and of processor time in all threads of this process. */
  seconds: z.number(),
  processorSeconds: z.number(),
  /** Of the process, main memory. */
  peakMegabytes: z.number(),
  /** Of the graphics card; PyTorch says it. */
  devicePeakMegabytes: z.number().optional(),
});

export type Pass = z.infer<typeof passSchema>;

export interface PassOptions {
  /** Name or folder of the bundle. */
  readonly bundle: string;
  /** `body.onnx`, for instance; absent: the denoiser of the body stage. */
  readonly graph?: string;
  readonly device?: string;
  readonly threads?: number;
}

/** Runs one graph of a bundle on noise and measures it. Rejects with `HandfirstError`s. */
export async function measurePass(options: PassOptions): Promise<Pass & { graph: string }> {
  const { device, threads } = options;
  const bundle = await loadBundle(options.bundle, { verify: false });
  const graph = options.graph ?? bundle.manifest.body.denoiser.graph;
  const runner = await openRunner(bundle, { device, threads });
  try {
    const inputs = await noiseFor(runner, graph);
    const times: { seconds: number; processorSeconds: number }[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const [begun, before] = [performance.now(), process.cpuUsage()];
      await runner.run(graph, inputs);
      const { user, system } = process.cpuUsage(before);
      const seconds = (performance.now() - begun) / 1e3;
      if (run > 0) times.push({ seconds, processorSeconds: (user + system) / 1e6 });
    }
    return {
      graph,
      device: runner.device,
      seconds: Math.min(...times.map(({ seconds }) => seconds)),
      processorSeconds: Math.min(...times.map(({ processorSeconds }) => processorSeconds)),
      peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
    };
  } finally {
    await runner.close();
  }
}

/** The same pass in diffusers and PyTorch, by the Python that is named. */
export async function measurePassInPyTorch(
  python: string,
  system: string,
  { device = 'cpu', threads = 1 }: PassOptions,
  more: readonly string[] = [],
): Promise<Pass> {
  const flags = ['--system', system, '--device', device, '--threads', String(threads), ...more];
  const child = spawn(python, ['-m', 'handfirst_training.sd15.time_diffusers', ...flags], {
    cwd: training,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Error(
      `${python} ended with code ${code}: install models/training/requirements-sd15.txt for it.`,
    );
  return passSchema.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
}

type Runner = Awaited<ReturnType<typeof openRunner>>;

/** Standard normal noise for every input; whole numbers are 1. A dimension that the graph leaves free is 1. */
async function noiseFor(runner: Runner, graph: string): Promise<Tensors> {
  const { inputs } = await runner.describe(graph);
  return Object.fromEntries(
    inputs.map(({ name, shape, type }, seed): [string, Tensor] => {
      const dims = shape.map((size) => (typeof size === 'number' ? size : 1));
      const length = dims.reduce((product, size) => product * size, 1);
      if (type === 'int64') return [name, { dims, data: new BigInt64Array(length).fill(1n) }];
      if (type === 'int32') return [name, { dims, data: new Int32Array(length).fill(1) }];
      return [name, { dims, data: gaussianNoise(seed, length) }];
    }),
  );
}
