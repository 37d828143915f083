import { KEYPOINT_COUNT, type PoseFrame } from '../../src/pose/index.js';

/** Heights of the right wrist of a sign, in shoulder widths below the shoulders, one a frame. */
export type Heights = readonly number[];

/** A signer whose shoulders stand `width` pixels apart round `x`, `y`, right hand at given heights, left one not seen. */
export function makeSign(heights: Heights, { x = 250, y = 250, width = 200, fps = 25 } = {}): PoseFrame[] {
  return heights.map((height, index) => {
    const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
    const set = (at: number, px: number, py: number): void => keypoints.set([px, py, 1], at * 3);
    set(0, x, y - width);
    set(5, x + width / 2, y);
    set(6, x - width / 2, y);
    set(8, x - width * 0.7, y + width * 0.7);
    const [wx, wy] = [x - width * 0.6, y + height * width];
    set(10, wx, wy);
    // A flat hand, pointing up: five fingers of four joints.
    for (let point = 0; point < 21; point += 1) {
      const finger = Math.floor((point + 3) / 4);
      const joint = point === 0 ? 0 : ((point - 1) % 4) + 1;
      set(112 + point, wx + (point === 0 ? 0 : (finger - 3) * width * 0.04), wy - joint * width * 0.1);
    }
    return { index, time: index / fps, keypoints, depth: new Float32Array(KEYPOINT_COUNT) };
  });
}
