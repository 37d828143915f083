import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClipOptions,
  type ClipOrder,
  type DoneClip,
  proofKey,
  type Store,
  stateOf,
  writeDone,
} from '../batch/index.js';
import { hashFile } from '../file-hash.js';
import {
  type Begun,
  begunIn,
  drawPictures,
  type Engine,
  provenance,
  RunEvents,
  Session,
} from '../pipeline/index.js';
import {
  type ApartVideo,
  joinApart,
  layoutSize,
  openApartSegment,
  planApart,
  proofFile,
  type SegmentPlace,
  type SegmentRecord,
  segmentsOf,
} from '../video/index.js';
import { InputCache } from './inputs.js';
import type { JoinJob, PlannedClip } from './jobs.js';
import { fetchSegment, removeSegments, storedSegment, storeSegment } from './segment-store.js';
import type { Stage } from './stage.js';

/** What a worker draws with. */
export interface DrawingParts {
  readonly engine: Engine;
  readonly threads: number;
  readonly store: Store;
  /** A folder of this worker alone, for what is in work and for copies of inputs. */
  readonly folder: string;
}

/** A clip that is open, since its next segment is likely to come to the same worker. */
interface OpenClip {
  readonly order: ClipOrder;
  readonly session: Session;
  readonly options: ClipOptions;
  readonly warnings: readonly string[];
}

/** Draws with models. */
export class DrawingStage implements Stage {
  private kept: OpenClip | undefined;
  private readonly inputs: InputCache;

  constructor(private readonly parts: DrawingParts) {
    this.inputs = new InputCache(parts.store, join(parts.folder, 'inputs'));
  }

  async plan(order: ClipOrder, signal: AbortSignal): Promise<PlannedClip> {
    // A segment of another clip may be in work meanwhile, so this one is opened beside it.
    const opened = await this.openClip(order, signal);
    const { session, options, warnings } = opened;
    try {
      const { layout = 'plain', audio, encoding } = options.output;
      const video = await planApart({
        path: order.clip.output.path,
        ...layoutSize(layout, session.size, session.size),
        fps: session.clip.info.fps,
        alpha: options.look?.background === 'transparent',
        metadata: await provenance(session, this.runnable(options), this.runnable(order.clip)),
        audio,
        encoding,
      });
      const segments = segmentsOf(video, session.frameCount ?? 0);
      return { video, segments, fps: session.clip.info.fps, warnings };
    } finally {
      await this.closeClip(opened);
    }
  }

  async draw(
    order: ClipOrder,
    video: ApartVideo,
    place: SegmentPlace,
    signal: AbortSignal,
  ): Promise<SegmentRecord> {
    const { store } = this.parts;
    const before = await storedSegment(store, { order, video }, place.index);
    if (before) return before;
    const { session, options } = await this.keptClip(order, video, signal);
    return this.aside(async (folder) => {
      const segment = await openApartSegment(video, place, {
        folder,
        output: order.clip.output.path,
        signal,
      });
      try {
        const range = { skip: place.firstFrame, count: place.frames };
        await drawPictures(session, { ...options, signal }, range, (picture) => segment.write(picture));
        const record = await segment.close();
        await storeSegment(store, { order, video }, record, folder);
        return record;
      } catch (error) {
        await segment.discard();
        throw this.inputs.inNamesOf(order, error);
      }
    });
  }

  async join(
    { order, video, fps, warnings }: JoinJob,
    records: readonly SegmentRecord[],
    signal: AbortSignal,
  ): Promise<DoneClip> {
    const { store } = this.parts;
    const { done: before } = await stateOf(store, order);
    if (before) return before;
    const output = order.clip.output.path;
    return this.aside(async (folder) => {
      for (const record of records) await fetchSegment(store, { order, video }, record, folder);
      const joined = await this.joinWith(order, (audio) =>
        joinApart(video, records, { folder, output, signal, audio }),
      );
      const { path, sha256, frames } = joined;
      signal.throwIfAborted();
      const proof = proofFile(path, video.plan.format);
      if (video.plan.format === 'png')
        for (const name of (await readdir(path)).filter((file) => join(path, file) !== proof).sort())
          await store.put(`${output.replace(/\/+$/, '')}/${name}`, join(path, name));
      await store.put(proofKey(output), proof);
      const { size: bytes } = await stat(proof);
      const done = { output, key: order.key, sha256, frames, fps, bytes, warnings: [...warnings] };
      await writeDone(store, done);
      await removeSegments(store, { order, video });
      return done;
    });
  }

  async close(): Promise<void> {
    const { kept } = this;
    this.kept = undefined;
    if (kept) await this.closeClip(kept);
  }

  /** Joins with the clip's sound, where it has one. */
  private async joinWith<T>(order: ClipOrder, work: (audio: string | undefined) => Promise<T>): Promise<T> {
    if (order.clip.output.audio === undefined) return work(undefined);
    const { output } = await this.inputs.take(order);
    try {
      return await work(output.audio);
    } finally {
      await this.inputs.release(order);
    }
  }

  private async closeClip({ session, order }: OpenClip): Promise<void> {
    await session.close();
    await this.inputs.release(order);
  }

  /** The clip, opened once however many of its segments come one after another. */
  private async keptClip(order: ClipOrder, video: ApartVideo, signal: AbortSignal): Promise<OpenClip> {
    if (this.kept?.order.key === order.key) return this.kept;
    await this.close();
    // The worker that planned the clip chose what changes its bytes.
    this.kept = await this.openClip(order, signal, begunIn(video.metadata));
    return this.kept;
  }

  private async openClip(order: ClipOrder, signal: AbortSignal, begun?: Begun): Promise<OpenClip> {
    const options = await this.inputs.take(order);
    try {
      await this.checkInput(order, options.input);
      const warnings: string[] = [];
      const events = new RunEvents();
      events.on('note', ({ kind, sentence }) => {
        if (kind === 'warning') warnings.push(this.inputs.inNames(order, sentence));
      });
      signal.throwIfAborted();
      const asked = { ...this.runnable(options), watch: { events } };
      const session = await Session.open(asked, this.parts.engine, { begun });
      return { order, session, options, warnings };
    } catch (error) {
      await this.inputs.release(order);
      throw this.inputs.inNamesOf(order, error);
    }
  }

  /** A copy that is damaged is fetched again by the next attempt. */
  private async checkInput({ clip, files }: ClipOrder, input: string): Promise<void> {
    const wanted = files[clip.input];
    if (!wanted || wanted.names || (await hashFile(input)) === wanted.sha256) return;
    await this.inputs.forget(wanted.sha256);
    throw new Error(`the copy of ${clip.input} on this worker was damaged`);
  }

  /** Said as the engine decided, so that the video holds the command that gives the same bytes. */
  private runnable(clip: ClipOptions) {
    const { engine, threads } = this.parts;
    return { ...clip, runtime: { ...clip.runtime, device: engine.runner.device, threads } };
  }

  private async aside<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(this.parts.folder, 'work-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
