import { PoseFileError, UsageError } from '../errors.js';
import { KEYPOINT_COUNT, type PoseClip, type PoseFrame } from './pose-frame.js';

/** What a clip in memory says of itself. */
export interface ClipDescription {
  /** Frames a second. */
  readonly fps: number;
  /** Size in pixels of the picture that the keypoints refer to. */
  readonly width: number;
  readonly height: number;
}

/** A frame as a program has it; place and time are counted where they are not given. */
export type FrameInput = Pick<PoseFrame, 'keypoints'> & Partial<PoseFrame>;

/**
 * Keypoints in memory as a clip, wherever a keypoint file can stand. A list can be read many times. Anything else that is iterable, such as
 * the answers of a model that translates live, is pulled frame by frame as frames are drawn, after its first second, and once only. Throws `UsageError` for a
 * description that makes no sense; frames that are no frames fail when they are pulled, with `PoseFileError`.
 */
export function clipOf(
  frames: Iterable<FrameInput> | AsyncIterable<FrameInput>,
  { fps, width, height }: ClipDescription,
): PoseClip {
  for (const [field, value] of Object.entries({ fps, width, height })) {
    if (!(value > 0 && value < 65_536))
      throw new UsageError(
        'HF_FIELD_VALUE',
        `A clip of ${field} ${value} makes no sense: give a number above 0.`,
        {
          field,
        },
      );
  }
  const list = Array.isArray(frames);
  let pulled = false;
  const info = { format: 'memory', fps, width, height, ...(list ? { frameCount: frames.length } : {}) };
  return {
    info,
    ...(list ? {} : { live: true }),
    frames() {
      if (pulled && !list) {
        throw new UsageError(
          'HF_FIELDS_CONFLICT',
          'These keypoints are pulled as they come, so they can be read once only: give a list of frames to read them again, or `framing: source`.',
          { field: 'input' },
        );
      }
      pulled = true;
      return checked(frames, fps);
    },
    close: async () => undefined,
  };
}

async function* checked(
  frames: Iterable<FrameInput> | AsyncIterable<FrameInput>,
  fps: number,
): AsyncGenerator<PoseFrame> {
  let at = 0;
  for await (const frame of frames) {
    const { keypoints } = frame;
    if (
      !(keypoints instanceof Float32Array) ||
      keypoints.length !== KEYPOINT_COUNT * 3 ||
      !keypoints.every(Number.isFinite)
    ) {
      throw new PoseFileError(
        'HF_POSE_POINTS',
        `Frame ${at} does not hold 133 keypoints: give a Float32Array of 399 finite numbers, x, y and confidence of each.`,
        { frame: at, field: 'keypoints' },
      );
    }
    yield { ...frame, index: at, time: at / fps };
    at += 1;
  }
}
