import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FrameEncoder, startEncoder } from './encoder.js';
import { type EncodingPlan, segmentCommand } from './ffmpeg-args.js';
import { FORMATS } from './format.js';
import { appendJournal, digestFiles, type SegmentRecord, syncToDisk } from './journal.js';

/** The folder beside the output in which a run keeps what it has finished. */
export interface Workplace {
  /** Absolute path of the work folder. */
  readonly folder: string;
  /** The user's name for the output, for sentences. */
  readonly output: string;
  /** ffmpeg's program. */
  readonly ffmpeg: string;
  readonly plan: EncodingPlan;
  /** Ends every ffmpeg of this run. */
  readonly signal: AbortSignal;
}

/** A segment that is being encoded. */
export interface OpenSegment {
  readonly frames: number;
  write(frame: Uint8Array): Promise<void>;
  /** Ends the segment; when it resolves, the segment is on the disk and in the journal. */
  close(): Promise<SegmentRecord>;
  /** Kills the encoder and removes what it has written. */
  discard(): Promise<void>;
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
  ) {}

  async write(frame: Uint8Array): Promise<void> {
    await this.encoder.write(frame);
    this.frames += 1;
  }

  async close(): Promise<SegmentRecord> {
    const { folder, plan } = this.place;
    await this.encoder.end();
    const made = (await readdir(this.attempt)).sort();
    for (const name of made) await syncToDisk(join(this.attempt, name));
    const target = segmentFolder(plan);
    await mkdir(join(folder, target), { recursive: true });
    const files = made.map((name) => `${target}/${name}`);
    for (const name of made) await rename(join(this.attempt, name), join(folder, target, name));
    await syncToDisk(join(folder, target));
    await rm(this.attempt, { recursive: true, force: true });
    const sha256 = await digestFiles(files.map((file) => join(folder, file)));
    const { index, firstFrame, frames } = this;
    const record: SegmentRecord = { kind: 'segment', index, firstFrame, frames, files, sha256 };
    await appendJournal(folder, record);
    return record;
  }

  async discard(): Promise<void> {
    await this.encoder.kill();
    await rm(this.attempt, { recursive: true, force: true });
  }
}

/**
 * Starts the encoder of segment `index`, whose first frame is `firstFrame` of the clip. Each attempt has a folder of its own:
 * the ffmpeg of a run that was killed outlives it for a moment and must not write into ours.
 */
export async function beginSegment(
  place: Workplace,
  index: number,
  firstFrame: number,
): Promise<OpenSegment> {
  const { folder, plan, ffmpeg, output, signal } = place;
  const attempt = await mkdtemp(join(folder, 'attempt-'));
  const target = plan.format === 'png' ? attempt : join(attempt, segmentName(index, plan));
  const encoder = startEncoder(segmentCommand(plan, firstFrame, target), { ffmpeg, output, signal });
  return new Segment(place, index, firstFrame, attempt, encoder);
}

/** Removes all from the work folder that is neither the lock, nor the journal, nor a file of `segments`. */
export async function removeLeftovers(folder: string, segments: readonly SegmentRecord[]): Promise<void> {
  const kept = new Set(segments.flatMap(({ files }) => files));
  for (const name of await readdir(folder)) {
    if (name === 'segments' || name === 'frames') {
      const inside = (await readdir(join(folder, name))).filter((file) => !kept.has(`${name}/${file}`));
      for (const file of inside) await rm(join(folder, name, file), { recursive: true, force: true });
    } else if (!name.startsWith('lock') && name !== 'journal.jsonl') {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
