import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { openPoseClip, type PoseClip, poseInfo, repairSentences } from '../pose/index.js';
import type { ClipRequest, ClipState } from './protocol.js';
import { inWords, sentenceOf } from './sentence.js';
import { Track } from './track.js';
import type { StoredFile, Workspace } from './workspace.js';

/** An opened keypoint file that is being read or has been. */
interface OpenClip {
  readonly id: string;
  readonly key: string;
  readonly file: StoredFile;
  readonly source: ClipRequest['source'];
  readonly clip: PoseClip;
  readonly track: Track;
  readonly trackPath: string;
  readonly stop: AbortController;
  reading: Promise<void>;
  problems: readonly string[];
  error?: string;
}

/** Clips that stay open; the one that was opened longest ago goes first. */
const KEPT_CLIPS = 6;

/** The keypoint files that pages look at. */
export class Clips {
  private readonly open = new Map<string, OpenClip>();

  constructor(
    private readonly workspace: Workspace,
    /** Side of the pictures that will be drawn. */
    private readonly size: number,
    private readonly changed: () => void,
  ) {}

  get states(): ClipState[] {
    return [...this.open.values()].map(stateOf);
  }

  /** Opens a stored file, and begins to read it. The same request gives the same clip. Throws `HandfirstError`s. */
  async add({ file: fileId, source }: ClipRequest): Promise<ClipState> {
    const file = this.workspace.file(fileId);
    const key = JSON.stringify([file.id, source.fps, source.size, source.person, source.framing]);
    const same = [...this.open.values()].find((open) => open.key === key);
    if (same) {
      this.open.delete(same.id);
      this.open.set(same.id, same);
      return stateOf(same);
    }
    const { framing: _, ...reading } = source;
    const clip = await openPoseClip(file.path, reading);
    const id = randomUUID();
    const trackPath = join(this.workspace.folder, id);
    const track = await Track.create(trackPath, this.changed);
    const rest = { stop: new AbortController(), reading: Promise.resolve(), problems: [] };
    const opened: OpenClip = { id, key, file, source, clip, track, trackPath, ...rest };
    this.open.set(id, opened);
    opened.reading = this.read(opened);
    await this.dropOldest();
    this.changed();
    return stateOf(opened);
  }

  get(id: string): { state: ClipState; file: StoredFile; track: Track } {
    const open = this.open.get(id);
    if (!open)
      throw new UsageError('HF_PREVIEW_GONE', 'That clip is not open any more: choose its file again.');
    return { state: stateOf(open), file: open.file, track: open.track };
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.values()].map(shut));
  }

  /** Frames first, since they are waited for; then what is wrong with the file. */
  private async read(open: OpenClip): Promise<void> {
    try {
      await open.track.fill(open.clip, this.size, open.source.framing, open.stop.signal);
      const info = await poseInfo(endingWith(open.clip, open.stop.signal));
      const repairs = repairSentences(info.repairs, info.frameCount);
      open.problems = [...info.problems, ...repairs].map(inWords);
    } catch (error) {
      if (!open.stop.signal.aborted) open.error = this.workspace.inWords(sentenceOf(error));
    }
    this.changed();
  }

  private async dropOldest(): Promise<void> {
    const old = [...this.open.values()].slice(0, Math.max(0, this.open.size - KEPT_CLIPS));
    for (const open of old) {
      this.open.delete(open.id);
      await shut(open);
    }
  }
}

/** The clip, whose frames end in a failure once the signal is aborted. */
function endingWith(clip: PoseClip, signal: AbortSignal): PoseClip {
  async function* frames() {
    for await (const frame of clip.frames()) {
      signal.throwIfAborted();
      yield frame;
    }
  }
  return { ...clip, frames };
}

async function shut({ stop, reading, clip, track, trackPath }: OpenClip): Promise<void> {
  stop.abort();
  await reading;
  await clip.close();
  await track.close();
  await rm(trackPath, { force: true });
}

function stateOf({ id, file, source, clip, track, problems, error }: OpenClip): ClipState {
  const { format, width, height, fps, frameCount } = clip.info;
  return {
    id,
    file: file.id,
    name: file.name,
    made: file.madeBy !== undefined,
    captions: file.captions ?? [],
    format,
    source,
    width,
    height,
    fps,
    frames: track.frames,
    ...(frameCount === undefined ? {} : { expected: frameCount }),
    whole: track.whole,
    problems,
    ...(error === undefined ? {} : { error }),
  };
}
