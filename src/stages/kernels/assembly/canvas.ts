/*
 * Hands laid on the canvas. A cut-out is four floats a pixel, so that a pixel is one register: colours -1..1 times cover, and cover 0..1.
 */

/** A part of a picture (planes [3, size, size], `plane` bytes apart) times its mask, as [bottom - top, right - left, 4]. */
export function cutOut(
  picture: usize,
  plane: usize,
  mask: usize,
  size: i32,
  left: i32,
  top: i32,
  right: i32,
  bottom: i32,
  to: usize,
): void {
  for (let y = top; y < bottom; y++) {
    let at: usize = (y * size + left) << 2;
    for (let x = left; x < right; x++, at += 4, to += 16) {
      const colours = f32x4(load<f32>(picture + at), load<f32>(picture + plane + at), load<f32>(picture + 2 * plane + at), 1);
      v128.store(to, f32x4.mul(f32x4.splat(load<f32>(mask + at)), colours));
    }
  }
}

/**
 * Lines of `length` pixels resampled to lines of `count`, by taps: for each pixel the first that counts, how many do, and their weights, `most`
 * places for each. From one pixel of the source to the next it is `step` bytes, from line to line `line`; `toStep` and `toLine` in the target.
 */
export function resampleLines(
  from: usize,
  lines: i32,
  step: usize,
  line: usize,
  taps: usize,
  count: i32,
  most: i32,
  to: usize,
  toStep: usize,
  toLine: usize,
): void {
  const counts = taps + (count << 2);
  const weights = counts + (count << 2);
  for (let i = 0; i < lines; i++) {
    let target = to;
    for (let k = 0; k < count; k++, target += toStep) {
      let source = from + load<u32>(taps + (k << 2)) * step;
      let weight = weights + ((k * most) << 2);
      let sum = f32x4.splat(0);
      for (let n = load<i32>(counts + (k << 2)); n > 0; n--, source += step, weight += 4)
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weight), v128.load(source)));
      v128.store(target, sum);
    }
    from += line;
    to += toLine;
  }
}

/** The box round the pixels that a hand covers for the greater part, as (left, top, right, bottom). */
let boxLeft: i32 = 0;
let boxTop: i32 = 0;
let boxRight: i32 = 0;
let boxBottom: i32 = 0;

/**
 * Lays a cut-out [height, width, 4] over a canvas from (left, top) on: planes of `areaWidth` pixels a row and `plane` bytes, in this order from
 * `canvas` on: picture (3, on the colour red, green, blue), hands (3), alpha, mask. Writes the box round its precise mask as four integers to
 * `box`, empty where it has none.
 */
export function layHand(
  cut: usize,
  left: i32,
  top: i32,
  width: i32,
  height: i32,
  areaWidth: i32,
  canvas: usize,
  plane: usize,
  red: f32,
  green: f32,
  blue: f32,
  box: usize,
): void {
  const hands = canvas + 3 * plane;
  const alpha = canvas + 6 * plane;
  const mask = canvas + 7 * plane;
  boxLeft = areaWidth;
  boxTop = i32.MAX_VALUE;
  boxRight = 0;
  boxBottom = 0;
  for (let y = top; y < top + height; y++) {
    let at: usize = (y * areaWidth + left) << 2;
    for (let x = left; x < left + width; x++, at += 4, cut += 16) {
      const cover = load<f32>(cut, 12);
      if (cover <= 0) continue;
      const under: f32 = 1 - cover;
      const both: f32 = cover + under * load<f32>(alpha + at);
      store<f32>(alpha + at, both);
      store<f32>(mask + at, both >= 0.5 ? 1 : 0);
      lay(canvas + at, hands + at, load<f32>(cut), under, both, red);
      lay(canvas + plane + at, hands + plane + at, load<f32>(cut, 4), under, both, green);
      lay(canvas + 2 * plane + at, hands + 2 * plane + at, load<f32>(cut, 8), under, both, blue);
      if (cover < 0.5) continue;
      boxLeft = min(boxLeft, x);
      boxTop = min(boxTop, y);
      boxRight = max(boxRight, x + 1);
      boxBottom = max(boxBottom, y + 1);
    }
  }
  store<i32>(box, boxLeft);
  store<i32>(box, boxTop, 4);
  store<i32>(box, boxRight, 8);
  store<i32>(box, boxBottom, 12);
}

/** One channel of a pixel. */
// @ts-ignore: decorator
@inline
function lay(picture: usize, hands: usize, value: f32, under: f32, both: f32, background: f32): void {
  const colour: f32 = value + under * load<f32>(hands);
  store<f32>(hands, colour);
  store<f32>(picture, colour + (1 - both) * background);
}

/** Takes the hands off a block of the canvas. */
export function clearHands(
  left: i32,
  top: i32,
  right: i32,
  bottom: i32,
  areaWidth: i32,
  canvas: usize,
  plane: usize,
  red: f32,
  green: f32,
  blue: f32,
): void {
  const bytes: usize = (right - left) << 2;
  for (let y = top; y < bottom; y++) {
    const at: usize = canvas + ((y * areaWidth + left) << 2);
    for (let k: usize = 0; k < bytes; k += 4) {
      store<f32>(at + k, red);
      store<f32>(at + plane + k, green);
      store<f32>(at + 2 * plane + k, blue);
    }
    for (let c: usize = 3; c < 8; c++) memory.fill(at + c * plane, 0, bytes);
  }
}
