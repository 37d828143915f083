/*
 * Rows of maps, enlarged. Rows of scratch memory have room before and after them, so that registers may reach beyond their ends.
 */

/** Bytes of room before and after a row. */
export const ROOM: i32 = 16;
/** Bytes of a row of `length` floats with its room. */
// @ts-ignore: decorator
@inline
export function rowBytes(length: i32): i32 {
  return ((length << 2) + 15 & ~15) + 2 * ROOM;
}

/** exp(x) of numbers down to -87, off by at most 2e-7 of it. */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  // exp(x) = 2^(whole + rest)
  const power = f32x4.mul(x, f32x4.splat(1.4426950408889634));
  const whole = f32x4.floor(power);
  const rest = f32x4.sub(power, whole);
  let value = f32x4.splat(0.0018775767);
  value = f32x4.add(f32x4.mul(value, rest), f32x4.splat(0.0089893397));
  value = f32x4.add(f32x4.mul(value, rest), f32x4.splat(0.055826318));
  value = f32x4.add(f32x4.mul(value, rest), f32x4.splat(0.24015361));
  value = f32x4.add(f32x4.mul(value, rest), f32x4.splat(0.69315308));
  value = f32x4.add(f32x4.mul(value, rest), f32x4.splat(0.99999994));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(value, exponent);
}

/** 1 / (1 + exp(-x)), off by at most 1e-6. */
// @ts-ignore: decorator
@inline
export function logistic(x: v128): v128 {
  const bounded = f32x4.max(f32x4.splat(-20), f32x4.min(f32x4.splat(20), x));
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exponential(f32x4.neg(bounded))));
}

/** `share` of the row `near` and the rest of the row `far`, and the row's ends once more beyond them. */
export function blendRows(near: usize, far: usize, share: f32, length: i32, to: usize): void {
  const first = f32x4.splat(share);
  const second = f32x4.splat(1 - share);
  for (let at = 0; at < length << 2; at += 16)
    v128.store(to + at, f32x4.add(f32x4.mul(first, v128.load(near + at)), f32x4.mul(second, v128.load(far + at))));
  repeatEnds(to, length);
}

/**
 * What `blendRows` gives of rows `near` (three quarters) and `far` of a map of `lines` rows, after the map was smoothed by 1 2 1 down and across, with
 * its edge once more beyond it. `spare`: a row of scratch memory.
 */
export function blendSmoothRows(map: usize, near: i32, far: i32, lines: i32, length: i32, spare: usize, to: usize): void {
  const pitch = <usize>length << 2;
  const last = lines - 1;
  const a = map + max(0, near - 1) * pitch;
  const b = map + near * pitch;
  const c = map + min(last, near + 1) * pitch;
  const d = map + max(0, far - 1) * pitch;
  const e = map + far * pitch;
  const f = map + min(last, far + 1) * pitch;
  const two = f32x4.splat(2);
  const three = f32x4.splat(3);
  const sixteenth = f32x4.splat(1.0 / 16);
  for (let at: usize = 0; at < pitch; at += 16) {
    const first = f32x4.add(f32x4.mul(two, v128.load(b + at)), f32x4.add(v128.load(a + at), v128.load(c + at)));
    const second = f32x4.add(f32x4.mul(two, v128.load(e + at)), f32x4.add(v128.load(d + at), v128.load(f + at)));
    v128.store(spare + at, f32x4.mul(sixteenth, f32x4.add(f32x4.mul(three, first), second)));
  }
  repeatEnds(spare, length);
  const quarter = f32x4.splat(0.25);
  for (let at: usize = 0; at < pitch; at += 16) {
    const beside = f32x4.add(v128.load(spare + at - 4), v128.load(spare + at + 4));
    v128.store(to + at, f32x4.mul(quarter, f32x4.add(f32x4.mul(two, v128.load(spare + at)), beside)));
  }
  repeatEnds(to, length);
}

/** A row's ends once more beyond them. */
// @ts-ignore: decorator
@inline
function repeatEnds(row: usize, length: i32): void {
  const end = row + (length << 2);
  store<f32>(row - 4, load<f32>(row));
  store<f32>(end, load<f32>(end - 4));
}

/** Bilinear enlarging by two, across. */
export function twice(from: usize, length: i32, to: usize): void {
  const near = f32x4.splat(0.75);
  const far = f32x4.splat(0.25);
  for (let at = 0; at < length << 2; at += 16) {
    const here = f32x4.mul(near, v128.load(from + at));
    const left = f32x4.add(here, f32x4.mul(far, v128.load(from + at - 4)));
    const right = f32x4.add(here, f32x4.mul(far, v128.load(from + at + 4)));
    v128.store(to + 2 * at, v128.shuffle<f32>(left, right, 0, 4, 1, 5));
    v128.store(to + 2 * at + 16, v128.shuffle<f32>(left, right, 2, 6, 3, 7));
  }
}

/** Bilinear enlarging by four, across. */
export function fourTimes(from: usize, length: i32, to: usize): void {
  const before = f32x4(0.375, 0.125, 0, 0);
  const after = f32x4(0, 0, 0.125, 0.375);
  for (let k = 0; k < length; k++) {
    const here = load<f32>(from);
    const left = f32x4.mul(before, f32x4.splat(load<f32>(from - 4) - here));
    const right = f32x4.mul(after, f32x4.splat(load<f32>(from, 4) - here));
    v128.store(to, f32x4.add(f32x4.splat(here), f32x4.add(left, right)));
    from += 4;
    to += 16;
  }
}

/** Flow in pixels and light, [3, rows, columns] with room round each row: each place the mean of itself and the eight round it, zeros beyond the edge. */
export function smoothFlow(maps: usize, columns: i32, rows: i32, reach: f32, light: f32, to: usize): void {
  const pitch = rowBytes(columns);
  const two = f32x4.splat(2);
  memory.fill(to, 0, 3 * (rows + 2) * pitch);
  for (let c = 0; c < 3; c++) {
    const ninth = f32x4.splat((c < 2 ? reach : light) / 9);
    const first = to + c * (rows + 2) * pitch + ROOM;
    // A row of the plane stands one below its place, between rows of zeros, until its neighbours are added.
    for (let y = 0; y < rows; y++) {
      const row = first + (y + 1) * pitch;
      for (let at = 0; at < columns << 2; at += 16) {
        const bent = f32x4.sub(f32x4.mul(two, logistic(v128.load(maps + at))), f32x4.splat(1));
        v128.store(row + at, f32x4.mul(ninth, bent));
      }
      memory.fill(row + (columns << 2), 0, pitch - ROOM - (columns << 2));
      maps += columns << 2;
      let left: f32 = 0;
      for (let at = 0; at < columns << 2; at += 4) {
        const here = load<f32>(row + at);
        store<f32>(row + at, left + here + load<f32>(row + at, 4));
        left = here;
      }
    }
    for (let y = 0; y < rows; y++) {
      const row = first + y * pitch;
      for (let at = 0; at < columns << 2; at += 16)
        v128.store(row + at, f32x4.add(v128.load(row + at), f32x4.add(v128.load(row + pitch + at), v128.load(row + 2 * pitch + at))));
    }
  }
}
