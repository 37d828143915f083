import type { Picture } from '../picture.js';

/** Float picture, planes one after another (CHW): `data` is `Float32Array` [channels, height, width]. */
export interface Planes {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function makePlanes(channels: number, width: number, height: number, data?: Float32Array): Planes {
  return { channels, width, height, data: data ?? new Float32Array(channels * width * height) };
}

/** RGB planes in -1..1, as graphs take them, from an 8-bit picture; an alpha channel is left out. */
export function planesFromPicture(picture: Picture): Planes {
  const { width, height, channels, data } = picture;
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) planes[c * area + i] = (data[i * channels + c] ?? 0) / 127.5 - 1;
  }
  return makePlanes(3, width, height, planes);
}

/** 8-bit RGB from planes in -1..1 (values outside are clipped), rounded to the nearest. */
export function pictureFromPlanes(planes: Planes): Picture {
  const { width, height, data } = planes;
  const area = width * height;
  const bytes = new Uint8Array(3 * area);
  for (let i = 0, o = 0; i < area; i++) {
    bytes[o++] = toByte(data[i] ?? 0);
    bytes[o++] = toByte(data[area + i] ?? 0);
    bytes[o++] = toByte(data[2 * area + i] ?? 0);
  }
  return { width, height, channels: 3, data: bytes };
}

/** -1..1 to 0..255. */
export function toByte(value: number): number {
  const level = (value + 1) * 127.5 + 0.5;
  return level <= 0 ? 0 : level >= 255 ? 255 : Math.floor(level);
}

/** 8-bit grey RGB picture of a mask [height, width] in 0..1. */
export function pictureFromMask(mask: Float32Array, width: number, height: number): Picture {
  const bytes = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) bytes.fill(toByte((mask[i] ?? 0) * 2 - 1), i * 3, i * 3 + 3);
  return { width, height, channels: 3, data: bytes };
}
