import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, UsageError } from '../errors.js';
import type { Engine, GenerateOptions } from '../pipeline/index.js';
import { formatCaptions } from '../video/index.js';
import type { Clips } from './clips.js';
import { type Export, Exports, framePng } from './exports.js';
import { inspectFrame } from './inspection.js';
import {
  captionsOf,
  equivalentCommand,
  fullPass,
  livePass,
  livePreset,
  type PassTools,
  videoName,
} from './passes.js';
import { frameFile, inspectionFile } from './pictures.js';
import { planRun } from './plan-run.js';
import type {
  ExportFormat,
  Failure,
  InspectionState,
  PassName,
  PassState,
  QueueEntry,
  RunRequest,
  RunState,
  WorkState,
} from './protocol.js';
import { type Run, type RunPlan, runState } from './run.js';
import { failureOf } from './sentence.js';
import { type Work, WorkQueue } from './work-queue.js';
import type { Workspace } from './workspace.js';

interface RunWork extends Work {
  readonly entry: QueueEntry;
}

/** What runs need from around them. */
export interface RunsSurroundings {
  readonly workspace: Workspace;
  readonly clips: Clips;
  /** Resolves when the models are there. */
  readonly engine: Promise<Engine>;
  /** Flags that the preview was started with. */
  readonly started: Pick<GenerateOptions, 'method' | 'runtime'>;
  readonly changed: () => void;
}

/** Everything that was asked to be drawn, until it is removed. */
export class Runs {
  private readonly runs = new Map<string, Run>();
  private readonly exports = new Exports();
  private readonly queue: WorkQueue<RunWork>;

  constructor(private readonly around: RunsSurroundings) {
    this.queue = new WorkQueue(around.changed);
  }

  get states(): RunState[] {
    return [...this.runs.values()].map(runState);
  }

  get waiting(): QueueEntry[] {
    return this.queue.entries.map(({ entry }) => entry);
  }

  /** Puts the live pass, then the full one, into the queue. Throws `UsageError`. */
  async add(request: RunRequest): Promise<RunState> {
    const run = this.begin(await planRun(request, this.around));
    if (run.passes.live) this.enqueue(run, 'live');
    this.enqueue(run, 'full');
    return runState(run);
  }

  /** Ends a run and removes everything that was made of it. */
  async remove(id: string): Promise<void> {
    const { plan } = this.get(id);
    this.cancel(id);
    this.runs.delete(id);
    this.around.changed();
    await rm(plan.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  cancel(id: string): void {
    const run = this.get(id);
    run.stop.abort();
    const ended = (state: WorkState): WorkState =>
      state === 'waiting' || state === 'drawing' || state === 'paused' ? 'cancelled' : state;
    const { live, full } = run.passes;
    if (live) run.passes.live = { ...live, state: ended(live.state) };
    run.passes.full = { ...full, state: ended(full.state) };
    run.inspections.forEach((inspection, i) => {
      run.inspections[i] = { ...inspection, state: ended(inspection.state) };
    });
    this.around.changed();
  }

  /** Asks for every intermediate of a frame. A run that was cancelled can still be looked into. */
  inspect(id: string, frame: number): void {
    const run = this.get(id);
    const known = run.inspections.find((inspection) => inspection.frame === frame);
    if (known && known.state !== 'failed' && known.state !== 'cancelled') return;
    if (run.stop.signal.aborted) run.stop = new AbortController();
    const { signal } = run.stop;
    const tell = (change: Partial<InspectionState>): void => {
      const at = run.inspections.findIndex((inspection) => inspection.frame === frame);
      const before = run.inspections[at];
      if (before && before.state !== 'cancelled') run.inspections[at] = { ...before, ...change };
      this.around.changed();
    };
    if (known) run.inspections.splice(run.inspections.indexOf(known), 1);
    run.inspections.push({ frame, state: 'waiting', pictures: [] });
    const work = async (): Promise<void> => {
      try {
        tell({ state: 'drawing' });
        const pictures = await inspectFrame(run, frame, await this.around.engine);
        tell({ state: 'done', pictures });
      } catch (error) {
        tell({ state: stateAfter(error), failure: this.failure(error) });
      }
    };
    this.queue.add({ entry: { run: id, what: 'inspection' }, urgent: true, signal, run: work });
  }

  /** Path of a frame's picture. Throws `UsageError` where it has not been drawn. */
  framePath(id: string, pass: PassName, frame: number): string {
    const { passes, plan } = this.get(id);
    if (frame >= (passes[pass]?.done ?? 0)) {
      throw new UsageError('HF_PREVIEW_NOT_READY', `Frame ${frame} has not been drawn.`, { frame });
    }
    return join(plan.folder, frameFile(pass, frame));
  }

  inspectionPath(id: string, frame: number, k: number): string {
    const { inspections, plan } = this.get(id);
    const inspection = inspections.find((candidate) => candidate.frame === frame);
    if (!inspection?.pictures[k])
      throw new UsageError('HF_PREVIEW_NOT_READY', `Frame ${frame} has not been looked into.`, { frame });
    return join(plan.folder, inspectionFile(frame, k));
  }

  /** The video in a format, made where it is not there yet. */
  save(id: string, format: ExportFormat): Promise<Export> {
    return this.exports.of(this.get(id), format);
  }

  /** One frame as PNG. */
  saveFrame(id: string, frame: number): Promise<{ name: string; bytes: Buffer }> {
    return framePng(this.get(id), frame);
  }

  /** What is signed when, as WebVTT. */
  captions(id: string): { name: string; text: string } {
    const { plan } = this.get(id);
    return { name: videoName({ plan }).replace(/\.\w+$/, '.vtt'), text: formatCaptions(captionsOf(plan)) };
  }

  /** Ends everything that is being drawn or waits. */
  close(): void {
    for (const id of this.runs.keys()) this.cancel(id);
  }

  private get(id: string): Run {
    const run = this.runs.get(id);
    if (run) return run;
    throw new UsageError('HF_PREVIEW_GONE', 'That run is not here any more: press Generate again.');
  }

  private begin(plan: RunPlan): Run {
    const { total, variant } = plan;
    const pass = (preset: string): PassState => ({
      state: 'waiting',
      preset,
      done: 0,
      ...(total === undefined ? {} : { total }),
    });
    const live = livePreset(variant.preset);
    const parts = { plan, stop: new AbortController(), notes: [] };
    const run: Run = {
      ...parts,
      passes: { ...(live === undefined ? {} : { live: pass(live) }), full: pass(variant.preset) },
      inspections: [],
      command: equivalentCommand(parts, this.around.started),
    };
    this.runs.set(plan.id, run);
    return run;
  }

  private enqueue(run: Run, what: PassName): void {
    const { changed } = this.around;
    const { signal } = run.stop;
    const tell = (state: WorkState): void => {
      const before = run.passes[what];
      if (before && before.state !== 'cancelled') run.passes[what] = { ...before, state };
      changed();
    };
    const work = async (): Promise<void> => {
      if (run.failure !== undefined) return tell('failed');
      try {
        tell('drawing');
        const engine = await this.around.engine;
        const tools: PassTools = { engine, changed, giveWay: () => this.queue.giveWay() };
        await (what === 'live' ? livePass : fullPass)(run, tools);
        tell('done');
      } catch (error) {
        if (!signal.aborted) run.failure = this.failure(error);
        tell(stateAfter(error));
      }
    };
    const entry = { run: run.plan.id, what };
    this.queue.add({ entry, urgent: what === 'live', signal, run: work });
  }

  private failure(error: unknown): Failure {
    return failureOf(error, (sentence) => this.around.workspace.inWords(sentence));
  }
}

function stateAfter(error: unknown): WorkState {
  return error instanceof CancelledError ? 'cancelled' : 'failed';
}
