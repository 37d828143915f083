import type { MessagePort } from 'node:worker_threads';
import type { Device, DeviceReport } from './devices.js';
import type { SentInputs } from './kept-inputs.js';
import type { TensorSpec } from './ort.js';
import type { FloatTensors, GraphRunner } from './tensor.js';

/** A folder of graphs: a bundle, or networks of another kind. */
export interface GraphFolder {
  readonly folder: string;
  readonly manifest: { readonly name: string };
  /** What to do about a graph that fails; default: have a look at the bundle. */
  readonly advice?: string;
}

/**
 * More work for a session worker than running graphs on request: a module that exports `serve` (`ServeExtension`), and the worker's end
 * of a channel to whoever asks for that work.
 */
export interface WorkerExtension {
  /** URL of the module. */
  readonly module: string;
  readonly port: MessagePort;
}

/** Begins to answer what comes by `port`; graphs run in the worker's own thread by `runner`. */
export type ServeExtension = (port: MessagePort, runner: GraphRunner) => void;

/** What a session worker is started with. */
export interface WorkerSettings {
  /** Absolute folder of the bundle's graphs. */
  readonly folder: string;
  /** Name of the bundle, for sentences. */
  readonly name: string;
  readonly devices: readonly Device[];
  readonly threads?: number;
  /** Int32 flags: a request's slot (`id % length`) holds its id once it was cancelled. */
  readonly cancelled: SharedArrayBuffer;
  readonly extension?: WorkerExtension;
}

/** Inputs and outputs of a graph, as its file says. */
export interface GraphDescription {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

export type Request =
  | { readonly kind: 'run'; readonly id: number; readonly graph: string; readonly sent: SentInputs }
  | { readonly kind: 'describe'; readonly id: number; readonly graph: string }
  | { readonly kind: 'close' };

export type Reply =
  /** First message; `device` is absent where none could be used. */
  | { readonly kind: 'ready'; readonly device?: Device; readonly reports: readonly DeviceReport[] }
  | { readonly kind: 'outputs'; readonly id: number; readonly outputs: FloatTensors; readonly ms: number }
  | { readonly kind: 'description'; readonly id: number; readonly description: GraphDescription }
  /** `message`: the runtime's words. `loading`: the graph could not be loaded, otherwise it failed while it ran. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly loading: boolean }
  | { readonly kind: 'skipped'; readonly id: number };
