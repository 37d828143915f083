import type { Picture } from '../../../picture.js';

/**
 * How much the rim of a mask shows in a picture: the mean absolute step of brightness (Rec. 709 luma, 0..255) between neighbours of
 * which one is inside of the mask, over the same mean between neighbours up to `reach` pixels beside the rim. 1 = the rim cannot be
 * distinguished from its surroundings, 2 = steps there are twice as high; NaN where the mask has no rim or all is flat beside it.
 */
export function seamEnergy(picture: Picture, mask: Uint8Array, reach = 4): number {
  const { width, height } = picture;
  const luma = lumaOf(picture);
  const near = nearRim(mask, width, height, reach);
  const sums = { rim: 0, beside: 0 };
  const counts = { rim: 0, beside: 0 };
  const compare = (a: number, b: number): void => {
    const step = Math.abs((luma[a] ?? 0) - (luma[b] ?? 0));
    const kind = Boolean(mask[a]) !== Boolean(mask[b]) ? 'rim' : near[a] && near[b] ? 'beside' : undefined;
    if (!kind) return;
    sums[kind] += step;
    counts[kind] += 1;
  };
  for (let at = 0; at < width * height; at += 1) {
    if (at % width < width - 1) compare(at, at + 1);
    if (at + width < width * height) compare(at, at + width);
  }
  return sums.rim / counts.rim / (sums.beside / counts.beside);
}

function lumaOf({ width, height, channels, data }: Picture): Float64Array {
  return Float64Array.from({ length: width * height }, (_, at) => {
    const [r = 0, g = 0, b = 0] = data.subarray(at * channels, at * channels + 3);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
}

/** Pixels at most `reach` steps (along rows and columns) from the other side of the rim. */
function nearRim(mask: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  let near: Uint8Array = new Uint8Array(mask.length);
  const neighbours = (at: number): number[] => {
    const x = at % width;
    const around = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width];
    return around.filter((other) => other >= 0 && other < width * height);
  };
  for (let step = 0; step < reach; step += 1) {
    const before = near;
    near = before.map((already, at) => {
      const reached = neighbours(at).some(
        (other) => before[other] || Boolean(mask[other]) !== Boolean(mask[at]),
      );
      return already || reached ? 1 : 0;
    });
  }
  return near;
}
