/*
 * Strokes on condition channels, four pixels of a row at a time: `conditions/raster.py` and `conditions/hand.py` of the training code. Places and
 * distances are counted in double precision, values in single. The pixel in row i and column j has its centre at (j + 0.5, i + 0.5).
 */
import { exponential } from './rows';

/** The segment that is drawn along, from (startX, startY) on, and the rows and columns that its reach touches. */
let startX: f64 = 0;
let startY: f64 = 0;
let acrossX: f64 = 0;
let acrossY: f64 = 0;
let squared: f64 = 0;
let left: i32 = 0;
let right: i32 = 0;
let top: i32 = 0;
let bottom: i32 = 0;
/** A row crosses the strip round the line, which reaches as far to each side, over twice this many pixels; a level line's row does so everywhere. */
let half: f64 = 0;

function low(least: f64, reach: f64, size: i32): i32 {
  return <i32>max(0.0, min(<f64>size, Math.floor(least - reach - 0.5)));
}

function high(most: f64, reach: f64, size: i32): i32 {
  return <i32>max(0.0, min(<f64>size, Math.ceil(most + reach + 0.5)));
}

function along(width: i32, height: i32, x0: f64, y0: f64, x1: f64, y1: f64, reach: f64): void {
  startX = x0;
  startY = y0;
  acrossX = x1 - x0;
  acrossY = y1 - y0;
  squared = acrossX * acrossX + acrossY * acrossY;
  left = low(min(x0, x1), reach, width);
  right = high(max(x0, x1), reach, width);
  top = low(min(y0, y1), reach, height);
  bottom = high(max(y0, y1), reach, height);
  half = acrossY == 0 ? Infinity : (reach * Math.sqrt(squared)) / Math.abs(acrossY) + 1;
}

/** Where the strip crosses the row at `py` below the segment's start. */
// @ts-ignore: decorator
@inline
function middleOf(py: f64): f64 {
  return acrossY == 0 ? 0 : (py * acrossX) / acrossY + startX;
}

// @ts-ignore: decorator
@inline
function firstOf(py: f64): i32 {
  return <i32>max(<f64>left, Math.floor(middleOf(py) - half));
}

// @ts-ignore: decorator
@inline
function lastOf(py: f64): i32 {
  return <i32>min(<f64>right, Math.ceil(middleOf(py) + half));
}

/** Of two pixels from column `j` on: how far to the right of the segment's start. */
// @ts-ignore: decorator
@inline
function awayX(j: i32): v128 {
  return f64x2.add(f64x2.splat(<f64>j + 0.5 - startX), f64x2(0, 1));
}

/** The nearest place on the segment, 0..1. */
// @ts-ignore: decorator
@inline
function nearest(px: v128, py: f64): v128 {
  if (squared == 0) return f64x2.splat(0);
  const place = f64x2.add(f64x2.mul(px, f64x2.splat(acrossX)), f64x2.splat(py * acrossY));
  return f64x2.min(f64x2.splat(1), f64x2.max(f64x2.splat(0), f64x2.div(place, f64x2.splat(squared))));
}

/** The square of the distance to that place. */
// @ts-ignore: decorator
@inline
function apart(px: v128, py: f64, t: v128): v128 {
  const ex = f64x2.sub(px, f64x2.mul(t, f64x2.splat(acrossX)));
  const ey = f64x2.sub(f64x2.splat(py), f64x2.mul(t, f64x2.splat(acrossY)));
  return f64x2.add(f64x2.mul(ex, ex), f64x2.mul(ey, ey));
}

/** Two and two values in double precision as four in single. */
// @ts-ignore: decorator
@inline
function four(first: v128, second: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second), 0, 1, 4, 5);
}

/** Stores the first `count` values, four at most. */
// @ts-ignore: decorator
@inline
function put(to: usize, values: v128, count: i32): void {
  if (count >= 4) return v128.store(to, values);
  store<f32>(to, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(values, 2), 8);
}

/** Coverage 0..1 of a stroke whose radius goes from r0 to r1, times `value`, where that is more than what is there. */
export function stroke(
  channel: usize,
  width: i32,
  height: i32,
  x0: f64,
  y0: f64,
  x1: f64,
  y1: f64,
  r0: f64,
  r1: f64,
  value: f32,
): void {
  along(width, height, x0, y0, x1, y1, max(r0, r1) + 1);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const inner = f64x2.splat(0.5 + r0);
  const wider = f64x2.splat(r1 - r0);
  for (let i = top; i < bottom; i++) {
    const py = <f64>i + 0.5 - startY;
    const last = lastOf(py);
    for (let j = firstOf(py); j < last; j += 4) {
      const a = awayX(j);
      const b = awayX(j + 2);
      const ta = nearest(a, py);
      const tb = nearest(b, py);
      const ca = f64x2.sub(f64x2.add(inner, f64x2.mul(ta, wider)), f64x2.sqrt(apart(a, py, ta)));
      const cb = f64x2.sub(f64x2.add(inner, f64x2.mul(tb, wider)), f64x2.sqrt(apart(b, py, tb)));
      const cover = f32x4.max(zero, f32x4.min(one, four(ca, cb)));
      const to = channel + ((i * width + j) << 2);
      put(to, f32x4.max(v128.load(to), f32x4.mul(f32x4.splat(value), cover)), last - j);
    }
  }
}

/** exp(-d^2 / (2 sigma^2)) of the distance, where that is more than what is there; cut at 4 sigma. */
export function gaussian(
  channel: usize,
  width: i32,
  height: i32,
  x0: f64,
  y0: f64,
  x1: f64,
  y1: f64,
  sigma: f64,
): void {
  along(width, height, x0, y0, x1, y1, 4 * sigma);
  const scale = f64x2.splat(-1 / (2 * sigma * sigma));
  const end = f32x4.splat(-8);
  for (let i = top; i < bottom; i++) {
    const py = <f64>i + 0.5 - startY;
    const last = lastOf(py);
    for (let j = firstOf(py); j < last; j += 4) {
      const a = awayX(j);
      const b = awayX(j + 2);
      const power = four(f64x2.mul(scale, apart(a, py, nearest(a, py))), f64x2.mul(scale, apart(b, py, nearest(b, py))));
      const seen = v128.and(exponential(power), f32x4.ge(power, end));
      const to = channel + ((i * width + j) << 2);
      put(to, f32x4.max(v128.load(to), seen), last - j);
    }
  }
}

/** `value` laid over what is there by its cover. */
// @ts-ignore: decorator
@inline
function over(to: usize, cover: v128, stays: v128, value: v128, count: i32): void {
  put(to, f32x4.add(f32x4.mul(v128.load(to), stays), f32x4.mul(cover, value)), count);
}

/**
 * A finger's bone laid over five channels, `plane` bytes apart: coverage, the number `finger`, place along it from `along0` to `along1`, relief (1
 * on its axis, 0 at its edge), nearness from `near0` to `near1`.
 */
export function bone(
  channels: usize,
  plane: usize,
  width: i32,
  height: i32,
  x0: f64,
  y0: f64,
  x1: f64,
  y1: f64,
  r0: f64,
  r1: f64,
  finger: f32,
  along0: f64,
  along1: f64,
  near0: f64,
  near1: f64,
): void {
  along(width, height, x0, y0, x1, y1, max(r0, r1) + 1);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const thin = f64x2.splat(r0);
  const wider = f64x2.splat(r1 - r0);
  for (let i = top; i < bottom; i++) {
    const py = <f64>i + 0.5 - startY;
    const last = lastOf(py);
    for (let j = firstOf(py); j < last; j += 4) {
      const a = awayX(j);
      const b = awayX(j + 2);
      const ta = nearest(a, py);
      const tb = nearest(b, py);
      const ra = f64x2.add(thin, f64x2.mul(ta, wider));
      const rb = f64x2.add(thin, f64x2.mul(tb, wider));
      const da = f64x2.sqrt(apart(a, py, ta));
      const db = f64x2.sqrt(apart(b, py, tb));
      const inside = four(f64x2.sub(ra, da), f64x2.sub(rb, db));
      const cover = f32x4.max(zero, f32x4.min(one, f32x4.add(f32x4.splat(0.5), inside)));
      if (!v128.any_true(f32x4.gt(cover, zero))) continue;
      const ratio = four(f64x2.div(da, ra), f64x2.div(db, rb));
      const relief = f32x4.sqrt(f32x4.max(zero, f32x4.sub(one, f32x4.mul(ratio, ratio))));
      const t = four(ta, tb);
      const place = f32x4.add(f32x4.splat(<f32>along0), f32x4.mul(t, f32x4.splat(<f32>(along1 - along0))));
      const near = f32x4.add(f32x4.splat(<f32>near0), f32x4.mul(t, f32x4.splat(<f32>(near1 - near0))));
      const stays = f32x4.sub(one, cover);
      const to = channels + ((i * width + j) << 2);
      const count = last - j;
      over(to, cover, stays, one, count);
      over(to + plane, cover, stays, f32x4.splat(finger), count);
      over(to + 2 * plane, cover, stays, place, count);
      over(to + 3 * plane, cover, stays, relief, count);
      over(to + 4 * plane, cover, stays, near, count);
    }
  }
}
