/** A tensor as the engine passes it between stages: row-major data and its shape. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array;
}

/** A tensor of float32 values. */
export interface FloatTensor extends Tensor {
  readonly data: Float32Array;
}

/** Named inputs or outputs of a graph. */
export type Tensors = Readonly<Record<string, Tensor>>;
export type FloatTensors = Readonly<Record<string, FloatTensor>>;

/**
 * Runs a bundle's graphs by file name. Implemented by a worker thread that holds the sessions, and by fakes in tests.
 * `run` rejects with `DeviceError` where the graph fails; float16 outputs arrive as float32.
 */
export interface GraphRunner {
  /** One run of a graph, by the names of its inputs and outputs. Rejects with `CancelledError` by `signal`. */
  run(graph: string, inputs: Tensors, signal?: AbortSignal): Promise<FloatTensors>;
  /** The execution provider in use: `cuda`, `webgpu` or `cpu`. */
  readonly device: string;
  /** Milliseconds spent inside ONNX Runtime so far. */
  readonly busyMs: number;
  /** Frees the graphs; what still runs is rejected. */
  close(): Promise<void>;
}
