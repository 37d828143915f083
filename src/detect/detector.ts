import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { counted } from '../counted.js';
import { CancelledError, DeviceError, UsageError } from '../errors.js';
import { requirePackages } from '../packages.js';
import type { Picture } from '../picture.js';
import type { PoseFrame } from '../pose/index.js';
import type { DetectReply, DetectSettings } from './detect-messages.js';
import { DetectorClient } from './detector-client.js';
import type { HolisticLandmarks } from './holistic.js';
import type { Complexity } from './models.js';
import { toPoseFrame } from './to-pose-frame.js';

/** How a detector is started. */
export interface DetectorOptions {
  /** Size of the body's network: 0 small, 1 middle, 2 large (MediaPipe's `model_complexity`). Default 1. */
  readonly complexity?: Complexity;
  /** Closes the detector: what it is looking at is rejected with `CancelledError`. */
  readonly signal?: AbortSignal;
}

/** What to find in a picture besides the keypoints. */
export interface DetectOptions {
  /** Also give the person's mask. */
  readonly mask?: boolean;
}

/** What was found in a picture. */
export interface Detection {
  /** Whether a person was found. Without a body MediaPipe looks for neither hands nor face. */
  readonly found: boolean;
  /** COCO-WholeBody's 133 points, all missing where no person was found. Hands and face have no confidences of their own: 1. */
  readonly frame: PoseFrame;
  /** All that MediaPipe Holistic saw, by its own numbers. */
  readonly landmarks: HolisticLandmarks;
}

/** A video being looked at: each picture is taken as the next one. */
export interface ClipDetector {
  /** Looks at the next picture. Rejects with `DeviceError` where the networks fail, and with `CancelledError`. */
  next(picture: Picture, options?: DetectOptions): Promise<Detection>;
  /** Forgets the video. */
  end(): void;
}

/** What is known of a video that is looked at frame by frame. */
export interface ClipOptions {
  /** Frames a second of the video. */
  readonly fps: number;
  /** Whether the body's points are kept calm (One-Euro filter), as MediaPipe does by default. Default true. */
  readonly smooth?: boolean;
}

/** Finds one person's keypoints with MediaPipe Holistic, in a worker thread. Calls may overlap; they are served in order. */
export interface Detector {
  /** Looks at one picture for itself: no picture before it changes the result. */
  detect(picture: Picture, options?: DetectOptions): Promise<Detection>;
  /** Begins a video: the next frame is searched where the person was in the one before. Several may be open at once. */
  openClip(options: ClipOptions): ClipDetector;
  /** Ends the worker; what still waits is rejected with `CancelledError`. */
  close(): Promise<void>;
}

/**
 * Starts a detector; loading takes about a second. Nothing is fetched: the networks are those inside the npm package
 * @mediapipe/holistic. Rejects with `UsageError` where packages are missing, `DeviceError` where they cannot be run, `CancelledError` by `signal`.
 */
export async function openDetector({ complexity = 1, signal }: DetectorOptions = {}): Promise<Detector> {
  if (![0, 1, 2].includes(complexity))
    throw new UsageError('HF_FIELD_VALUE', `The complexity is ${complexity}: give 0, 1 or 2.`, {
      field: 'complexity',
    });
  requirePackages('detector');
  if (signal?.aborted) throw new CancelledError('HF_CANCELLED', 'Looking for people was cancelled.');
  const worker = startWorker({ complexity });
  await ready(worker, signal);
  const client = new DetectorClient(worker, signal);
  return {
    detect: (picture, { mask = false } = {}) =>
      client.detect(picture, mask).then((landmarks) => detection(landmarks, 0, 0)),
    openClip({ fps, smooth = true }) {
      if (!(fps > 0))
        throw new UsageError(
          'HF_FIELD_VALUE',
          `A video of ${counted(fps, 'frame')} a second cannot be looked at.`,
          {
            field: 'fps',
          },
        );
      const clip = client.startClip(fps, smooth);
      let index = 0;
      return {
        next(picture, { mask = false } = {}) {
          const at = index++;
          return client.detect(picture, mask, clip).then((landmarks) => detection(landmarks, at, at / fps));
        },
        end: () => client.endClip(clip),
      };
    },
    close: () => client.close(),
  };
}

function detection(landmarks: HolisticLandmarks, index: number, time: number): Detection {
  return { found: landmarks.body !== undefined, frame: toPoseFrame(landmarks, index, time), landmarks };
}

function startWorker(workerData: DetectSettings): Worker {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = fromSource ? './detect-worker-from-source.mjs' : './detect-worker.js';
  // The runtime talks about itself: what the worker prints is kept from the terminal.
  const worker = new Worker(new URL(entry, import.meta.url), {
    workerData,
    name: 'handfirst-detector',
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

/** Waits for the worker's first message; where none comes, or a bad one, the worker has ended too. */
async function ready(worker: Worker, signal: AbortSignal | undefined): Promise<void> {
  const waiting = new AbortController();
  // An error that comes while the worker is ending must not end the program.
  worker.on('error', () => undefined);
  try {
    const options = { signal: signal ? AbortSignal.any([waiting.signal, signal]) : waiting.signal };
    const first: DetectReply = await Promise.race([
      once(worker, 'message', options).then(([reply]) => reply),
      once(worker, 'exit', options).then(([code]) => ({
        kind: 'unusable',
        message: `its thread ended with code ${code}`,
      })),
    ]);
    if (first.kind === 'unusable') throw new DeviceError('HF_DETECTOR_FAILED', startSentence(first.message));
  } catch (error) {
    await worker.terminate();
    if (signal?.aborted) throw new CancelledError('HF_CANCELLED', 'Looking for people was cancelled.');
    throw error instanceof DeviceError
      ? error
      : new DeviceError('HF_DETECTOR_FAILED', startSentence(String(error)));
  } finally {
    waiting.abort();
  }
}

function startSentence(why: string): string {
  return `The networks that look for people could not be started (${why.split('\n')[0]}): install handfirst again.`;
}
