import {
  type CleanOptions,
  type ClipStatistics,
  clipStatistics,
  LIVE_STATISTICS,
  type PoseClip,
} from '../pose/index.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { cancellation } from './stream.js';

/** A clip that comes live, with what its first second says of the signer's place. */
export interface BegunClip {
  /** All of its frames, those of the first second as well; to be read once. */
  readonly clip: PoseClip;
  /** Place, reach and face alone: frames are repaired by themselves. */
  readonly statistics: ClipStatistics;
}

/**
 * Waits for the first second of keypoints that come live, which places the signer and says what part of the picture to draw, for all that
 * comes later. The signal ends the waiting with `CancelledError`.
 */
export async function firstSecond(
  clip: PoseClip,
  options: CleanOptions,
  signal?: AbortSignal,
): Promise<BegunClip> {
  const source = clip.frames()[Symbol.asyncIterator]();
  const head: PoseFrame[] = [];
  const end = async (): Promise<void> => {
    await source.return?.();
  };
  try {
    const count = Math.max(1, Math.round(clip.info.fps));
    while (head.length < count) {
      const { done, value } = await unlessAborted(source.next(), signal);
      if (done) break;
      head.push(value);
    }
    const { live: _, ...still } = clip;
    const heard = { ...still, frames: () => listed(head), close: async () => undefined };
    const statistics = { ...(await clipStatistics(heard, options)), ...LIVE_STATISTICS };
    return { clip: { ...clip, frames: once(clip, head, source) }, statistics };
  } catch (error) {
    // A source that is waiting for a frame answers when that has come.
    end().catch(() => undefined);
    throw error;
  }
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
