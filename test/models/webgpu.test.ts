import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { gaussianNoise } from '../../src/diffusion/index.js';
import { type Bundle, loadBundle, openRunner, type Tensor, type Tensors } from '../../src/models/index.js';
import { render } from '../../src/pipeline/index.js';
import { NO_SWIFTSHADER, useSwiftShader } from './swiftshader.js';
import { graphsBundle, temporaryFolder } from './tiny-bundle.js';

const HELLO = new URL('../../samples/hello.pose', import.meta.url).pathname;

/** Runs a graph on noise, of the smallest picture that it takes. */
async function runOn(bundle: Bundle, device: string, graph: string) {
  const runner = await openRunner(bundle, { device });
  onTestFinished(() => runner.close());
  expect(runner.device).toBe(device);
  const { inputs } = await runner.describe(graph);
  const one = ({ name, shape }: (typeof inputs)[number], seed: number): [string, Tensor] => {
    const dims = shape.map((side) => (typeof side === 'number' ? side : Number.parseInt(side, 10) || 1));
    return [
      name,
      {
        dims,
        data: gaussianNoise(
          seed,
          dims.reduce((a, b) => a * b, 1),
        ),
      },
    ];
  };
  const tensors: Tensors = Object.fromEntries(inputs.map(one));
  return runner.run(graph, tensors);
}

describe('webgpu, on the processor', () => {
  beforeEach(({ skip }) => {
    if (NO_SWIFTSHADER) skip(NO_SWIFTSHADER);
    useSwiftShader();
  });
  afterEach(() => void vi.unstubAllEnvs());

  it('gives the results of the CPU', async () => {
    const runner = await openRunner(await graphsBundle(), { device: 'webgpu' });
    onTestFinished(() => runner.close());
    expect(runner.device).toBe('webgpu');
    const { scaled } = await runner.run('affine.onnx', {
      x: { dims: [1, 2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
      shift: { dims: [1], data: Float32Array.of(0.5) },
    });
    expect(scaled?.data).toEqual(Float32Array.of(0.5, 2.5, 4.5, 6.5, 8.5, 10.5));
  });

  // Their first convolutions have 6 and 21 input channels.
  it('counts the body stage of compact as the CPU does', { timeout: 600_000 }, async () => {
    const bundle = await loadBundle('compact');
    const { denoiser, autoencoder } = bundle.manifest.body;
    for (const graph of [denoiser.graph, autoencoder.decoder.graph]) {
      const [cpu, gpu] = [await runOn(bundle, 'cpu', graph), await runOn(bundle, 'webgpu', graph)];
      for (const [name, { data }] of Object.entries(cpu)) {
        const apart = data.map((value, at) => Math.abs(value - (gpu[name]?.data[at] ?? Number.NaN)));
        const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(apart.reduce((most, value) => Math.max(most, value), 0)).toBeLessThan(1e-4 * largest);
      }
    }
  });

  it('draws three frames of compact as the CPU does', { timeout: 3_600_000 }, async ({ skip }) => {
    if (!process.env.HANDFIRST_WEBGPU_FRAMES) skip('set HANDFIRST_WEBGPU_FRAMES=1 for it: it takes minutes');
    const folder = await temporaryFolder();
    const draw = async (device: string): Promise<Buffer[]> => {
      const output = { path: `${path.join(folder, device)}/` };
      const method = { preset: 'live' };
      // Both hands are seen in these.
      const source = { range: { from: 40, to: 43 } };
      const { frames } = await render({
        input: HELLO,
        method,
        runtime: { device, precision: 'float32' },
        source,
        output,
      });
      expect(frames).toBe(3);
      const files = [0, 1, 2].map((at) => path.join(folder, device, `frame-00000${at}.png`));
      return Promise.all(files.map((file) => sharp(readFileSync(file)).raw().toBuffer()));
    };
    const [cpu, gpu] = [await draw('cpu'), await draw('webgpu')];
    for (const [at, picture] of cpu.entries()) {
      const apart = picture.reduce(
        (most, level, i) => Math.max(most, Math.abs(level - (gpu[at]?.[i] ?? -255))),
        0,
      );
      expect(apart / 255).toBeLessThan(1e-2);
    }
  });
});
