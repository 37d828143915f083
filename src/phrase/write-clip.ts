import { CancelledError } from '../errors.js';
import { openPoseWriter, type PoseClip } from '../pose/index.js';

/** How a clip is written. */
export interface WriteClipOptions {
  /** Replace an output that exists. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Writes a clip with its depth as `.pose` 0.2 or JSON lines, by the output's name, and gives the number of frames. Throws UsageError,
 * OutputError and what the clip throws; nothing stays under the output's name then.
 */
export async function writeClip(
  clip: PoseClip,
  output: string,
  { force = false, signal }: WriteClipOptions = {},
): Promise<number> {
  const writer = await openPoseWriter(output, { info: clip.info, depth: true, force });
  let frames = 0;
  try {
    for await (const frame of clip.frames()) {
      if (signal?.aborted)
        throw new CancelledError('HF_CANCELLED', `${output} was cancelled before it was finished.`, {
          file: output,
        });
      await writer.write(frame);
      frames += 1;
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return frames;
}
