import { confidenceOf } from '../person.js';
import type { PoseFrame } from '../pose-frame.js';

/**
 * Settings of the One-Euro filter (Casiez, Roussel, Vogel: "1 Euro Filter", CHI 2012). Speeds are in longer sides of the picture a
 * second, so that they hold for every size.
 */
export interface SmoothOptions {
  /** Hertz below which a resting point's movement is kept: lower is calmer. */
  readonly minCutoff: number;
  /** Hertz more for each side a second: higher follows fast hands closer. */
  readonly beta: number;
  /** Hertz of the filter on the speed itself. */
  readonly speedCutoff: number;
}

/** Calm at rest (a pixel of jitter at 512 halves); a hand that crosses the picture in a second lags less than a frame at 25 fps. */
export const SMOOTH_DEFAULTS: SmoothOptions = { minCutoff: 2, beta: 10, speedCutoff: 1 };

interface Track {
  value: number;
  speed: number;
}

/** Weight of the newest value in a low-pass filter of this cutoff at this rate (paper, equation 4 and appendix). */
function weight(cutoff: number, fps: number): number {
  const time = 1 / (2 * Math.PI * cutoff);
  return 1 / (1 + time * fps);
}

/** One-Euro filter on x and y of every keypoint; a point that was missing starts anew. `reach` is the picture's longer side, pixels. */
export async function* smoothFrames(
  frames: AsyncIterable<PoseFrame>,
  fps: number,
  reach: number,
  options: SmoothOptions = SMOOTH_DEFAULTS,
): AsyncGenerator<PoseFrame> {
  const tracks = new Map<number, Track>();
  const follow = (place: number, value: number): number => {
    const track = tracks.get(place);
    if (!track) {
      tracks.set(place, { value, speed: 0 });
      return value;
    }
    const speed = ((value - track.value) * fps) / reach;
    track.speed += weight(options.speedCutoff, fps) * (speed - track.speed);
    track.value +=
      weight(options.minCutoff + options.beta * Math.abs(track.speed), fps) * (value - track.value);
    return track.value;
  };
  for await (const frame of frames) {
    const keypoints = frame.keypoints.slice();
    for (let index = 0; index < keypoints.length / 3; index += 1) {
      for (const place of [index * 3, index * 3 + 1]) {
        if (confidenceOf(keypoints, index) > 0) keypoints[place] = follow(place, keypoints[place] ?? 0);
        else tracks.delete(place);
      }
    }
    yield { ...frame, keypoints };
  }
}
