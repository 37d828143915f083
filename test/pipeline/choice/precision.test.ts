import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { type Bundle, type BundleRunner, loadBundle } from '../../../src/models/index.js';
import { int8Capable } from '../../../src/pipeline/choice/capable.js';
import { choosePrecision } from '../../../src/pipeline/choice/precision.js';
import { TINY } from '../../models/tiny-bundle.js';

const INT8 = 'body.int8.onnx';

/** The tiny bundle as if its body graph had a twin in eight bits. */
async function bundle(int8 = true): Promise<Bundle> {
  const { folder, manifest } = await loadBundle(TINY, { verify: false });
  return { folder, manifest: { ...manifest, int8: int8 ? { [manifest.body.denoiser.graph]: INT8 } : {} } };
}

/** A runner whose graphs take as long as it says, but for the first run of each, which takes long. */
function runnerOf(ms: { float32: number; int8: number }, device: 'cpu' | 'webgpu' = 'cpu') {
  const seen: string[] = [];
  let busyMs = 0;
  const runner: BundleRunner = {
    device,
    devices: [],
    get busyMs() {
      return busyMs;
    },
    async run(graph) {
      busyMs += seen.includes(graph) ? (graph === INT8 ? ms.int8 : ms.float32) : 1000;
      seen.push(graph);
      return {};
    },
    describe: async () => ({
      inputs: [{ name: 'sample', type: 'float32', shape: [1, 3, 'rows', 8] }],
      outputs: [],
    }),
    close: async () => undefined,
  };
  return { runner, seen };
}

describe('the precision of a run', () => {
  let cache = '';
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), 'handfirst-cache-'));
    vi.stubEnv('HANDFIRST_CACHE', cache);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true, force: true });
  });

  it('is measured once a machine, and kept', async () => {
    const first = runnerOf({ float32: 40, int8: 20 });
    expect(await choosePrecision(await bundle(), first.runner, { wanted: 'auto', capable: true })).toBe(
      'int8',
    );
    expect(new Set(first.seen).size).toBe(2);
    expect(readdirSync(cache)).toHaveLength(1);
    // Slower now, and not measured again: the same seed gives the same bytes.
    const second = runnerOf({ float32: 20, int8: 40 });
    expect(await choosePrecision(await bundle(), second.runner, { wanted: 'auto', capable: true })).toBe(
      'int8',
    );
    expect(second.seen).toEqual([]);
  });

  it.each([
    ['int8 gains too little', { float32: 40, int8: 37 }, 'cpu', { capable: true }],
    ['the processor cannot', { float32: 40, int8: 10 }, 'cpu', { capable: false }],
    ['a graphics processor draws', { float32: 40, int8: 10 }, 'webgpu', { capable: true }],
    ['an unfinished run was begun so', { float32: 40, int8: 10 }, 'cpu', { capable: true, begun: 'float32' }],
  ] as const)('is float32 where %s', async (_, ms, device, wish) => {
    const { runner } = runnerOf(ms, device);
    expect(await choosePrecision(await bundle(), runner, { wanted: 'auto', ...wish })).toBe('float32');
  });

  it('is what the user says, measured or not', async () => {
    const { runner, seen } = runnerOf({ float32: 1, int8: 9 });
    expect(await choosePrecision(await bundle(), runner, { wanted: 'int8', capable: false })).toBe('int8');
    expect(await choosePrecision(await bundle(), runner, { wanted: 'float32', begun: 'int8' })).toBe(
      'float32',
    );
    expect(seen).toEqual([]);
  });

  it.each([
    ['of a bundle without such graphs', false, 'cpu', /brings no int8 graphs/],
    ['on a graphics processor', true, 'webgpu', /run on the cpu alone/],
  ] as const)('refuses int8 %s', async (_, int8, device, sentence) => {
    const { runner } = runnerOf({ float32: 1, int8: 1 }, device);
    const choice = choosePrecision(await bundle(int8), runner, { wanted: 'int8' });
    await expect(choice).rejects.toThrow(sentence);
    await expect(choice).rejects.toBeInstanceOf(UsageError);
  });
});

it.each([
  ['AVX512-VNNI', 'linux', 'x64', 'flags : fma avx512_vnni sse', true],
  ['AVX2 alone', 'linux', 'x64', 'flags : fma avx2 sse', false],
  ['ARM with dot products', 'linux', 'arm64', 'Features : asimd asimddp', true],
  ['Apple silicon', 'darwin', 'arm64', '', true],
  ['Intel in a Mac', 'darwin', 'x64', '', false],
] as const)('knows %s', (_, platform, architecture, text, capable) => {
  expect(int8Capable(platform, architecture, text)).toBe(capable);
});
