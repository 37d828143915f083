import type { Bundle, BundleRunner, RunnerOptions } from '../../models/index.js';
import type { DrawnFrame } from '../../stages/two-stage.js';
import { DrawClient } from './draw-client.js';
import type { ClipSetup, FrameJob } from './draw-messages.js';
import { threadLayout } from './layout.js';

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

/** Worker threads that draw whole frames, one frame a worker at a time. */
export class DrawPool {
  private readonly members: DrawClient[];
  private readonly others: Promise<void>;
  private nextClip = 1;

  private constructor(
    private readonly first: DrawClient,
    /** Frames that are drawn at a time. */
    readonly workers: number,
    more: readonly Promise<DrawClient>[],
  ) {
    this.members = [first];
    this.others = Promise.all(more.map((one) => one.then((client) => this.members.push(client)))).then(
      () => undefined,
    );
    // Where there is no room for another worker, those that are there draw.
    this.others.catch(() => undefined);
  }

  /** Resolves as soon as the first worker has found a device; the others join it when they are ready. */
  static async open(bundle: Bundle, options: RunnerOptions): Promise<DrawPool> {
    const bytes = Object.entries(bundle.manifest.files).map(([name, file]) =>
      name.endsWith('.onnx') ? file.bytes : 0,
    );
    const layout = threadLayout(
      options.threads,
      bytes.reduce((sum, size) => sum + size, 0),
    );
    const first = await DrawClient.open(bundle, { ...options, threads: layout.threads });
    const { device } = first.runner;
    // On a graphics processor a second worker draws conditions while the first one's graphs run.
    const workers = device === 'cpu' ? layout.workers : Math.min(2, layout.workers);
    const rest = Array.from({ length: workers - 1 }, () =>
      DrawClient.open(bundle, { ...options, device, threads: layout.threads }),
    );
    return new DrawPool(first, workers, rest);
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

  /** Makes a clip ready to be drawn. Rejects with `HandfirstError`s. */
  async openClip(setup: ClipSetup): Promise<ClipDrawer> {
    const clip = this.nextClip++;
    await Promise.all(this.members.map((member) => member.openClip(clip, setup)));
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
    await this.others.catch(() => undefined);
    const loads = this.members.flatMap(({ runner }) => graphs.map((graph) => runner.describe(graph)));
    await Promise.all(loads);
  }

  async close(): Promise<void> {
    await this.others.catch(() => undefined);
    await Promise.all(this.members.map((member) => member.close()));
  }

  private leastLoaded(): DrawClient {
    return this.members.reduce((least, member) => (member.load < least.load ? member : least));
  }
}
