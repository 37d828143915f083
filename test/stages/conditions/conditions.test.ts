import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channelsSchema } from '../../../src/models/condition-channels.js';
import { drawConditions } from '../../../src/stages/conditions/index.js';

// Drawn by models/training/handfirst_training/fixtures/conditions.py (numba): what the networks saw in training.
const cases = z
  .array(
    z.object({
      size: z.number(),
      channels: z.array(channelsSchema),
      keypoints: z.array(z.number()),
      depth: z.array(z.number().nullable()),
      means: z.array(z.number()),
      places: z.array(z.number()),
      values: z.array(z.array(z.number())),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/conditions.json', import.meta.url), 'utf8')));

function pose(keypoints: readonly number[], depth?: ReadonlyArray<number | null>) {
  return {
    index: 0,
    time: 0,
    keypoints: Float32Array.from(keypoints),
    ...(depth ? { depth: Float32Array.from(depth, (d) => d ?? Number.NaN) } : {}),
  };
}

describe('conditions', () => {
  it.each(cases.map((c, k) => ({ ...c, k })))('equal those of the training code, case $k', (known) => {
    const drawn = drawConditions(known.channels, known.size, { pose: pose(known.keypoints, known.depth) });
    const area = known.size * known.size;
    expect(drawn.length).toBe(known.means.length * area);
    known.means.forEach((mean, c) => {
      const channel = drawn.subarray(c * area, (c + 1) * area);
      expect(channel.reduce((sum, v) => sum + v, 0) / area, `mean of channel ${c}`).toBeCloseTo(mean, 5);
      known.places.forEach((at, k) => {
        expect(channel[at], `channel ${c} at ${at}`).toBeCloseTo(known.values[c]?.[k] ?? Number.NaN, 5);
      });
    });
  });

  it('draw nothing for points that are missing', () => {
    const missing = pose(new Array<number>(133 * 3).fill(0));
    const channels = channelsSchema
      .array()
      .parse([{ kind: 'finger-heatmaps' }, { kind: 'hand-surface' }, { kind: 'body-surface' }]);
    expect(Math.max(...drawConditions(channels, 32, { pose: missing }))).toBe(0);
  });

  it('place a heatmap on the line of its own finger', () => {
    // Right index finger (points 5-8 of the right hand, 112 + k) along y = 16.5, wrist at its left end.
    const keypoints = new Array<number>(133 * 3).fill(0);
    [0, 5, 6, 7, 8].forEach((k, n) => {
      keypoints.splice(3 * (112 + k), 3, 4.5 + 6 * n, 16.5, 1);
    });
    const channels = channelsSchema.array().parse([{ kind: 'finger-heatmaps', sigma: 0.05, minPixels: 1 }]);
    const drawn = drawConditions(channels, 32, { pose: pose(keypoints) });
    const rightIndex = drawn.subarray(6 * 1024, 7 * 1024);
    // Length = 18 (knuckle to tip), so sigma = max(0.05 * 18, 1) = 1; two rows off: exp(-2).
    expect(rightIndex[16 * 32 + 15]).toBeCloseTo(1, 6);
    expect(rightIndex[18 * 32 + 15]).toBeCloseTo(Math.exp(-2), 6);
    expect(drawn.reduce((sum, v) => sum + v, 0)).toBeCloseTo(
      rightIndex.reduce((sum, v) => sum + v, 0),
      3,
    );
  });

  it('give the mask and the canvas as they are, and white where the mask is', () => {
    const size = 8;
    const mask = new Float32Array(64).fill(0).fill(1, 0, 8);
    const canvas = Float32Array.from({ length: 192 }, (_, k) => k / 192);
    const channels = channelsSchema
      .array()
      .parse([{ kind: 'hand-mask' }, { kind: 'canvas' }, { kind: 'openpose', mask: true }]);
    const drawn = drawConditions(channels, size, {
      pose: pose(new Array<number>(399).fill(0)),
      mask,
      canvas,
    });
    expect([...drawn.subarray(0, 64)]).toEqual([...mask]);
    expect([...drawn.subarray(64, 256)]).toEqual([...canvas]);
    expect([...drawn.subarray(256, 320)]).toEqual([...mask]);
  });

  it('mask the surroundings of the skeleton, the wider kernel the farther', () => {
    const keypoints = new Array<number>(399).fill(0);
    // A left forearm (elbow 7, wrist 9) along y = 16.5, from x = 8.5 to 24.5.
    keypoints.splice(3 * 7, 3, 8.5, 16.5, 1);
    keypoints.splice(3 * 9, 3, 24.5, 16.5, 1);
    const channels = channelsSchema.array().parse([{ kind: 'coco-masks', kernels: [9, 5], sigma: 3 }]);
    const drawn = drawConditions(channels, 32, { pose: pose(keypoints) });
    const rows = (channel: number): number[] =>
      [...Array(32).keys()].filter((y) => drawn[channel * 1024 + y * 32 + 16] === 1);
    // The line is 10 of 512 wide, so it lies within row 16: kernels reach 4 and 2 cells farther.
    expect(rows(0)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(rows(1)).toEqual([14, 15, 16, 17, 18]);
    expect(new Set(drawn)).toEqual(new Set([0, 1]));
    const nobody = drawConditions(channels, 32, { pose: pose(new Array<number>(399).fill(0)) });
    expect(nobody.every((value) => value === 0)).toBe(true);
  });

  it('refuse a canvas that is not at the size asked for', () => {
    const channels = channelsSchema.array().parse([{ kind: 'canvas-latent' }]);
    const scene = { pose: pose(new Array<number>(399).fill(0)), canvasLatent: new Float32Array(3) };
    expect(() => drawConditions(channels, 8, scene)).toThrow(/canvas-latent/);
  });
});
