import { TorchGenerator } from '../../diffusion/noise.js';
import { gaussianBlur } from './blur.js';

/** Kernel of the pyramid along one axis: two neighbours on each side of a cell's middle. */
const KERNEL = [1, 3, 3, 1] as const;
/** Grain is what is left of the known pixels after a blur this wide; more than the most is texture, not grain. */
const GRAIN_BLUR = 1.2;
const MOST_GRAIN = 5;
const GRAIN_SEED = 1;

/** One level of the pyramid: colours [side, side, 3] and how sure they are [side, side], 0..1. */
interface Level {
  readonly side: number;
  readonly colours: Float32Array;
  readonly known: Float32Array;
}

/**
 * Colours [size, size, 3] (0..255) with what is not known (`known` [size, size], 0..1) filled in from around: near what is known in
 * detail, far from it by the wide means of a pyramid (push-pull; Gortler et al. 1996), with grain like that of the known pixels.
 */
export function fillUnknown(colours: Float32Array, known: Float32Array, size: number): Float32Array {
  const levels: Level[] = [{ side: size, colours, known }];
  for (let last = levels[0]; last && last.side > 1; last = levels.at(-1)) levels.push(pushed(last));
  let filled = levels.at(-1)?.colours ?? colours;
  for (const level of levels.slice(0, -1).reverse()) filled = pulled(level, filled);
  return grained(filled, known, size);
}

/** Half the side: means of what is known, as sure as it is there. */
function pushed({ side, colours, known }: Level): Level {
  const half = Math.ceil(side / 2);
  const result = {
    side: half,
    colours: new Float32Array(3 * half * half),
    known: new Float32Array(half * half),
  };
  for (let at = 0; at < half * half; at++) {
    let [weight, red, green, blue] = [0, 0, 0, 0];
    forEachTap(2 * (at % half), 2 * Math.floor(at / half), side, (from, tap) => {
      const share = tap * (known[from] ?? 0);
      weight += share;
      red += share * (colours[3 * from] ?? 0);
      green += share * (colours[3 * from + 1] ?? 0);
      blue += share * (colours[3 * from + 2] ?? 0);
    });
    if (weight <= 0) continue;
    result.colours.set([red / weight, green / weight, blue / weight], 3 * at);
    // A quarter of the cell known is enough to go by it.
    result.known[at] = Math.min(1, 4 * weight);
  }
  return result;
}

/** Visits the sixteen pixels round the middle of the cell that begins at (x, y), with weights that sum to 1. */
function forEachTap(x: number, y: number, side: number, visit: (from: number, tap: number) => void): void {
  KERNEL.forEach((down, i) => {
    const row = Math.min(side - 1, Math.max(0, y + i - 1));
    KERNEL.forEach((across, j) => {
      const column = Math.min(side - 1, Math.max(0, x + j - 1));
      visit(row * side + column, (down * across) / 64);
    });
  });
}

/** The level with what it does not know taken from the coarser one, bilinear. */
function pulled({ side, colours, known }: Level, coarse: Float32Array): Float32Array {
  const half = Math.ceil(side / 2);
  const result = new Float32Array(colours.length);
  for (let at = 0; at < side * side; at++) {
    const sure = known[at] ?? 0;
    const [u, v] = [(at % side) / 2 - 0.25, Math.floor(at / side) / 2 - 0.25];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [fu, fv] = [u - left, v - top];
    const place = (x: number, y: number): number =>
      3 * (Math.min(half - 1, Math.max(0, y)) * half + Math.min(half - 1, Math.max(0, x)));
    const [a, b] = [place(left, top), place(left + 1, top)];
    const [c, d] = [place(left, top + 1), place(left + 1, top + 1)];
    for (let k = 0; k < 3; k++) {
      const upper = (coarse[a + k] ?? 0) * (1 - fu) + (coarse[b + k] ?? 0) * fu;
      const lower = (coarse[c + k] ?? 0) * (1 - fu) + (coarse[d + k] ?? 0) * fu;
      const around = upper * (1 - fv) + lower * fv;
      result[3 * at + k] = sure * (colours[3 * at + k] ?? 0) + (1 - sure) * around;
    }
  }
  return result;
}

function grained(colours: Float32Array, known: Float32Array, size: number): Float32Array {
  const area = size * size;
  const grey = Float32Array.from(
    { length: area },
    (_, i) => ((colours[3 * i] ?? 0) + (colours[3 * i + 1] ?? 0) + (colours[3 * i + 2] ?? 0)) / 3,
  );
  const smooth = gaussianBlur(grey, size, GRAIN_BLUR);
  const left: number[] = [];
  for (let i = 0; i < area; i++)
    if ((known[i] ?? 0) >= 1) left.push(Math.abs((grey[i] ?? 0) - (smooth[i] ?? 0)));
  left.sort((a, b) => a - b);
  // The median of what a blur leaves is .67 of its deviation where it is noise; edges hardly move it.
  const strength = Math.min(MOST_GRAIN, (left[left.length >> 1] ?? 0) / 0.67);
  const noise = gaussianBlur(new TorchGenerator(GRAIN_SEED).randn(area), size, 0.5);
  return colours.map((value, at) => {
    const i = Math.floor(at / 3);
    return value + (1 - (known[i] ?? 0)) * strength * 1.6 * (noise[i] ?? 0);
  });
}
