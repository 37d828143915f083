import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, UsageError } from '../errors.js';
import { type Engine, type GenerateOptions, listPresets, loadPreset } from '../pipeline/index.js';
import type { Clips } from './clips.js';
import { inspectFrame } from './inspection.js';
import { equivalentCommand, fullPass, type PassTools, quickPass, quickStride } from './passes.js';
import { frameFile, inspectionFile } from './pictures.js';
import type { InspectionState, PassName, QueueEntry, RunRequest, RunState, WorkState } from './protocol.js';
import { type Run, type RunPlan, runState } from './run.js';
import { sentenceOf } from './sentence.js';
import { type Work, WorkQueue } from './work-queue.js';
import type { Workspace } from './workspace.js';

interface RunWork extends Work {
  readonly entry: QueueEntry;
}

type Variant = Required<RunRequest>['variants'][number];

/** Runs that are kept; of older ones the finished go with their pictures. */
const KEPT_RUNS = 12;

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

/** Everything that was asked to be drawn. */
export class Runs {
  private readonly runs = new Map<string, Run>();
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

  /** Puts the quick passes of all variants, then their full passes, into the queue. Throws `UsageError`. */
  async add({ clip, from, to, speed = 1, variants }: RunRequest): Promise<RunState[]> {
    const plans: RunPlan[] = [];
    for (const variant of variants) plans.push(await this.plan({ clip, from, to, speed }, variant));
    const runs = plans.map((plan) => this.begin(plan));
    for (const run of runs) this.enqueue(run, 'quick');
    for (const run of runs) this.enqueue(run, 'full');
    await this.dropOldest();
    return runs.map(runState);
  }

  cancel(id: string): void {
    const run = this.get(id);
    run.stop.abort();
    const ended = (state: WorkState): WorkState =>
      state === 'waiting' || state === 'drawing' || state === 'paused' ? 'cancelled' : state;
    for (const pass of ['quick', 'full'] as const) {
      run.passes[pass] = { ...run.passes[pass], state: ended(run.passes[pass].state) };
    }
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
        tell({ state: stateAfter(error), error: this.sentence(error) });
      }
    };
    this.queue.add({ entry: { run: id, what: 'inspection' }, urgent: true, signal, run: work });
  }

  /** Path of a frame's picture. Throws `UsageError` where it has not been drawn. */
  framePath(id: string, pass: PassName, frame: number): string {
    const { passes, plan } = this.get(id);
    const { done, stride } = passes[pass];
    if (frame % stride !== 0 || frame / stride >= done) {
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

  video(id: string): { path: string; name: string; bytes: number } {
    const { video, plan } = this.get(id);
    if (!video)
      throw new UsageError(
        'HF_PREVIEW_NOT_READY',
        'The video is not finished: wait until every frame has been drawn.',
      );
    return { ...video, path: join(plan.folder, `video${video.name.slice(video.name.lastIndexOf('.'))}`) };
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

  private async plan(
    { clip, from, to, speed = 1 }: Omit<RunRequest, 'variants'>,
    variant: Variant,
  ): Promise<RunPlan> {
    const { clips, workspace } = this.around;
    const { state, file } = clips.get(clip);
    const known = state.whole ? state.frames : state.expected;
    if (known !== undefined && from >= known) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `${file.name} has ${known} frames, so there is none from frame ${from} on: give a \`range\` within it.`,
        { file: file.name, frame: from, field: 'range' },
      );
    }
    if (to !== undefined && to <= from) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `The range ${from}:${to} makes no sense: give a \`range\` FROM:TO with 0 <= FROM < TO.`,
        { field: 'range' },
      );
    }
    const { prompt = '', seed = 0, preset, background, reference, signer } = variant;
    loadPreset(listPresets().includes(preset) ? preset : `${preset}?`);
    const end = known === undefined ? to : Math.min(to ?? known, known);
    return {
      id: randomUUID(),
      clip,
      file,
      ...(reference === undefined ? {} : { reference: workspace.file(reference) }),
      variant: {
        prompt,
        seed,
        preset,
        background,
        ...(reference === undefined ? {} : { reference }),
        ...(signer === undefined ? {} : { signer }),
      },
      source: state.source,
      fps: Math.round(state.fps * speed * 1000) / 1000,
      otherFps: speed !== 1,
      from,
      ...(end === undefined || end === known ? {} : { to: end }),
      ...(end === undefined ? {} : { total: end - from }),
      folder: await workspace.newFolder(),
    };
  }

  private begin(plan: RunPlan): Run {
    const { total } = plan;
    const stride = quickStride(total);
    const count = (n: number | undefined) => (n === undefined ? {} : { total: n });
    const parts = { plan, stop: new AbortController(), notes: [] };
    const run: Run = {
      ...parts,
      passes: {
        quick: { state: 'waiting', done: 0, stride, ...count(total && Math.ceil(total / stride)) },
        full: { state: 'waiting', done: 0, stride: 1, ...count(total) },
      },
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
      if (run.passes[what].state !== 'cancelled') run.passes[what] = { ...run.passes[what], state };
      changed();
    };
    const work = async (): Promise<void> => {
      if (run.error !== undefined) return tell('cancelled');
      try {
        tell('drawing');
        const engine = await this.around.engine;
        const tools: PassTools = { engine, changed, giveWay: () => this.queue.giveWay() };
        await (what === 'quick' ? quickPass : fullPass)(run, tools);
        tell('done');
      } catch (error) {
        if (!signal.aborted) run.error = this.sentence(error);
        tell(stateAfter(error));
      }
    };
    const entry = { run: run.plan.id, what };
    this.queue.add({ entry, urgent: what === 'quick', signal, run: work });
  }

  private sentence(error: unknown): string {
    return this.around.workspace.inWords(sentenceOf(error));
  }

  private async dropOldest(): Promise<void> {
    const busy = new Set(this.waiting.map(({ run }) => run));
    const old = [...this.runs.keys()].slice(0, Math.max(0, this.runs.size - KEPT_RUNS));
    for (const id of old.filter((candidate) => !busy.has(candidate))) {
      const { plan } = this.get(id);
      this.runs.delete(id);
      await rm(plan.folder, { recursive: true, force: true });
    }
  }
}

function stateAfter(error: unknown): WorkState {
  return error instanceof CancelledError ? 'cancelled' : 'failed';
}
