import { graphFailure, runCancelled } from './graph-failure.js';
import type { GraphFolder } from './graph-folder.js';
import type { Session } from './ort.js';
import type { SessionHost } from './session-host.js';
import type { FloatTensors, GraphRunner, Tensors } from './tensor.js';

/** Runs graphs in the thread that holds their sessions, without copies: inputs are read where they lie. */
export class LocalRunner implements GraphRunner {
  private readonly spentMs = new Map<string, number>();

  constructor(
    private readonly host: SessionHost,
    private readonly bundle: GraphFolder,
  ) {}

  get device(): string {
    return this.host.device ?? 'none';
  }

  get busyMs(): number {
    return [...this.spentMs.values()].reduce((sum, ms) => sum + ms, 0);
  }

  /** `busyMs` by graph. */
  get graphMs(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.spentMs);
  }

  async run(graph: string, inputs: Tensors, signal?: AbortSignal): Promise<FloatTensors> {
    if (signal?.aborted) throw runCancelled();
    let session: Session | undefined;
    try {
      session = await this.host.session(graph);
      const { outputs, ms } = await session.run(inputs);
      this.spentMs.set(graph, (this.spentMs.get(graph) ?? 0) + ms);
      return outputs;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const device = this.host.device ?? 'cpu';
      throw graphFailure(this.bundle, { graph, device, message, loading: session === undefined });
    }
  }

  close(): Promise<void> {
    return this.host.close();
  }
}
