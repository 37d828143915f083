import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawSkeleton } from '../../src/pose/draw-skeleton.js';
import { KEYPOINT_COUNT, type PoseFrame } from '../../src/pose/pose-frame.js';

/** A drawing made by OpenCV as the ControlNet annotators draw; see fixtures/make_openpose_drawing.py. */
const fixture: { size: number; points: [number, number][]; runs: [number, number, number, number][] } =
  JSON.parse(readFileSync(new URL('./fixtures/openpose-drawing.json', import.meta.url), 'utf8'));

function reference(): Uint8Array {
  const data = new Uint8Array(fixture.size ** 2 * 3);
  let at = 0;
  for (const [length, ...colour] of fixture.runs) {
    for (let pixel = 0; pixel < length; pixel += 1) {
      data.set(colour, at);
      at += 3;
    }
  }
  return data;
}

/** OpenCV's pixel (x, y) is the square from x to x + 1: its middle is at x + 0.5. */
function frameOf(points: readonly (readonly [number, number])[]): PoseFrame {
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  points.forEach(([x, y], index) => {
    if (x !== 0 || y !== 0) keypoints.set([x + 0.5, y + 0.5, 1], index * 3);
  });
  return { index: 0, time: 0, keypoints };
}

function pixel(data: Uint8Array, x: number, y: number): number[] {
  return [...data.subarray((y * fixture.size + x) * 3, (y * fixture.size + x) * 3 + 3)];
}

/** Pixels of `a` whose colour, within 2 of 255, `b` has nowhere in the 3 x 3 pixels around. */
function strangers(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let y = 1; y < fixture.size - 1; y += 1) {
    for (let x = 1; x < fixture.size - 1; x += 1) {
      const colour = pixel(a, x, y);
      const near = [-1, 0, 1].some((dy) =>
        [-1, 0, 1].some((dx) =>
          pixel(b, x + dx, y + dy).every((value, channel) => Math.abs(value - (colour[channel] ?? 0)) <= 2),
        ),
      );
      if (!near) count += 1;
    }
  }
  return count;
}

describe('drawSkeleton', () => {
  const frame = frameOf(fixture.points);
  const drawn = drawSkeleton(frame, 512, 512, { hands: true, face: true });

  it('draws what OpenCV draws for the ControlNet annotators, to a pixel', () => {
    const expected = reference();
    const lit = expected.filter((value) => value > 0).length;
    expect(lit).toBeGreaterThan(10_000);
    // The annotators cut limb angles to whole degrees: up to 1.7 pixels at the ends of a long limb, 0.5 % of the pixels.
    expect(strangers(drawn.data, expected)).toBeLessThanOrEqual(66);
    expect(strangers(expected, drawn.data)).toBeLessThanOrEqual(66);
  });

  it('draws joints in the published colours and limbs at 0.6 of them', () => {
    const bodyAlone = drawSkeleton(frame, 512, 512, { hands: false, face: false });
    expect(pixel(bodyAlone.data, 256, 120)).toEqual([255, 0, 0]);
    expect(pixel(bodyAlone.data, 182, 200)).toEqual([255, 170, 0]);
    expect(pixel(bodyAlone.data, 330, 200)).toEqual([85, 255, 0]);
    // Between neck (256, 200) and right shoulder (182, 200): limb 1, red at 0.6.
    expect(pixel(bodyAlone.data, 219, 200)).toEqual([153, 0, 0]);
  });

  it('never draws towards a missing point', () => {
    const keypoints = frame.keypoints.slice();
    keypoints.fill(0, 10 * 3, 11 * 3);
    const { data } = drawSkeleton({ ...frame, keypoints }, 512, 512, { hands: false, face: false });
    // Halfway from the right elbow (140, 300) to its wrist, and halfway from it to 0,0.
    expect(pixel(data, 165, 330)).toEqual([0, 0, 0]);
    expect(pixel(data, 70, 150)).toEqual([0, 0, 0]);
  });

  it('leaves hands and face out when asked, and survives points far outside', () => {
    const { data } = drawSkeleton(frame, 512, 512, { hands: false, face: false });
    expect(pixel(data, 286, 125)).toEqual([0, 0, 0]);
    const keypoints = frame.keypoints.map((value, index) =>
      index % 3 === 2 ? value : value * 1000 - 100_000,
    );
    const far = drawSkeleton({ ...frame, keypoints }, 64, 48, { hands: true, face: true });
    expect(far.data.length).toBe(64 * 48 * 3);
  });

  it('draws more than 100 frames a second at 512 x 512 on one core', () => {
    // Time of the processor, not of the clock: other programs may be running.
    const start = process.cpuUsage();
    for (let count = 0; count < 50; count += 1) drawSkeleton(frame, 512, 512, { hands: true, face: true });
    const { user, system } = process.cpuUsage(start);
    expect(50 / ((user + system) / 1e6)).toBeGreaterThan(100);
  });
});
