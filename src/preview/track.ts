import { type FileHandle, open } from 'node:fs/promises';
import { dropFaint } from '../pose/clip-statistics.js';
import { KEYPOINT_COUNT, PARTS, type PoseClip, prepareFrames } from '../pose/index.js';
import { shareKnown } from '../pose/person.js';
import { PREPARE_DEFAULTS } from '../pose/prepare-frames.js';
import {
  COORDINATE_UNIT,
  FRAME_BYTES,
  type Framing,
  PART_BYTES,
  type Presence,
  TRACKED_PARTS,
} from './protocol.js';

/** Points by which a part counts as there: half of them. Of the body those above the hips, for few files know the legs. */
const POINTS = {
  face: PARTS.face,
  body: { start: 0, length: 11 },
  leftHand: PARTS.leftHand,
  rightHand: PARTS.rightHand,
} as const;

/** Frames written at a time. */
const BATCH = 64;
/** Longest stretch of frames read at a time. */
const MOST_FRAMES = 1024;

/**
 * A clip's frames as they are drawn, in a file of `FRAME_BYTES` a frame: read through once, so that a page can look at any
 * stretch of a long clip, and at the first frames while the rest is still read.
 */
export class Track {
  /** `PART_BYTES` a frame. */
  private parts = new Uint8Array(1024 * PART_BYTES);
  private count = 0;
  private ended = false;
  private waiting: (() => void)[] = [];

  private constructor(
    private readonly file: FileHandle,
    private readonly progress: () => void,
  ) {}

  static async create(path: string, progress: () => void): Promise<Track> {
    return new Track(await open(path, 'wx+', 0o600), progress);
  }

  /** Frames that can be read. */
  get frames(): number {
    return this.count;
  }

  get whole(): boolean {
    return this.ended;
  }

  /** Reads the clip, fitted into a square picture of `size` pixels. Rejects with what the clip rejects with. */
  async fill(clip: PoseClip, size: number, framing: Framing | undefined, signal: AbortSignal): Promise<void> {
    const asFiled = dropFaint(clip.frames(), PREPARE_DEFAULTS.minConfidence)[Symbol.asyncIterator]();
    let batch: Buffer[] = [];
    try {
      for await (const { keypoints } of prepareFrames(clip, { width: size, height: size, framing })) {
        signal.throwIfAborted();
        const { value: filed } = await asFiled.next();
        this.note(this.count + batch.length, filed?.keypoints ?? keypoints, keypoints);
        batch.push(packed(keypoints, size));
        if (batch.length < BATCH) continue;
        await this.write(batch);
        batch = [];
      }
      await this.write(batch);
    } finally {
      await asFiled.return(undefined);
      this.ended = true;
      this.wake();
    }
  }

  /** Frames [from, to), as far as the clip has them; waits until they have been read. */
  async read(from: number, to: number): Promise<Uint8Array> {
    const last = Math.min(to, from + MOST_FRAMES);
    while (!this.ended && this.count < last) await this.more();
    const frames = Math.max(0, Math.min(last, this.count) - from);
    const bytes = new Uint8Array(frames * FRAME_BYTES);
    if (frames > 0) await this.file.read(bytes, 0, bytes.length, from * FRAME_BYTES);
    return bytes;
  }

  /** The parts' bytes of frames `from` on, as they become known, to the last. */
  async *presence(from: number): AsyncGenerator<Uint8Array> {
    for (let at = from; ; ) {
      if (this.count > at) yield this.parts.slice(at * PART_BYTES, this.count * PART_BYTES);
      at = Math.max(at, this.count);
      if (this.ended && at >= this.count) return;
      await this.more();
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private more(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const go of waiting) go();
    this.progress();
  }

  private note(frame: number, filed: Float32Array, drawn: Float32Array): void {
    const at = frame * PART_BYTES;
    if (at >= this.parts.length) {
      const longer = new Uint8Array(this.parts.length * 2);
      longer.set(this.parts);
      this.parts = longer;
    }
    this.parts[at] = TRACKED_PARTS.reduce((byte, part, i) => {
      const { start, length } = POINTS[part];
      const known = (points: Float32Array) => shareKnown(points, start, length) >= 0.5;
      const presence: Presence = known(filed) ? 2 : known(drawn) ? 1 : 0;
      return byte | (presence << (2 * i));
    }, 0);
    this.parts[at + 1] = confidence(filed, POINTS.leftHand);
    this.parts[at + 2] = confidence(filed, POINTS.rightHand);
  }

  private async write(batch: readonly Buffer[]): Promise<void> {
    if (batch.length === 0) return;
    await this.file.write(Buffer.concat(batch), 0, batch.length * FRAME_BYTES, this.count * FRAME_BYTES);
    this.count += batch.length;
    this.wake();
  }
}

/** Mean confidence of a part's points, 255 = 1; points that are missing count as 0. */
function confidence(keypoints: Float32Array, { start, length }: { start: number; length: number }): number {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += Math.min(1, Math.max(0, keypoints[i * 3 + 2] ?? 0));
  return Math.round((255 * sum) / length);
}

/** A frame as `FRAME_BYTES` bytes. Points more than a picture away from it are moved nearer, which no one sees. */
function packed(keypoints: Float32Array, size: number): Buffer {
  const bytes = Buffer.alloc(FRAME_BYTES);
  const level = (value: number) =>
    Math.max(-32768, Math.min(32767, Math.round((value / size) * COORDINATE_UNIT)));
  for (let i = 0; i < KEYPOINT_COUNT; i++) {
    bytes.writeInt16LE(level(keypoints[i * 3] ?? 0), i * 4);
    bytes.writeInt16LE(level(keypoints[i * 3 + 1] ?? 0), i * 4 + 2);
    const confidence = keypoints[i * 3 + 2] ?? 0;
    bytes[KEYPOINT_COUNT * 4 + i] = confidence <= 0 ? 0 : Math.max(1, Math.round(confidence * 255));
  }
  return bytes;
}
