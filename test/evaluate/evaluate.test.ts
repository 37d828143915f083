import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportSchema } from '../../src/evaluate/report/report-model.js';
import type { Ended } from '../cli/run.js';
import { TINY, temporaryFolder } from '../pipeline/write-clip.js';
import { smallBenchmark } from './small-benchmark.js';

/*
 * One benchmark, evaluated once; then a part of the engine is damaged, and the same command has to fail.
 */

let benchmark = '';
let out = '';
let baseline = '';

const inFolder = (name: string): string => readFileSync(join(out, name), 'utf8');

/** Evaluates against the baseline, in this process, so that what is mocked counts. */
async function evaluate(...flags: string[]): Promise<Ended> {
  const { handfirst } = await import('../cli/run.js');
  const common = ['--out', out, '--baseline', baseline, '--device', 'cpu', '--threads', '1'];
  return handfirst('evaluate', benchmark, '--bundle', TINY, ...common, ...flags);
}

/** The same without what earlier runs drew; what is known of the references is kept. */
async function evaluateAgain(...flags: string[]): Promise<Ended> {
  rmSync(join(out, 'kept', 'results'), { recursive: true });
  return evaluate(...flags);
}

beforeAll(async () => {
  benchmark = mkdtempSync(join(tmpdir(), 'handfirst-benchmark-'));
  out = mkdtempSync(join(tmpdir(), 'handfirst-evaluation-'));
  await smallBenchmark(benchmark);
  baseline = join(out, 'baseline.json');
  const { code, err } = await evaluate('--update-baseline', '--quiet');
  expect(code, err).toBe(0);
}, 300_000);

afterAll(() => {
  for (const folder of [benchmark, out]) rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  vi.resetModules();
  vi.doUnmock('../../src/diffusion/noise.js');
  vi.doUnmock('../../src/stages/conditions/hand.js');
  vi.doUnmock('../../src/stages/blending.js');
});

describe('an unchanged engine', () => {
  it('finds its own pictures equal to themselves', () => {
    const { presets, items, about } = reportSchema.parse(JSON.parse(inFolder('report.json')));
    const values = new Map(presets[0]?.figures.map(({ name, value }) => [name, value]));
    expect(values.get('psnr')).toBe(100);
    expect(values.get('ssim')).toBeCloseTo(1, 9);
    expect(about.presets).toEqual(['default']);
    expect(items.map(({ id, frames }) => [id, frames.length])).toEqual([
      ['one', 1],
      ['some', 2],
    ]);
  });

  it('gives the same report from what is kept, byte by byte, and passes', async () => {
    const before = inFolder('report.html');
    const first = await evaluate();
    const report = inFolder('report.json');
    expect(first.code, first.err).toBe(0);
    expect(first.out).toContain('Nothing got worse');
    await evaluate();
    expect(inFolder('report.json')).toBe(report);
    expect(before.length).toBeGreaterThan(1000);
  }, 300_000);

  it('gives the same report when it draws everything again', async () => {
    await evaluate();
    const report = inFolder('report.json');
    const { code, err } = await evaluateAgain();
    expect(code, err).toBe(0);
    expect(inFolder('report.json')).toBe(report);
  }, 300_000);
});

/** Frames are drawn in worker threads, out of reach of the test's own mocks: their loader is given a fault to build in. */
function damageWorker(fault: 'finger' | 'blending'): void {
  vi.stubEnv('HANDFIRST_TEST_LOADER', new URL(`./damage.mjs?fault=${fault}`, import.meta.url).href);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe('a damaged engine fails, in a sentence that names metric, frames and amount', () => {
  const sentence =
    /handfirst: .* of default got worse by .*\(from .* to .*, .* tolerated\), most of all in (one|some:\d)/;

  it('by its weights', async () => {
    const damaged = join(temporaryFolder(), 'tiny');
    cpSync(TINY, damaged, { recursive: true });
    const path = join(damaged, 'hand.onnx');
    const bytes = readFileSync(path);
    const skin = Buffer.from(Float32Array.of(0.7, 0.2, -0.1).buffer);
    const at = bytes.indexOf(skin);
    expect(at).toBeGreaterThan(0);
    bytes.set(Buffer.from(Float32Array.of(-0.4, 0.2, -0.1).buffer), at);
    writeFileSync(path, bytes);
    const { code, err } = await evaluate('--bundle', damaged);
    expect(code).toBe(4);
    expect(err).toContain('was altered or is incomplete');
    const manifest = join(damaged, 'manifest.json');
    const sha256 = (of: Buffer): string => createHash('sha256').update(of).digest('hex');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.replace(sha256(readFileSync(join(TINY, 'hand.onnx'))), sha256(bytes)));
    const consistent = await evaluate('--bundle', damaged);
    expect(consistent.code, consistent.err).toBe(1);
    expect(consistent.err).toMatch(sentence);
  }, 300_000);

  it('by its handling of the seed', async () => {
    vi.resetModules();
    vi.doMock('../../src/diffusion/noise.js', async (original) => {
      const real = await original<typeof import('../../src/diffusion/noise.js')>();
      return { ...real, gaussianNoise: (_seed: number, length: number) => real.gaussianNoise(0, length) };
    });
    const { code, err } = await evaluateAgain();
    expect(code, err).toBe(1);
    expect(err).toMatch(sentence);
  }, 300_000);

  it('by one channel of a finger', async () => {
    damageWorker('finger');
    const { code, err } = await evaluateAgain();
    expect(code, err).toBe(1);
    expect(err).toMatch(sentence);
  }, 300_000);

  it('by its blending', async () => {
    damageWorker('blending');
    const { code, err } = await evaluateAgain();
    expect(code, err).toBe(1);
    expect(err).toMatch(sentence);
  }, 300_000);
});

describe('a benchmark that is not there', () => {
  it('is refused, and no folder is left', async () => {
    const { handfirst } = await import('../cli/run.js');
    const apart = join(temporaryFolder(), 'in', 'report');
    const ended = await handfirst('evaluate', join(benchmark, 'nothing'), '--out', apart);
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(/nothing.benchmark\.json cannot be read/);
    expect(existsSync(apart)).toBe(false);
  });
});

describe('a run that is stopped', () => {
  it('keeps what is finished, and goes on from there to the same report', async () => {
    const engine = await import('../../src/evaluate/index.js');
    const apart = temporaryFolder();
    const options = { benchmark, out: apart, presets: ['default'], bundle: TINY, device: 'cpu', threads: 1 };
    const stop = new AbortController();
    const progress = (): void => stop.abort();
    const stopped = engine.evaluate({ ...options, progress, signal: stop.signal });
    await expect(stopped).rejects.toThrow('the same command goes on from there');
    const kept = join(apart, 'kept', 'results');
    const names = readdirSync(kept);
    expect(names).toHaveLength(1);
    const written = (): number => statSync(join(kept, names[0] ?? '')).mtimeMs;
    const before = written();
    const report = await engine.evaluate(options);
    expect(written()).toBe(before);
    expect(readdirSync(kept)).toHaveLength(2);
    expect(report.presets[0]?.figures.find(({ name }) => name === 'psnr')?.value).toBe(100);
  }, 300_000);
});

describe('several presets', () => {
  it('stand side by side, with differences, and smaller', async () => {
    const apart = temporaryFolder();
    const { handfirst } = await import('../cli/run.js');
    const flags = ['--bundle', TINY, '--device', 'cpu', '--out', apart, '--limit', '1'];
    const presets = 'expand,naive,body-only,text-only';
    const {
      code,
      out: said,
      err,
    } = await handfirst('evaluate', benchmark, ...flags, '--preset', presets, '--shrink', '0.5');
    expect(code, err).toBe(0);
    const report = reportSchema.parse(JSON.parse(readFileSync(join(apart, 'report.json'), 'utf8')));
    expect(report.presets.map(({ preset }) => preset)).toEqual(presets.split(','));
    const psnr = report.comparisons.find(({ preset, name }) => preset === 'text-only' && name === 'psnr');
    expect(psnr?.difference).toBeLessThan(-10);
    const [curve] = report.shrink;
    expect(curve?.points.map(({ factor }) => factor)).toEqual([1, 0.5]);
    const [whole, half] = curve?.points.map(({ handSize }) => handSize ?? 0) ?? [];
    expect((half ?? 0) / (whole ?? 1)).toBeCloseTo(0.5, 4);
    const lines = said.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  }, 300_000);
});
