import type { BodyLandmarks } from './body.js';
import type { Points } from './region.js';

/** Settings of MediaPipe's One-Euro filters for the body's points and its two helping points. */
const POINTS = { minCutoff: 0.05, beta: 80, speedCutoff: 1 };
const HELPERS = { minCutoff: 0.01, beta: 10, speedCutoff: 1 };
/** Weight of the newest visibility. */
const VISIBILITY_WEIGHT = 0.1;

type Settings = typeof POINTS;

/**
 * Keeps the body's points calm from frame to frame, as MediaPipe's PoseLandmarkFiltering does. Speeds are taken in sizes of the body
 * a second, and between values as they came, not as they were smoothed.
 */
export class BodyFilter {
  private readonly points: OneEuroPoints;
  private readonly helpers: OneEuroPoints;
  private visibility: Float32Array | undefined;

  constructor(fps: number) {
    this.points = new OneEuroPoints(POINTS, fps);
    this.helpers = new OneEuroPoints(HELPERS, fps);
  }

  /** `size`: side in pixels of the body's own square. */
  next(body: BodyLandmarks, size: number): BodyLandmarks {
    const before = this.visibility;
    const visibility = before
      ? body.visibility.map(
          (value, index) => (before[index] ?? 0) + VISIBILITY_WEIGHT * (value - (before[index] ?? 0)),
        )
      : body.visibility;
    this.visibility = visibility;
    return {
      ...body,
      visibility,
      points: this.points.next(body.points, size),
      helpers: this.helpers.next(body.helpers, size),
    };
  }
}

class OneEuroPoints {
  private raw: Points | undefined;
  private smooth: Points | undefined;
  private speed: Float32Array | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly fps: number,
  ) {}

  next(values: Points, size: number): Points {
    const { raw, smooth, speed, settings, fps } = this;
    if (!raw || !smooth || !speed) {
      this.raw = values;
      this.smooth = values;
      this.speed = new Float32Array(values.length);
      return values;
    }
    const { minCutoff, beta, speedCutoff } = settings;
    const result = values.map((value, place) => {
      const now = ((value - (raw[place] ?? 0)) / size) * fps;
      const calm = (speed[place] ?? 0) + weight(speedCutoff, fps) * (now - (speed[place] ?? 0));
      speed[place] = calm;
      const last = smooth[place] ?? 0;
      return last + weight(minCutoff + beta * Math.abs(calm), fps) * (value - last);
    });
    this.raw = values;
    this.smooth = result;
    return result;
  }
}

/** Weight of the newest value in a low-pass filter of this cutoff (hertz) at this rate. */
function weight(cutoff: number, fps: number): number {
  return 1 / (1 + fps / (2 * Math.PI * cutoff));
}
