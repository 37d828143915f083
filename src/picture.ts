/** 8-bit picture, row-major, interleaved: RGB (3) or RGBA (4, straight alpha). `data.length` = width * height * channels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
}
