import type { FloatTensors, GraphRunner, Tensors } from '../../src/models/tensor.js';

/** Runs graphs by another runner and keeps a copy of what went into them, in order. */
export class RecordingRunner implements GraphRunner {
  private readonly runs: { graph: string; inputs: Record<string, number[]> }[] = [];

  constructor(private readonly runner: GraphRunner) {}

  get device(): string {
    return this.runner.device;
  }

  get busyMs(): number {
    return this.runner.busyMs;
  }

  run(graph: string, inputs: Tensors, signal?: AbortSignal): Promise<FloatTensors> {
    const copies = Object.entries(inputs).map(
      ([name, { data }]) => [name, Array.from(data, Number)] as const,
    );
    this.runs.push({ graph, inputs: Object.fromEntries(copies) });
    return this.runner.run(graph, inputs, signal);
  }

  /** Values of `input` in the runs of `graph` so far. */
  inputs(graph: string, input: string): number[][] {
    return this.runs.filter((run) => run.graph === graph).map((run) => run.inputs[input] ?? []);
  }

  close(): Promise<void> {
    return this.runner.close();
  }
}
