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
function pixelAt(x: i32, y: i32): usize {
  return sheet + (((y - sheetTop) * sheetWidth + (x - sheetLeft)) << 4);
}

/** Lays the part's value at the reference's (x, y), times `share`, over the pixel at `to`. */
// @ts-ignore: decorator
@inline
function lay(x: f64, y: f64, to: usize, share: f32): void {
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

/** Pixels between two nodes of a grid of shifts. */
const GRID: i32 = 4;

/** The same, plus shifts that are given at the nodes of a grid over the window: doubles [rows, columns] `across` and `down`. */
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
  columns: i32,
): void {
  for (let i = top; i < bottom; i++) {
    const y = <f64>i + 0.5;
    const v = (y - <f64>top) / <f64>GRID;
    const row = <i32>v;
    const fv = v - <f64>row;
    let to = pixelAt(left, i);
    for (let j = left; j < right; j++) {
      const x = <f64>j + 0.5;
      const u = (x - <f64>left) / <f64>GRID;
      const column = <i32>u;
      const node = (row * columns + column) << 3;
      const fu = u - <f64>column;
      const sx = between(across + node, columns << 3, fu, fv);
      const sy = between(down + node, columns << 3, fu, fv);
      lay(a * x + b * y + c + sx, d * x + e * y + f + sy, to, 1);
      to += 16;
    }
  }
}

/** Bilinear between four nodes, the lower two `below` bytes on. */
// @ts-ignore: decorator
@inline
function between(at: usize, below: i32, fu: f64, fv: f64): f64 {
  const upper = load<f64>(at) * (1 - fu) + load<f64>(at, 8) * fu;
  const lower = load<f64>(at + below) * (1 - fu) + load<f64>(at + below, 8) * fu;
  return upper * (1 - fv) + lower * fv;
}

// @ts-ignore: decorator
@inline
function clamped(value: f64): f64 {
  return min(1.0, max(0.0, value));
}

/**
 * Along a bone, from (x0, y0) to (x1, y1) in the picture and from (u0, v0) to (u1, v1) in the reference: stretched along it, `scale` reference pixels
 * a pixel across it, within `radius` pixels of it. Nothing is taken from below `height` rows of the reference.
 */
export function layBone(
  left: i32,
  top: i32,
  right: i32,
  bottom: i32,
  x0: f64,
  y0: f64,
  x1: f64,
  y1: f64,
  u0: f64,
  v0: f64,
  u1: f64,
  v1: f64,
  radius: f64,
  scale: f64,
  height: f64,
): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const squared = dx * dx + dy * dy;
  const longGoal = sqrt(squared) + 1e-3;
  const longSource = sqrt((u1 - u0) * (u1 - u0) + (v1 - v0) * (v1 - v0)) + 1e-3;
  const gx = dx / longGoal;
  const gy = dy / longGoal;
  const sx = (u1 - u0) / longSource;
  const sy = (v1 - v0) / longSource;
  const soft = max(1.0, 0.06 * radius);
  const reach = radius + 0.5 * soft;
  for (let i = top; i < bottom; i++) {
    const y = <f64>i + 0.5 - y0;
    let to = pixelAt(left, i);
    for (let j = left; j < right; j++, to += 16) {
      const x = <f64>j + 0.5 - x0;
      const t = squared > 0 ? clamped((x * dx + y * dy) / squared) : 0;
      const ex = x - t * dx;
      const ey = y - t * dy;
      const apart = ex * ex + ey * ey;
      if (apart >= reach * reach) continue;
      const share = clamped((radius - sqrt(apart)) / soft + 0.5);
      let along = x * gx + y * gy;
      const aside = (y * gx - x * gy) * scale;
      if (along < 0) along *= scale;
      else if (along > longGoal) along = longSource + (along - longGoal) * scale;
      else along *= longSource / longGoal;
      const v = v0 + sy * along + sx * aside;
      if (v >= height) continue;
      lay(u0 + sx * along - sy * aside, v, to, <f32>share);
    }
  }
}
