import type { MessagePort } from 'node:worker_threads';
import type { Device, DeviceReport } from './devices.js';
import type { LocalRunner } from './local-runner.js';
import type { TensorSpec } from './ort.js';
import type { HostSettings } from './session-host.js';
import type { FloatTensors, Tensors } from './tensor.js';

/**
 * More work for a session worker than running graphs on request: a module that exports `serve` (`ServeExtension`), and the worker's end
 * of a channel to the thread that asks for that work.
 */
export interface WorkerExtension {
  /** URL of the module. */
  readonly module: string;
  readonly port: MessagePort;
}

/** Begins to answer what comes by `port`; graphs run in the worker's own thread by `runner`. */
export type ServeExtension = (port: MessagePort, runner: LocalRunner) => void;

/** What a session worker is started with. */
export interface WorkerSettings extends HostSettings {
  /** Name of the bundle, for sentences. */
  readonly name: string;
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
  | { readonly kind: 'run'; readonly id: number; readonly graph: string; readonly inputs: Tensors }
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
