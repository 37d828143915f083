import { makePlanes, type Planes } from '../../src/stages/planes.js';

/** Planes [channels, height, width] of one value a channel. */
export function uniformPlanes(values: readonly number[], width: number, height = width): Planes {
  const planes = makePlanes(values.length, width, height);
  values.forEach((value, c) => {
    planes.data.fill(value, c * width * height, (c + 1) * width * height);
  });
  return planes;
}
