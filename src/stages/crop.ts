import { KEYPOINT_COUNT, type PoseFrame } from '../pose/pose-frame.js';
import type { Area } from './area.js';

/** A square of the picture, in its continuous pixel coordinates; may reach outside the picture. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * The pose in the coordinates of `crop` when it is shown as `size` x `size` pixels: what a stage that works on the
 * crop sees. Missing keypoints stay missing; depth is scaled with the picture.
 */
export function cropPose(pose: PoseFrame, crop: Crop, size: number): PoseFrame {
  const scale = size / crop.side;
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  for (let i = 0; i < KEYPOINT_COUNT; i++) {
    const confidence = pose.keypoints[i * 3 + 2] ?? 0;
    if (confidence <= 0) continue;
    keypoints[i * 3] = ((pose.keypoints[i * 3] ?? 0) - crop.x) * scale;
    keypoints[i * 3 + 1] = ((pose.keypoints[i * 3 + 1] ?? 0) - crop.y) * scale;
    keypoints[i * 3 + 2] = confidence;
  }
  const depth = pose.depth?.map((z) => z * scale);
  return { index: pose.index, time: pose.time, keypoints, ...(depth ? { depth } : {}) };
}

/**
 * The whole pixels of an area that `crop` touches, from its upper left corner on, and the place of that block in the crop shown as
 * `cropSize` pixels.
 */
export function cropBlock({ x, y, side }: Crop, area: Area, cropSize: number) {
  const crop = { x: x - area.left, y: y - area.top, side };
  const left = clamp(Math.floor(crop.x), 0, area.width);
  const top = clamp(Math.floor(crop.y), 0, area.height);
  const right = clamp(Math.ceil(crop.x + side), 0, area.width);
  const bottom = clamp(Math.ceil(crop.y + side), 0, area.height);
  const scale = cropSize / crop.side;
  const width = Math.max(0, right - left);
  const height = Math.max(0, bottom - top);
  const window = {
    x: (left - crop.x) * scale,
    y: (top - crop.y) * scale,
    width: width * scale,
    height: height * scale,
  };
  return { left, top, width, height, window };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
