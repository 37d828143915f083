import type { Bundle, BundleRunner, RunnerOptions } from '../../models/index.js';
import type { DrawnFrame } from '../../stages/two-stage.js';
import { knownThreads, measureThreads, type ThreadWish, usualThreads } from '../choice/threads.js';
import { DrawClient } from './draw-client.js';
import type { ClipSetup, FrameJob } from './draw-messages.js';

/** A clip that is open in every worker. */
export interface ClipDrawer {
  draw(job: FrameJob, signal?: AbortSignal): Promise<DrawnFrame>;
  close(): Promise<void>;
}

/** Milliseconds of all workers together. */
export interface Spent {
  readonly drawing: number;
  /** Inside ONNX Runtime within them, by graph. */
  readonly graphs: Readonly<Record<string, number>>;
}

/**
 * On CUDA a second worker draws conditions while the first one's graphs run. ONNX Runtime 1.30 has one WebGPU context for all threads of a
 * process, which two of them spoil for each other ("No cached or pending pipeline").
 */
function mostWorkers(device: string): number {
  return device === 'cpu' ? Infinity : device === 'cuda' ? 2 : 1;
}

export interface PoolOptions extends RunnerOptions, Pick<ThreadWish, 'begun'> {
  /** Fulfilled when graphs may be loaded: measuring waits for it. */
  readonly checked: Promise<void>;
}

/** Worker threads that draw whole frames, one frame a worker at a time. */
export class DrawPool {
  private readonly members: DrawClient[];
  private others: Promise<void> | undefined;
  private nextClip = 1;
  private closed = false;

  private constructor(
    private readonly first: DrawClient,
    /** Frames that are drawn at a time. */
    readonly workers: number,
    /** Threads within a graph. */
    readonly graphThreads: number,
    private readonly openAnother: () => Promise<DrawClient>,
  ) {
    this.members = [first];
  }

  /** Resolves when the first worker has found a device; the others are opened with the first clip, and join when they are ready. */
  static async open(bundle: Bundle, { begun, checked, ...options }: PoolOptions): Promise<DrawPool> {
    const { threads, signal } = options;
    const open = (more: RunnerOptions): Promise<DrawClient> =>
      DrawClient.open(bundle, { ...options, ...more });
    const known = await knownThreads(bundle, { threads, begun });
    let layout = known ?? usualThreads(bundle);
    let first = await open({ threads: layout.threads });
    const { device } = first.runner;
    if (!known && device === 'cpu') {
      const used = layout;
      await checked;
      layout = await measureThreads(bundle, signal);
      if (layout.threads !== used.threads) {
        await first.close();
        first = await open({ device, threads: layout.threads });
      }
    }
    const workers = Math.min(layout.workers, mostWorkers(device));
    return new DrawPool(first, workers, layout.threads, () => open({ device, threads: layout.threads }));
  }

  /** For graphs that run once a clip, and for what is known of the device. */
  get runner(): BundleRunner {
    return this.first.runner;
  }

  get spent(): Spent {
    const graphs: Record<string, number> = {};
    let drawing = 0;
    for (const { spent } of this.members) {
      drawing += spent.drawing;
      for (const [graph, ms] of spent.graphs) graphs[graph] = (graphs[graph] ?? 0) + ms;
    }
    return { drawing, graphs };
  }

  /** Makes a clip ready to be drawn; where that fails, drawing rejects with `HandfirstError`s. */
  openClip(setup: ClipSetup): ClipDrawer {
    const clip = this.nextClip++;
    const opening = Promise.all(this.members.map((member) => member.openClip(clip, setup)));
    // Not earlier: until then the first worker and this thread have enough to do for two cores.
    void opening.then(
      () => this.openOthers(),
      () => undefined,
    );
    return {
      draw: async (job, signal) => {
        const member = this.leastLoaded();
        const opened = member.openClip(clip, setup);
        // Asked for at once, so that the next frame sees this worker's load; requests are served in order.
        const [frame] = await Promise.all([member.draw(clip, job, signal), opened]);
        return frame;
      },
      close: async () => {
        for (const member of this.members) member.closeClip(clip);
      },
    };
  }

  /** Loads graphs in every worker. */
  async warm(graphs: readonly string[]): Promise<void> {
    await this.openOthers();
    const loads = this.members.flatMap(({ runner }) => graphs.map((graph) => runner.describe(graph)));
    await Promise.all(loads);
  }

  /** Loads graphs in the first worker, for the first frame; where one cannot be loaded, the frame says so. */
  preload(graphs: readonly string[]): void {
    for (const graph of graphs) this.first.runner.describe(graph).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.others;
    await Promise.all(this.members.map((member) => member.close()));
  }

  /** Where there is no room for another worker, those that are there draw. */
  private openOthers(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.others ??= Promise.all(
      Array.from({ length: this.workers - 1 }, () =>
        this.openAnother().then(
          (client) => void this.members.push(client),
          () => undefined,
        ),
      ),
    ).then(() => undefined);
    return this.others;
  }

  private leastLoaded(): DrawClient {
    return this.members.reduce((least, member) => (member.load < least.load ? member : least));
  }
}
