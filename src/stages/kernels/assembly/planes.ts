/*
 * From four floats a pixel to planes, and planes at half their size.
 */

/**
 * The sheet [pixels, 4] as planes: red, green and blue from 0..255 to -1..1, and cover as it is: [4, pixels].
 */
export function spread(sheet: usize, pixels: i32, planes: usize): void {
  const plane = <usize>pixels << 2;
  const scale = f32x4.splat(1.0 / 127.5);
  const one = f32x4.splat(1);
  const fours = plane & ~15;
  let at: usize = 0;
  for (; at < fours; at += 16) {
    const a = v128.load(sheet);
    const b = v128.load(sheet, 16);
    const c = v128.load(sheet, 32);
    const d = v128.load(sheet, 48);
    sheet += 64;
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const red = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
    const green = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
    const blue = v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5);
    const cover = v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7);
    v128.store(planes + at, f32x4.sub(f32x4.mul(red, scale), one));
    v128.store(planes + plane + at, f32x4.sub(f32x4.mul(green, scale), one));
    v128.store(planes + 2 * plane + at, f32x4.sub(f32x4.mul(blue, scale), one));
    v128.store(planes + 3 * plane + at, cover);
  }
  for (; at < plane; at += 4, sheet += 16) {
    for (let c: usize = 0; c < 3; c++)
      store<f32>(planes + c * plane + at, load<f32>(sheet + (c << 2)) * <f32>(1.0 / 127.5) - 1);
    store<f32>(planes + 3 * plane + at, load<f32>(sheet, 12));
  }
}

/** Means of cells of 2 x 2: rows of `width` (a multiple of 4) values, two and two, to rows of half the width. */
export function halve(from: usize, width: i32, rows: i32, to: usize): void {
  const row = <usize>width << 2;
  const quarter = f32x4.splat(0.25);
  for (let y = 0; y < rows; y += 2) {
    const end = from + row;
    while (from < end) {
      const first = f32x4.add(v128.load(from), v128.load(from + row));
      const pairs = f32x4.add(first, v128.shuffle<f32>(first, first, 1, 0, 3, 2));
      const means = f32x4.mul(pairs, quarter);
      v128.store64_lane(to, v128.shuffle<f32>(means, means, 0, 2, 0, 2), 0);
      from += 16;
      to += 8;
    }
    from += row;
  }
}
