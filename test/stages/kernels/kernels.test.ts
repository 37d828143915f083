import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { KernelLayout } from '../../../src/stages/kernels/kernels.js';

const script = fileURLToPath(new URL('../../../scripts/build-kernels.mjs', import.meta.url));

it('is compiled from the source that lies beside it', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}, 120_000);

it('spreads pixels into planes, whatever their number', () => {
  const pixels = 11;
  const layout = new KernelLayout();
  const [sheet, planes] = [layout.floats(4 * pixels), layout.floats(4 * pixels)];
  const kernels = layout.open();
  kernels.floats(sheet).set(Float32Array.from({ length: 4 * pixels }, (_, k) => (k % 4 === 3 ? 0.5 : k)));
  kernels.call.spread(sheet.at, pixels, planes.at);
  const spread = kernels.floats(planes);
  for (let at = 0; at < pixels; at++) {
    for (let c = 0; c < 3; c++) expect(spread[c * pixels + at]).toBeCloseTo((4 * at + c) / 127.5 - 1, 6);
    expect(spread[3 * pixels + at]).toBe(0.5);
  }
});

it('gives each block a place of its own, where nothing lies yet', () => {
  const layout = new KernelLayout();
  const blocks = [layout.block(3), layout.floats(70_000), layout.block(8)];
  const kernels = layout.open();
  for (const [k, block] of blocks.entries()) kernels.bytes(block).fill(k + 1);
  for (const [k, block] of blocks.entries())
    expect(kernels.bytes(block).every((byte) => byte === k + 1)).toBe(true);
  expect(blocks.every(({ at }) => at % 16 === 0)).toBe(true);
});
