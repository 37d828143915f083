import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { type FrameEncoder, startEncoder } from './encoder.js';
import { type EncodingPlan, segmentCommand } from './ffmpeg-args.js';
import { FORMATS } from './format.js';
import { countKept, FRAME_LOG, type FrameLog, keptFrames, openFrameLog } from './frame-log.js';
import { appendJournal, digestFiles, type Journal, type SegmentRecord, syncToDisk } from './journal.js';
import { checkSegment } from './read-back.js';

/** The folder beside the output in which a run keeps what it has finished. */
export interface Workplace {
  /** Absolute path of the work folder. */
  readonly folder: string;
  /** The user's name for the output, for sentences. */
  readonly output: string;
  /** ffmpeg's program. */
  readonly ffmpeg: string;
  readonly plan: EncodingPlan;
  /** Whether the frames of the open segment are kept for a later run. */
  readonly keepsFrames: boolean;
  /** Ends every ffmpeg of this run. */
  readonly signal: AbortSignal;
}

/** A segment that is being encoded. */
export interface OpenSegment {
  readonly frames: number;
  /** When it resolves, the frame is kept for a later run. */
  write(frame: Uint8Array): Promise<void>;
  /** Ends the segment; when it resolves, the segment is on the disk, was read back whole, and is in the journal. */
  close(): Promise<SegmentRecord>;
  /** Kills the encoder and removes what it has written. With `keep` the frames stay for a later run. */
  discard(options: { keep: boolean }): Promise<void>;
}

/** Folder of finished segments, relative to the work folder. PNG pictures wait there under their final names. */
export function segmentFolder(plan: EncodingPlan): string {
  return plan.format === 'png' ? 'frames' : 'segments';
}

function segmentName(index: number, plan: EncodingPlan): string {
  return `${String(index).padStart(6, '0')}.${FORMATS[plan.format].segment}`;
}

class Segment implements OpenSegment {
  frames = 0;

  constructor(
    private readonly place: Workplace,
    private readonly index: number,
    private readonly firstFrame: number,
    private readonly attempt: string,
    private readonly encoder: FrameEncoder,
    private readonly log: FrameLog | undefined,
  ) {}

  async write(frame: Uint8Array): Promise<void> {
    await this.log?.append(frame);
    await this.encode(frame);
  }

  /** Takes a frame that an earlier run has kept. */
  async encode(frame: Uint8Array): Promise<void> {
    await this.encoder.write(frame);
    this.frames += 1;
  }

  async close(): Promise<SegmentRecord> {
    const { folder, plan } = this.place;
    await this.encoder.end();
    const made = (await readdir(this.attempt)).sort();
    for (const name of made) await syncToDisk(join(this.attempt, name));
    const read = { ...this.place, format: plan.format, folder: this.attempt, firstFrame: this.firstFrame };
    await checkSegment({ ...read, file: join(this.attempt, made[0] ?? '') }, this.frames);
    const target = segmentFolder(plan);
    await makeFolder(join(folder, target));
    const files = made.map((name) => `${target}/${name}`);
    for (const name of made) await rename(join(this.attempt, name), join(folder, target, name));
    await syncToDisk(join(folder, target));
    await rm(this.attempt, { recursive: true, force: true });
    const sha256 = await digestFiles(files.map((file) => join(folder, file)));
    const { index, firstFrame, frames } = this;
    const record: SegmentRecord = { kind: 'segment', index, firstFrame, frames, files, sha256 };
    await appendJournal(folder, record);
    await this.log?.close({ remove: true });
    return record;
  }

  async discard({ keep }: { keep: boolean }): Promise<void> {
    await this.encoder.kill();
    await this.log?.close({ remove: !keep }).catch(() => {});
    await rm(this.attempt, { recursive: true, force: true });
  }
}

/**
 * Starts the encoder of segment `index`, whose first frame is `firstFrame` of the clip, and gives it the `kept` frames that an earlier run
 * left. Each attempt has a folder of its own:
 * the ffmpeg of a run that was killed outlives it for a moment and must not write into ours.
 */
export async function beginSegment(
  place: Workplace,
  index: number,
  firstFrame: number,
  kept: number,
): Promise<OpenSegment> {
  const { folder, plan, ffmpeg, output, signal } = place;
  const attempt = await mkdtemp(join(folder, 'attempt-'));
  const target = plan.format === 'png' ? attempt : join(attempt, segmentName(index, plan));
  const encoder = startEncoder(segmentCommand(plan, firstFrame, target), { ffmpeg, output, signal });
  const frameBytes = bytesOfFrame(plan);
  let segment: Segment | undefined;
  try {
    const log = place.keepsFrames ? await openFrameLog(folder, { firstFrame, frameBytes, kept }) : undefined;
    segment = new Segment(place, index, firstFrame, attempt, encoder, log);
    if (kept > 0)
      for await (const frame of keptFrames(folder, firstFrame, frameBytes)) {
        await segment.encode(frame);
        if (segment.frames === kept) break;
      }
    return segment;
  } catch (error) {
    if (segment) await segment.discard({ keep: true });
    else await encoder.kill();
    throw error;
  }
}

/** Frames after the journal's that an earlier run has kept. */
export async function keptFrom({ segments, joined }: Journal, { folder, plan }: Workplace): Promise<number> {
  const last = segments.at(-1);
  if (joined || (last && last.frames < plan.segmentFrames)) return 0;
  const kept = await countKept(folder, (last?.firstFrame ?? 0) + (last?.frames ?? 0), bytesOfFrame(plan));
  return Math.min(kept, plan.segmentFrames);
}

/** Bytes of a frame as the encoder takes it. */
export function bytesOfFrame({ width, height, alpha }: EncodingPlan): number {
  return width * height * (alpha ? 4 : 3);
}

/** Removes all from the work folder that is neither the lock, nor the journal, nor a file of `segments`, nor a kept frame. */
export async function removeLeftovers(folder: string, segments: readonly SegmentRecord[]): Promise<void> {
  const kept = new Set(segments.flatMap(({ files }) => files));
  for (const name of await readdir(folder)) {
    if (name === 'segments' || name === 'frames') {
      const inside = (await readdir(join(folder, name))).filter((file) => !kept.has(`${name}/${file}`));
      for (const file of inside) await rm(join(folder, name, file), { recursive: true, force: true });
    } else if (!name.startsWith('lock') && name !== 'journal.jsonl' && name !== FRAME_LOG) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
