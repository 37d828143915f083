import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const training = fileURLToPath(new URL('../models/training', import.meta.url));

const lineSchema = z.union([
  z.object({ gemm: z.number() }),
  z.object({
    graph: z.string(),
    multiplications: z.number(),
    float32: z.number(),
    int8: z.number().optional(),
    torch: z.number(),
    compiled: z.number().optional(),
  }),
]);

/** A graph on one thread: its multiplications, and milliseconds of CPU time in ONNX Runtime and in PyTorch. */
export type GraphSpeed = Extract<z.output<typeof lineSchema>, { graph: string }>;

/** What `handfirst_training.export.speed` measures, by the Python that is named. `gemm`: billions of operations a second. */
export async function measureGraphs(
  python: string,
  bundle: string,
  compile: boolean,
): Promise<{ gemm: number; graphs: GraphSpeed[] }> {
  const module = ['-m', 'handfirst_training.export.speed', '--bundle', bundle];
  const child = spawn(python, [...module, ...(compile ? ['--compile'] : [])], {
    cwd: training,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let gemm = 0;
  const graphs: GraphSpeed[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const value = lineSchema.parse(JSON.parse(line));
    if ('gemm' in value) gemm = value.gemm;
    else graphs.push(value);
  }
  const [code] = await closed;
  if (code !== 0)
    throw new Error(`${python} ended with code ${code}: install models/training/requirements.txt for it.`);
  return { gemm, graphs };
}
