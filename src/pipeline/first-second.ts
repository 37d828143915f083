import { PoseFileError } from '../errors.js';
import {
  type CleanOptions,
  type ClipStatistics,
  clipStatistics,
  LIVE_STATISTICS,
  type PoseClip,
  showsSomebody,
} from '../pose/index.js';
import { nobody } from '../pose/person.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { cancellation } from './stream.js';

/** A clip that comes live, with what its first second says of the signer's place. */
export interface BegunClip {
  /** All of its frames, those of the first second as well; to be read once. */
  readonly clip: PoseClip;
  /** Place, reach and face alone: frames are repaired by themselves. */
  readonly statistics: ClipStatistics;
}

/** What waiting for a person takes beside the clip. */
export interface Waiting {
  /** As sentences name the clip. */
  readonly name: string;
  /** Called once when a second has passed without anybody. */
  readonly onNobody?: (sentence: string) => void;
  /** Ends the waiting with `CancelledError`. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for the first second of keypoints that come live and show somebody: it places the signer and says what part of the picture to
 * draw, for all that comes later. Frames before it are drawn as well, without anybody. A source that ends before anybody is seen throws
 * `PoseFileError`.
 */
export async function firstSecond(
  clip: PoseClip,
  options: CleanOptions,
  { name, onNobody, signal }: Waiting,
): Promise<BegunClip> {
  const source = clip.frames()[Symbol.asyncIterator]();
  const before: PoseFrame[] = [];
  const head: PoseFrame[] = [];
  const second = Math.max(1, Math.round(clip.info.fps));
  try {
    while (head.length < second) {
      const { done, value } = await unlessAborted(source.next(), signal);
      if (done) break;
      if (head.length > 0 || showsSomebody(value, options)) head.push(value);
      // One array for all of them: a camera may see an empty room for an hour.
      else if (before.push({ index: value.index, time: value.time, ...NOBODY }) === second)
        onNobody?.(nobodyYet(name));
    }
    if (head.length === 0) throw nobodyThere(name, before.length);
    const { live: _, ...still } = clip;
    const heard = { ...still, frames: () => listed(head), close: async () => undefined };
    const statistics = { ...(await clipStatistics(heard, options)), ...LIVE_STATISTICS };
    return { clip: { ...clip, frames: once(clip, [...before, ...head], source) }, statistics };
  } catch (error) {
    // A source that is waiting for a frame answers when that has come.
    source.return?.().catch(() => undefined);
    throw error;
  }
}

const NOBODY = nobody();

function nobodyYet(name: string): string {
  return `${name} shows nobody in its first second: drawing begins when somebody is seen.`;
}

function nobodyThere(name: string, frames: number): PoseFileError {
  return frames === 0
    ? new PoseFileError('HF_POSE_NO_FRAMES', `${name} holds no frames.`, { file: name })
    : new PoseFileError('HF_POSE_NO_PERSON', `${name} shows no person in any of its frames (${frames}).`, {
        file: name,
      });
}

/** The frames that were heard, then all others; a second reading is the clip's own affair. */
function once(
  clip: PoseClip,
  head: readonly PoseFrame[],
  source: AsyncIterator<PoseFrame>,
): PoseClip['frames'] {
  let read = false;
  return () => {
    if (read) return clip.frames();
    read = true;
    return all(head, source);
  };
}

async function* all(head: readonly PoseFrame[], source: AsyncIterator<PoseFrame>): AsyncGenerator<PoseFrame> {
  try {
    yield* head;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}

async function* listed(frames: readonly PoseFrame[]): AsyncGenerator<PoseFrame> {
  yield* frames;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const cancel = (): void => reject(cancellation());
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}
