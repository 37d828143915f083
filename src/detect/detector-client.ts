import type { Worker } from 'node:worker_threads';
import { CancelledError, DeviceError, type HandfirstError } from '../errors.js';
import type { Picture } from '../picture.js';
import type { DetectReply, DetectRequest } from './detect-messages.js';
import type { HolisticLandmarks } from './holistic.js';

interface Pending {
  succeed(landmarks: HolisticLandmarks): void;
  fail(error: HandfirstError): void;
}

/** The main thread's side of a detector's worker: every request ends, whatever happens to the worker. */
export class DetectorClient {
  private readonly pending = new Map<number, Pending>();
  private readonly over = new AbortController();
  private nextId = 1;
  private nextClip = 1;
  /** Why no further request is taken. */
  private ended: HandfirstError | undefined;

  constructor(
    private readonly worker: Worker,
    signal: AbortSignal | undefined,
  ) {
    worker.on('message', (reply: DetectReply) => this.receive(reply));
    worker.on('error', (error) => this.end(crashed(error.message)));
    worker.once('exit', (code) => {
      this.end(crashed(`it ended with code ${code}`));
      this.over.abort();
    });
    signal?.addEventListener('abort', () => void this.close(), { once: true, signal: this.over.signal });
    if (signal?.aborted) void this.close();
    // An idle worker does not keep the program alive.
    worker.unref();
  }

  detect(picture: Picture, mask: boolean, clip?: number): Promise<HolisticLandmarks> {
    if (this.ended) return Promise.reject(this.ended);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { succeed: resolve, fail: reject });
      this.worker.ref();
      this.post({ kind: 'detect', id, picture, mask, clip });
    });
  }

  startClip(fps: number, smooth: boolean): number {
    const clip = this.nextClip++;
    this.post({ kind: 'start', clip, fps, smooth });
    return clip;
  }

  endClip(clip: number): void {
    this.post({ kind: 'end', clip });
  }

  async close(): Promise<void> {
    this.end(
      new CancelledError('HF_CANCELLED', 'Looking for people was cancelled: the detector was closed.'),
    );
    await this.worker.terminate();
  }

  private post(request: DetectRequest): void {
    if (!this.ended) this.worker.postMessage(request);
  }

  private receive(reply: DetectReply): void {
    if (reply.kind === 'ready' || reply.kind === 'unusable') return;
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (this.pending.size === 0) this.worker.unref();
    if (reply.kind === 'found') pending?.succeed(reply.landmarks);
    else
      pending?.fail(
        new DeviceError(
          'HF_DETECTOR_FAILED',
          `Looking for people failed (${reply.message}): install handfirst again.`,
        ),
      );
  }

  private end(error: HandfirstError): void {
    this.ended ??= error;
    for (const pending of this.pending.values()) pending.fail(this.ended);
    this.pending.clear();
  }
}

function crashed(why: string): DeviceError {
  return new DeviceError(
    'HF_DETECTOR_DIED',
    `The thread that looks for people died (${why.split('\n')[0]}): give the program more memory.`,
  );
}
