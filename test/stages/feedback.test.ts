import { expect, it } from 'vitest';
import type { Tensors } from '../../src/models/tensor.js';
import { maskFeedback } from '../../src/stages/feedback.js';
import { fakeManifest } from './fake-model.js';

/** A body stage of 32 pixels that is told one part at `size`, apart from the skeleton or beside it. */
function told(size: number, apart: boolean, masks: Float32Array) {
  const { body } = fakeManifest((raw) => {
    raw.body.maskFeedback = { gain: 1 };
    raw.body.denoiser.inputs[2] = {
      name: 'conditions',
      from: 'conditions',
      size,
      channels: apart
        ? [{ kind: 'parts', count: 1 }]
        : [{ kind: 'skeleton-lines' }, { kind: 'parts', count: 1 }],
    };
  });
  const count = apart ? 1 : 2;
  const drawn = new Float32Array(count * size * size).fill(7);
  const conditions: Tensors = {
    conditions: { dims: [1, count, size, size], data: drawn },
  };
  const pose = { index: 0, time: 0, keypoints: new Float32Array(399) };
  const changed = maskFeedback(body, 'parts', { pose }, { width: 32, height: 32 }).condition?.(
    conditions,
    masks,
  ).conditions;
  expect(drawn.every((value) => value === 7)).toBe(true);
  return [...(changed?.data ?? [])].map((value) => Math.round(Number(value) * 1e4) / 1e4);
}

/** Ones in the first two columns of 32, zeros elsewhere but for 0.5 in the last pixel. */
const masks = Float32Array.from({ length: 1024 }, (_, i) => (i === 1023 ? 0.5 : i % 32 < 2 ? 1 : 0));

it('tells means of whole cells, as training does', () => {
  // Cells of 4 x 4: half of the first column's are ones, one of sixteen in the last cell is 0.5.
  const expected = Array.from({ length: 64 }, (_, i) => (i % 8 === 0 ? 0.5 : i === 63 ? 0.0313 : 0));
  expect(told(8, true, masks)).toEqual(expected);
});

it('leaves what stands beside the masks as it is', () => {
  const values = told(16, false, masks);
  expect(values.slice(0, 256)).toEqual(new Array(256).fill(7));
  const expected = Array.from({ length: 256 }, (_, i) => (i % 16 === 0 ? 1 : i === 255 ? 0.125 : 0));
  expect(values.slice(256)).toEqual(expected);
});

it('resamples where cells are not whole', () => {
  const flat = new Float32Array(1024).fill(0.75);
  expect(told(12, true, flat)).toEqual(new Array(144).fill(0.75));
});
