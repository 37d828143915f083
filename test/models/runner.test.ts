import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CancelledError, DeviceError, UsageError } from '../../src/errors.js';
import { type BundleRunner, openRunner, type RunnerOptions, type Tensors } from '../../src/models/index.js';
import { graphsBundle } from './tiny-bundle.js';

async function cpuRunner(options: RunnerOptions = {}): Promise<BundleRunner> {
  const runner = await openRunner(await graphsBundle(), { device: 'cpu', threads: 1, ...options });
  onTestFinished(() => runner.close());
  return runner;
}

const affine = (shift: number): Tensors => ({
  x: { dims: [1, 2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
  shift: { dims: [1], data: Float32Array.of(shift) },
});

/** A graph of `rounds` matrix products. */
const slow = (rounds: number): Tensors => ({
  x: { dims: [128, 128], data: new Float32Array(128 * 128).fill(1) },
  rounds: { dims: [], data: BigInt64Array.of(BigInt(rounds)) },
});

describe('openRunner', () => {
  let runner: BundleRunner;
  beforeAll(async () => {
    runner = await openRunner(await graphsBundle(), { device: 'cpu', threads: 1 });
  });
  afterAll(() => runner.close());

  it('runs a graph and leaves its inputs alone', async () => {
    const inputs = affine(10);
    const outputs = await runner.run('affine.onnx', inputs);
    expect(outputs.scaled).toEqual({ dims: [1, 2, 3], data: Float32Array.of(10, 12, 14, 16, 18, 20) });
    expect(outputs.negative?.data).toEqual(Float32Array.of(-0, -1, -2, -3, -4, -5));
    expect(inputs.x?.data.length).toBe(6);
    expect(runner.device).toBe('cpu');
    expect(runner.devices).toEqual([{ device: 'cpu', problem: undefined }]);
    expect(runner.busyMs).toBeGreaterThan(0);
  });

  it('answers each of many requests with its own result', async () => {
    const shifts = Array.from({ length: 20 }, (_, i) => i);
    const results = await Promise.all(shifts.map((shift) => runner.run('affine.onnx', affine(shift))));
    expect(results.map((result) => result.scaled?.data[0])).toEqual(shifts);
  });

  it('takes a part of a larger buffer as the input it is', async () => {
    const buffer = Float32Array.from({ length: 100 }, (_, i) => i);
    const outputs = await runner.run('affine.onnx', {
      ...affine(0),
      x: { dims: [1, 2, 3], data: buffer.subarray(50, 56) },
    });
    expect(outputs.scaled?.data).toEqual(Float32Array.of(100, 102, 104, 106, 108, 110));
  });

  it('keeps constant inputs, also those of a run that was cancelled before it began', async () => {
    const x = { dims: [1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6), constant: true };
    const controller = new AbortController();
    const busy = runner.run('slow.onnx', slow(200));
    const cancelled = runner.run('affine.onnx', { ...affine(0), x }, controller.signal);
    controller.abort();
    await expect(cancelled).rejects.toThrow(CancelledError);
    await busy;
    for (const shift of [1, 2]) {
      const { scaled } = await runner.run('affine.onnx', { ...affine(shift), x });
      expect(scaled?.data).toEqual(Float32Array.from(x.data, (value) => 2 * value + shift));
    }
  });

  it('hands float32 to a float16 graph and back', async () => {
    const data = Float32Array.of(0, 3, -3, 1, 100, 65504, -0.0001, 6e-8);
    const { thirds } = await runner.run('half.onnx', { x: { dims: [8], data } });
    // numpy: np.float16(x) / np.float16(3), printed as float32.
    const expected = [0, 1, -1, 0.333251953125, 33.34375, 21840, -3.331899642944336e-5, 0];
    expect(thirds?.dims).toEqual([8]);
    expected.forEach((value, i) => {
      expect(thirds?.data[i]).toBeCloseTo(value, 9);
    });
  });

  it('gives the same bytes for the same input, by one thread or two', async () => {
    const hash = async (threads: number) => {
      const counted = await cpuRunner({ threads });
      const data = Float32Array.from({ length: 128 * 128 }, (_, i) => Math.sin(i));
      const first = await counted.run('slow.onnx', { ...slow(3), x: { dims: [128, 128], data } });
      const second = await counted.run('slow.onnx', { ...slow(3), x: { dims: [128, 128], data } });
      expect(second.y?.data).toEqual(first.y?.data);
      return first.y?.data;
    };
    expect(await hash(2)).toEqual(await hash(1));
  });

  it.each<[string, string, Tensors, RegExp]>([
    [
      'a missing input',
      'affine.onnx',
      { x: { dims: [1, 2, 3], data: new Float32Array(6) } },
      /affine\.onnx of bundle "tiny" failed on cpu \(its input "shift" was not given\)/,
    ],
    [
      'a wrong shape',
      'affine.onnx',
      { ...affine(0), x: { dims: [1, 3], data: new Float32Array(3) } },
      /invalid/i,
    ],
    [
      'a wrong type',
      'lookup.onnx',
      { ids: { dims: [1, 4], data: new Float32Array(4) } },
      /its input "ids" takes int64, and was given a Float32Array/,
    ],
    [
      'a failing operator',
      'lookup.onnx',
      { ids: { dims: [1, 4], data: BigInt64Array.of(0n, 1n, 2n, 9n) } },
      /lookup\.onnx .*failed on cpu/,
    ],
    ['a missing graph', 'nothing.onnx', {}, /nothing\.onnx .*could not be loaded on cpu/],
  ])('rejects %s with a sentence, and goes on', async (_, graph, inputs, sentence) => {
    const error: unknown = await runner.run(graph, inputs).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ message: expect.stringMatching(sentence) });
    expect(error).toMatchObject({
      message: expect.stringMatching(/^[A-Z][^\n]*handfirst models check [^\n]*\.$/),
    });
    expect((await runner.run('affine.onnx', affine(1))).scaled?.data[0]).toBe(1);
  });

  it('tells what a graph takes and gives', async () => {
    expect(await runner.describe('lookup.onnx')).toEqual({
      inputs: [{ name: 'ids', type: 'int64', shape: [1, 4] }],
      outputs: [{ name: 'look', type: 'float32', shape: [1, 3] }],
    });
  });

  it('refuses unknown devices and numbers of threads', async () => {
    const bundle = await graphsBundle();
    await expect(openRunner(bundle, { device: 'tpu' })).rejects.toThrow(
      new UsageError('HF_FIELD_VALUE', 'There is no device "tpu": give auto, cuda, webgpu, cpu.', {
        field: 'device',
      }),
    );
    await expect(openRunner(bundle, { threads: 0 })).rejects.toThrow(/give a whole number from 1 to 1024/);
  });

  it('chooses a device by itself and says why not an earlier one', async () => {
    const chosen = await openRunner(await graphsBundle());
    onTestFinished(() => chosen.close());
    expect(chosen.devices.at(-1)).toEqual({ device: chosen.device, problem: undefined });
    for (const { device, problem } of chosen.devices.slice(0, -1)) {
      expect(problem).toMatch(new RegExp(`^${device} is not available[ :].*\\.$`));
    }
    expect((await chosen.run('affine.onnx', affine(1))).scaled?.data[0]).toBe(1);
  });
});

describe('cancelling', () => {
  it('rejects a run at once, and does not begin those that wait', async () => {
    const runner = await cpuRunner();
    await runner.run('slow.onnx', slow(1));
    const before = runner.busyMs;
    await runner.run('slow.onnx', slow(4000));
    const runMs = runner.busyMs - before;
    const controller = new AbortController();
    const runs = Array.from({ length: 50 }, () => runner.run('slow.onnx', slow(4000), controller.signal));
    const results = Promise.allSettled(runs);
    const started = performance.now();
    setTimeout(() => controller.abort(), 20);
    for (const result of await results) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(CancelledError) });
    }
    expect(performance.now() - started, 'rejected before one run has ended').toBeLessThan(20 + runMs);
    await runner.run('affine.onnx', affine(0));
    expect(performance.now() - started, 'the others were not run').toBeLessThan(15 * runMs);
  });

  it('takes no run whose signal has fired', async () => {
    const runner = await cpuRunner();
    await expect(runner.run('affine.onnx', affine(0), AbortSignal.abort())).rejects.toThrow(CancelledError);
  });

  it('ends the runner by its own signal, also while it starts', async () => {
    const controller = new AbortController();
    const runner = await cpuRunner({ signal: controller.signal });
    const run = runner.run('slow.onnx', slow(300));
    controller.abort();
    await expect(run).rejects.toThrow(CancelledError);
    await runner.close();
    await expect(runner.run('affine.onnx', affine(0))).rejects.toThrow(CancelledError);

    const early = new AbortController();
    const opening = openRunner(await graphsBundle(), { device: 'cpu', signal: early.signal });
    early.abort();
    await expect(opening).rejects.toThrow(CancelledError);
  });

  it('closes twice, and rejects what was still asked for', async () => {
    const runner = await cpuRunner();
    const run = runner.run('affine.onnx', affine(0));
    const rejected = expect(run).rejects.toThrow(/models were closed/);
    await runner.close();
    await runner.close();
    await rejected;
  });
});
