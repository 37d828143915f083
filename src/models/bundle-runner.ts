import type { DeviceReport } from './devices.js';
import type { GraphDescription } from './session-messages.js';
import type { GraphRunner } from './tensor.js';

/** A runner that also tells about its device and its graphs. */
export interface BundleRunner extends GraphRunner {
  /** Every device tried, in order: the last is the one in use, the others say why they are not. */
  readonly devices: readonly DeviceReport[];
  /** Loads a graph if need be. Rejects with `DeviceError` where it cannot be loaded. */
  describe(graph: string): Promise<GraphDescription>;
}
