/*
 * Parts laid over the carried picture, bilinear: `conditions/lay.py` of the training code. Pictures are four floats a pixel, so that a pixel is one
 * register: red, green and blue 0..255 times cover, and cover 0..1. Places are counted in double precision, colours in single.
 */

/** What parts are laid on: [height, width, 4], the part of the picture that begins at (left, top). */
let sheet: usize = 0;
let sheetWidth: i32 = 0;
let sheetLeft: i32 = 0;
let sheetTop: i32 = 0;

/** The part that is laid: [partHeight, partWidth, 4] from (partLeft, partTop) of the reference on. Below `lowest` its last row goes on. */
let part: usize = 0;
let partWidth: i32 = 0;
let partHeight: i32 = 0;
let partLeft: f64 = 0;
let partTop: f64 = 0;
let lowest: f64 = 0;

export function onSheet(at: usize, width: i32, left: i32, top: i32): void {
  sheet = at;
  sheetWidth = width;
  sheetLeft = left;
  sheetTop = top;
}

export function takePart(at: usize, width: i32, height: i32, left: f64, top: f64, last: f64): void {
  part = at;
  partWidth = width;
  partHeight = height;
  partLeft = left + 0.5;
  partTop = top + 0.5;
  lowest = last - top;
}

/** The pixel (x, y) of the picture on the sheet. */
// @ts-ignore: decorator
@inline
export function pixelAt(x: i32, y: i32): usize {
  return sheet + (((y - sheetTop) * sheetWidth + (x - sheetLeft)) << 4);
}

/** Lays the part's value at the reference's (x, y), times `share`, over the pixel at `to`. */
// @ts-ignore: decorator
@inline
export function lay(x: f64, y: f64, to: usize, share: f32): void {
  const u = x - partLeft;
  const v = min(y - partTop, lowest);
  const across = floor(u);
  const down = floor(v);
  const j = <i32>across;
  const i = <i32>down;
  if (u < 0 || v < 0 || j >= partWidth - 1 || i >= partHeight - 1) return;
  const fu = f32x4.splat(<f32>(u - across));
  const fv = f32x4.splat(<f32>(v - down));
  const p = part + ((i * partWidth + j) << 4);
  const q = p + (partWidth << 4);
  const a = v128.load(p);
  const c = v128.load(q);
  const upper = f32x4.add(a, f32x4.mul(fu, f32x4.sub(v128.load(p, 16), a)));
  const lower = f32x4.add(c, f32x4.mul(fu, f32x4.sub(v128.load(q, 16), c)));
  const value = f32x4.mul(f32x4.splat(share), f32x4.add(upper, f32x4.mul(fv, f32x4.sub(lower, upper))));
  const cover = f32x4.extract_lane(value, 3);
  if (cover <= 0) return;
  v128.store(to, f32x4.add(value, f32x4.mul(f32x4.splat(1 - cover), v128.load(to))));
}

/** By the map x' = a x + b y + c, y' = d x + e y + f from the picture to the reference, within a window of the picture. */
export function layAffine(
  left: i32,
  top: i32,
  right: i32,
  bottom: i32,
  a: f64,
  b: f64,
  c: f64,
  d: f64,
  e: f64,
  f: f64,
): void {
  for (let i = top; i < bottom; i++) {
    const y = <f64>i + 0.5;
    let to = pixelAt(left, i);
    for (let j = left; j < right; j++) {
      const x = <f64>j + 0.5;
      lay(a * x + b * y + c, d * x + e * y + f, to, 1);
      to += 16;
    }
  }
}

/**
 * The same, plus a shift of each pixel of the window, the `light` it keeps, and how much of it `teeth` cover: doubles
 * [bottom - top, right - left] each.
 */
export function layShifted(
  left: i32,
  top: i32,
  right: i32,
  bottom: i32,
  a: f64,
  b: f64,
  c: f64,
  d: f64,
  e: f64,
  f: f64,
  across: usize,
  down: usize,
  light: usize,
  teeth: usize,
): void {
  for (let i = top; i < bottom; i++) {
    const y = <f64>i + 0.5;
    let to = pixelAt(left, i);
    for (let j = left; j < right; j++) {
      const x = <f64>j + 0.5;
      lay(a * x + b * y + c + load<f64>(across), d * x + e * y + f + load<f64>(down), to, 1);
      const kept = <f32>load<f64>(light);
      if (kept < 1) dim(to, kept);
      const covered = <f32>load<f64>(teeth);
      if (covered > 0) whiten(to, covered);
      to += 16;
      across += 8;
      down += 8;
      light += 8;
      teeth += 8;
    }
  }
}

/** Colour of teeth, 0..255. */
const TEETH: v128 = f32x4(185, 172, 160, 0);

/** Gives that share of a pixel the colour of teeth. */
// @ts-ignore: decorator
@inline
function whiten(to: usize, share: f32): void {
  const cover = load<f32>(to, 12);
  const mixed = f32x4.add(f32x4.mul(v128.load(to), f32x4.splat(1 - share)), f32x4.mul(TEETH, f32x4.splat(share)));
  v128.store(to, f32x4.replace_lane(mixed, 3, cover));
}

/** Leaves a pixel that share of its colours. */
// @ts-ignore: decorator
@inline
export function dim(to: usize, share: f32): void {
  const cover = load<f32>(to, 12);
  v128.store(to, f32x4.replace_lane(f32x4.mul(v128.load(to), f32x4.splat(share)), 3, cover));
}
