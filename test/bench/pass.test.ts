import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { measurePass, measurePassInPyTorch } from '../../bench/pass.js';

const SD15 = fileURLToPath(new URL('../fixtures/tiny-sd15', import.meta.url));

describe('what a pass costs', () => {
  it('is measured of the body denoiser, or of the graph that is named', async () => {
    const options = { bundle: SD15, device: 'cpu', threads: 1 };
    const [body, decoder] = [
      await measurePass(options),
      await measurePass({ ...options, graph: 'vae-decoder.onnx' }),
    ];
    expect([body.graph, decoder.graph]).toEqual(['body.onnx', 'vae-decoder.onnx']);
    for (const { device, seconds, processorSeconds, peakMegabytes } of [body, decoder]) {
      expect(device).toBe('cpu');
      expect(Math.min(seconds, processorSeconds)).toBeGreaterThan(0);
      expect(peakMegabytes).toBeGreaterThan(50);
    }
    await expect(measurePass({ ...options, graph: 'none.onnx' })).rejects.toThrow(/none\.onnx/);
  }, 120_000);

  it('is read of the Python that is named, or its failure is said', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'handfirst-pass-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const python = join(folder, 'python');
    const row = { device: 'cpu', seconds: 2, processorSeconds: 3, peakMegabytes: 4 };
    await writeFile(python, `#!/bin/sh\n[ "$4" = humansd ] || exit 3\necho '${JSON.stringify(row)}'\n`);
    await chmod(python, 0o755);
    expect(await measurePassInPyTorch(python, 'humansd', { bundle: SD15 })).toEqual(row);
    await expect(measurePassInPyTorch(python, 'text-only', { bundle: SD15 })).rejects.toThrow(
      /ended with code 3/,
    );
  });
});
