import { dilate } from '../diffusion/index.js';
import { scaledArea } from './area.js';
import type { Canvas } from './canvas.js';
import type { Grid } from './conditions/raster.js';
import { resampleMask } from './resample.js';

/** How stage 2 holds on to the hands while it draws the body round them (paper, III-D and its ablation). */
export interface Blending {
  /** `expand`: sequential mask expansion; `naive`: the precise mask at each step; `box`: its bounding boxes; `none`: conditions alone. */
  readonly mode: 'expand' | 'naive' | 'box' | 'none';
  /** Last steps that run without blending. */
  readonly freeSteps: number;
  /** Pixels of the picture that the expanded mask shrinks by from step to step, on each side. */
  readonly growth: number;
  /**
   * Steps that the expanded masks are counted over. `blended`: those that are blended, so that the last of them has the precise mask.
   * `all`: every step, as III-D has it, so that the free steps take the smallest masks away.
   */
  readonly dilations: 'blended' | 'all';
  /** What is blended in: the canvas at the step's noise level, or clean as equation 8 prints it. */
  readonly canvas: 'noised' | 'clean';
}

/**
 * The masks of the blended steps at latent size (`downscale` pixels a cell), 0 or 1: one a step, first step first; the
 * `freeSteps` last steps have none. With `expand` the first is the precise mask dilated (n - 1) times by `growth`
 * pixels, n being the number of blended steps or of all (`dilations`), and each later one is dilated once less.
 */
export function blendMasks(
  canvas: Canvas,
  blending: Blending,
  steps: number,
  downscale: number,
): Float32Array[] {
  const count = blending.mode === 'none' ? 0 : Math.max(0, steps - blending.freeSteps);
  if (count === 0 || !canvas.mask.includes(1)) return [];
  const counted = blending.dilations === 'all' ? steps : count;
  return pictureMasks(canvas, blending, counted)
    .slice(0, count)
    .map((mask) =>
      resampleMask(mask, canvas.area, scaledArea(canvas.area, 1 / downscale)).map((share) =>
        share >= 0.5 ? 1 : 0,
      ),
    );
}

function pictureMasks(canvas: Canvas, blending: Blending, count: number): Float32Array[] {
  const { area, mask } = canvas;
  switch (blending.mode) {
    case 'expand':
      return expansion(mask, area, count, blending.growth);
    case 'naive':
      return new Array<Float32Array>(count).fill(mask);
    case 'box':
      return new Array<Float32Array>(count).fill(boxMasks(canvas));
    case 'none':
      return [];
  }
}

/** Sequential mask expansion, widest first, each mask grown from the one after it: dilating twice by a square is dilating once by their sum. */
function expansion(mask: Float32Array, size: Grid, count: number, growth: number): Float32Array[] {
  const series = [mask];
  while (series.length < count) series.unshift(grown(series[0] ?? mask, size, growth));
  return series;
}

/** `dilate`, worked out only in the rows and columns that the mask can reach: hands are small in the picture. */
function grown(mask: Float32Array, size: Grid, growth: number): Float32Array {
  const { left, top, right, bottom } = reach(mask, size, growth);
  const width = right - left;
  const part = new Float32Array(width * (bottom - top));
  for (let y = top; y < bottom; y++) {
    part.set(mask.subarray(y * size.width + left, y * size.width + right), (y - top) * width);
  }
  const dilated = dilate(part, width, bottom - top, growth);
  const result = new Float32Array(mask.length);
  for (let y = top; y < bottom; y++) {
    result.set(dilated.subarray((y - top) * width, (y - top + 1) * width), y * size.width + left);
  }
  return result;
}

/** The rows and columns of a mask of zeros and ones, of which there is one at least, with `margin` more on each side, within the picture. */
function reach(mask: Float32Array, { width, height }: Grid, margin: number) {
  const top = Math.floor(mask.indexOf(1) / width);
  const bottom = Math.floor(mask.lastIndexOf(1) / width) + 1;
  let [left, right] = [width, 0];
  for (let y = top; y < bottom; y++) {
    const row = mask.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, row.lastIndexOf(1) + 1);
  }
  return {
    left: Math.max(0, left - margin),
    top: Math.max(0, top - margin),
    right: Math.min(width, right + margin),
    bottom: Math.min(height, bottom + margin),
  };
}

function boxMasks({ boxes, area: { width, height } }: Canvas): Float32Array {
  const all = new Float32Array(width * height);
  for (const { left, top, right, bottom } of boxes) {
    for (let y = top; y < bottom; y++) all.fill(1, y * width + left, y * width + right);
  }
  return all;
}
