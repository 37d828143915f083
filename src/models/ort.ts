/*
 * The only file that touches ONNX Runtime in this process. Settings and advice below were measured with onnxruntime-node 1.30 on 2 cores with AVX2,
 * on a convolutional U-Net of 10.9M parameters and 12 GFLOP at 64 x 64 latents (fp32, static shapes).
 *
 * Settings, ms a run (wall clock on idle cores; CPU time of one thread where it says so):
 *   optimisation all 79, extended 98, basic 114: the gain is the blocked NCHWc layout of convolutions.
 *   threads: 2 take 79, 1 takes 150. Two workers of one thread take 83 a run with twice the memory, so there is one worker.
 *   executionMode parallel 192, against 79: sequential. Memory arena off 87; memory patterns off: no difference in CPU time.
 *   allow_spinning off: 119 against 96 for graphs alone, 370 against 465 where other programs hold both. Off: a whole clip went from
 *   1.4 to 2.3 frames a second, since conditions and the encoder need the cores that waiting threads would keep.
 *   denormals as zero, prepacking off: within 5 %, which is noise.
 *   one graph with 4 unrolled DDIM steps: 675 of CPU time against 668 for four runs, and 485 against 290 to load, so
 *   separate steps stay.
 *   Results are the same bytes for 1 and 2 threads, and from run to run.
 *
 * What makes a graph fast here (GFLOP/s of one core; its matrix product peaks at 93):
 *   3x3 convolution: 83 at 64 channels on 64 x 64, 88 at 128 on 32 x 32, 84 at 256 on 16 x 16, 76 at 512 on 8 x 8. There
 *   is no Winograd, so time is FLOPs. Multiples of 32 channels are best: 69 at 60 channels, 72 at 72.
 *   A first convolution with 18 input channels on 256 x 256 takes 2 ms longer than one with 24.
 *   1x1: 60 to 70. Depthwise 3x3: 15, yet depthwise and 1x1 together cost 0.23 of the full 3x3 of 64 channels.
 *   SiLU and ReLU are free beside a 3x3; group normalisation and SiLU after each add 18 %.
 *   From 32 x 32 to 64 x 64 and 128 to 64 channels: 3x3 after enlarging 8.4 ms, transposed 2x2 1.6, 1x1 before enlarging 0.6.
 */
import * as ort from 'onnxruntime-node';
import type { Device } from './devices.js';
import { fromHalf, toHalf } from './half.js';
import type { FloatTensor, Tensor, Tensors } from './tensor.js';

/** Name, element type and shape of a graph's input or output; a dimension with a name is free. */
export interface TensorSpec {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** A graph, loaded on a device. */
export interface Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Blocks its thread while the graph runs. `ms`: time inside ONNX Runtime. Throws the runtime's own errors. */
  run(inputs: Tensors): Promise<{ outputs: Record<string, FloatTensor>; ms: number }>;
  release(): Promise<void>;
}

/** What a session may be given. `threads`: absent lets ONNX Runtime take one a physical core. */
export interface SessionOptions {
  readonly device: Device;
  readonly threads?: number;
}

// Failures come back as errors: the runtime need not print them as well.
ort.env.logLevel = 'fatal';

/** The devices that this build of ONNX Runtime knows; their drivers may still be missing. */
export function supportedDevices(): string[] {
  return ort.listSupportedBackends().map((backend) => backend.name);
}

/** Loads the graph at `file` (or its bytes). Throws the runtime's own errors. */
export async function openSession(file: string | Uint8Array, options: SessionOptions): Promise<Session> {
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: [providerOf(options.device)],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    logSeverityLevel: 4,
    // Threads that spin while they wait take the cores from the drawing of the next frame's conditions and from the encoder.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
  };
  // Two calls, since the overloads take a path and bytes apart.
  const session =
    typeof file === 'string'
      ? await ort.InferenceSession.create(file, settings)
      : await ort.InferenceSession.create(file, settings);
  const inputs = session.inputMetadata.map(specOf);
  return {
    inputs,
    outputs: session.outputMetadata.map(specOf),
    async run(tensors) {
      const feeds: Record<string, ort.Tensor> = {};
      for (const spec of inputs) {
        const tensor = tensors[spec.name];
        if (!tensor) throw new Error(`its input "${spec.name}" was not given`);
        feeds[spec.name] = feed(spec, tensor);
      }
      const start = performance.now();
      const results = await session.run(feeds);
      const ms = performance.now() - start;
      const outputs = Object.entries(results).map(([name, result]) => [name, fetched(name, result)] as const);
      return { outputs: Object.fromEntries(outputs), ms };
    },
    release: () => session.release(),
  };
}

/**
 * With channels last, which it takes by itself, the WebGPU provider of ONNX Runtime 1.30 counts a convolution wrongly whose input channels are
 * a multiple of 3 above 3 and none of 4, such as 6 or 21, and whose output channels are one of 4.
 */
export function providerOf(device: Device): ort.InferenceSession.ExecutionProviderConfig {
  return device === 'webgpu' ? { name: device, preferredLayout: 'NCHW' } : device;
}

function specOf(meta: ort.InferenceSession.ValueMetadata): TensorSpec {
  return meta.isTensor
    ? { name: meta.name, type: meta.type, shape: meta.shape }
    : { name: meta.name, type: 'no tensor', shape: [] };
}

function feed(spec: TensorSpec, tensor: Tensor): ort.Tensor {
  const { data } = tensor;
  const dims = [...tensor.dims];
  if (data instanceof Float32Array && spec.type === 'float32') return new ort.Tensor('float32', data, dims);
  if (data instanceof Float32Array && spec.type === 'float16')
    return new ort.Tensor('float16', toHalf(data), dims);
  if (data instanceof BigInt64Array && spec.type === 'int64') return new ort.Tensor('int64', data, dims);
  if (data instanceof Int32Array && spec.type === 'int32') return new ort.Tensor('int32', data, dims);
  throw new Error(`its input "${spec.name}" takes ${spec.type}, and was given a ${data.constructor.name}`);
}

function fetched(name: string, result: ort.Tensor): FloatTensor {
  const { data, dims } = result;
  if (data instanceof Float32Array) return { dims, data };
  if (result.type === 'float16' && ArrayBuffer.isView(data)) {
    return { dims, data: fromHalf(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)) };
  }
  throw new Error(`its output "${name}" is ${result.type}, where float32 or float16 is needed`);
}
