/** A rectangle of whole pixels of the body stage's picture: the part of it that is drawn. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** All of a picture of `size` x `size`. */
export function wholeArea(size: number): Area {
  return { left: 0, top: 0, width: size, height: size };
}

export function isWhole({ width, height }: Area, size: number): boolean {
  return width === size && height === size;
}

/** The area in a picture `scale` times as large. */
export function scaledArea({ left, top, width, height }: Area, scale: number): Area {
  return { left: left * scale, top: top * scale, width: width * scale, height: height * scale };
}

/** The area's rows of planes [channels, size, size], as [channels, height, width]. */
export function cutPlanes(data: Float32Array, size: number, area: Area): Float32Array {
  if (isWhole(area, size)) return data;
  const { left, top, width, height } = area;
  const channels = data.length / (size * size);
  const cut = new Float32Array(channels * width * height);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * size + top + y) * size + left;
      cut.set(data.subarray(from, from + width), (c * height + y) * width);
    }
  }
  return cut;
}

/** Planes [channels, height, width] of the area within [channels, size, size], and `around` everywhere else. */
export function wholePlanes(data: Float32Array, size: number, area: Area, around = 0): Float32Array {
  if (isWhole(area, size)) return data;
  const { left, top, width, height } = area;
  const channels = data.length / (width * height);
  const whole = new Float32Array(channels * size * size).fill(around);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + y) * width;
      whole.set(data.subarray(from, from + width), (c * size + top + y) * size + left);
    }
  }
  return whole;
}
