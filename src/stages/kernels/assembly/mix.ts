/*
 * The end of `CarriedDecoder` of the training code (`networks/autoencoder.py`): the carried picture moved by a small flow and lit, and where that is
 * wrong the network's own colours, or the plate. Maps are enlarged a row at a time.
 */
import { blendRows, blendSmoothRows, fourTimes, logistic, ROOM, rowBytes, smoothFlow, twice } from './rows';

/** Maps at half of the picture's size: three colours, gate, person. Neighbours of a pixel shuffle give them a weave that 1 2 1 takes out. */
const MAPS: i32 = 5;
/** The network's own colours reach a little beyond what a picture holds, so that its ends are reached. */
const COLOURS: f32 = 1.05;
/** What has less than this share of a pixel is left out, own colours or all but the carried picture: a quarter of a level at most. */
const SEEN: f32 = 1e-3;
/** Pixels: a shorter flow is none. Half of a picture lies as still as this. */
const STILL: f32 = 0.01;
/** Light that changes no level. */
const UNLIT: f32 = 1e-3;

/**
 * Mixes a picture of `width` x `height`. `half`: [5, height / 2, width / 2], own red, green, blue, gate, person; `flow`: [3, height / 4, width / 4],
 * across, down and light; `carried` and `plate`: [height, width, 4], 0..255. `bytes`: RGB, with room for four more; `person`: [height, width], 0..1.
 * `reach`: longest flow in pixels. `light`: by how much of itself the carried picture is brightened or darkened at most. `gateSlope`, `personSlope`: how much steeper the two are taken. `scratch`: as many bytes as `mixScratch` of `carry/workbench.ts` says.
 */
export function mix(
  half: usize,
  flow: usize,
  carried: usize,
  plate: usize,
  width: i32,
  height: i32,
  reach: f32,
  light: f32,
  gateSlope: f32,
  personSlope: f32,
  scratch: usize,
  bytes: usize,
  person: usize,
): void {
  const columns = width / 4;
  const rows = height / 4;
  const smooth = scratch;
  const pitch = rowBytes(columns);
  const plane = (rows + 2) * pitch;
  smoothFlow(flow, columns, rows, reach, light, smooth);
  let at = smooth + 3 * plane;
  const narrow = at + ROOM;
  at += rowBytes(columns);
  const halfRow = at + ROOM;
  at += rowBytes(width / 2);
  const spare = at + ROOM;
  at += rowBytes(width / 2);
  const wide = rowBytes(width);
  const own = at + ROOM;
  const gate = own + 3 * wide;
  const shown = gate + wide;
  const across = shown + wide;
  const halfPlane = ((height / 2) * (width / 2)) << 2;
  for (let y = 0; y < height; y++) {
    const near = y >> 1;
    const far = (y & 1) == 0 ? max(0, near - 1) : min(height / 2 - 1, near + 1);
    for (let c = 0; c < MAPS; c++) {
      const map = half + c * halfPlane;
      blendSmoothRows(map, near, far, height / 2, width / 2, spare, halfRow);
      twice(halfRow, width / 2, own + c * wide);
    }
    const off: f32 = (<f32>(y & 3) + 0.5) / 4 - 0.5;
    const here = y >> 2;
    const there = off < 0 ? max(0, here - 1) : min(rows - 1, here + 1);
    for (let c = 0; c < 3; c++) {
      const first = smooth + c * plane + ROOM;
      blendRows(first + here * pitch, first + there * pitch, 1 - abs(off), columns, narrow);
      fourTimes(narrow, columns, across + c * wide);
    }
    mixRow(carried, plate, own, wide, width, height, y, gateSlope, personSlope, bytes, person);
    plate += width << 4;
    bytes += 3 * width;
    person += width << 2;
  }
}

/** One row, four pixels at a time, from the maps' rows: own colours, gate, person, flow across and down, light, `wide` bytes apart. */
function mixRow(
  carried: usize,
  plate: usize,
  own: usize,
  wide: i32,
  width: i32,
  height: i32,
  y: i32,
  gateSlope: f32,
  personSlope: f32,
  bytes: usize,
  person: usize,
): void {
  const gate = own + 3 * wide;
  const flow = gate + 2 * wide;
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const lastX = f32x4.splat(<f32>(width - 1));
  const lastY = f32x4.splat(<f32>(height - 1));
  const columns = i32x4.splat(width - 2);
  const lines = i32x4.splat(height - 2);
  let xs = f32x4(0, 1, 2, 3);
  const least = f32x4.splat(SEEN);
  const unlit = f32x4.splat(UNLIT);
  const still = f32x4.splat(STILL);
  let place4 = carried + ((<usize>y * width) << 4);
  for (let at = 0; at < width << 2; at += 16, bytes += 12, place4 += 64, xs = f32x4.add(xs, f32x4.splat(4))) {
    const open = logistic(f32x4.mul(f32x4.splat(gateSlope), v128.load(gate + at)));
    const shown = logistic(f32x4.mul(f32x4.splat(personSlope), v128.load(gate + wide + at)));
    v128.store(person + at, shown);
    const closed = !v128.any_true(f32x4.gt(open, least));
    const flowX = v128.load(flow + at);
    const flowY = v128.load(flow + wide + at);
    const lit = f32x4.add(one, v128.load(flow + 2 * wide + at));
    if (closed && !v128.any_true(f32x4.gt(f32x4.max(f32x4.abs(flowX), f32x4.abs(flowY)), still))) {
      if (v128.any_true(f32x4.gt(f32x4.abs(f32x4.sub(lit, one)), unlit))) {
        const a = f32x4.mul(v128.load(place4), v128.shuffle<f32>(lit, lit, 0, 0, 0, 0));
        const b = f32x4.mul(v128.load(place4, 16), v128.shuffle<f32>(lit, lit, 1, 1, 1, 1));
        const c = f32x4.mul(v128.load(place4, 32), v128.shuffle<f32>(lit, lit, 2, 2, 2, 2));
        const d = f32x4.mul(v128.load(place4, 48), v128.shuffle<f32>(lit, lit, 3, 3, 3, 3));
        put(bytes, level(a), level(b), level(c), level(d));
      } else put(bytes, level(v128.load(place4)), level(v128.load(place4, 16)), level(v128.load(place4, 32)), level(v128.load(place4, 48)));
      continue;
    }
    // The carried picture's share times its light.
    const stays = f32x4.mul(f32x4.sub(one, open), lit);
    const drawn = f32x4.mul(open, shown);
    const behind = f32x4.sub(open, drawn);
    // Where the flow leads: the pixel above and to the left of it, and how far beyond that.
    const sx = f32x4.max(zero, f32x4.min(lastX, f32x4.add(xs, flowX)));
    const sy = f32x4.max(zero, f32x4.min(lastY, f32x4.add(f32x4.splat(<f32>y), flowY)));
    const left = i32x4.min_s(columns, i32x4.trunc_sat_f32x4_s(sx));
    const top = i32x4.min_s(lines, i32x4.trunc_sat_f32x4_s(sy));
    const fx = f32x4.sub(sx, f32x4.convert_i32x4_s(left));
    const fy = f32x4.sub(sy, f32x4.convert_i32x4_s(top));
    const place = i32x4.shl(i32x4.add(i32x4.mul(top, i32x4.splat(width)), left), 4);
    const under = <usize>width << 4;
    if (closed) {
      const a = between(carried + i32x4.extract_lane(place, 0), under, v128.shuffle<f32>(fx, fx, 0, 0, 0, 0), v128.shuffle<f32>(fy, fy, 0, 0, 0, 0));
      const b = between(carried + i32x4.extract_lane(place, 1), under, v128.shuffle<f32>(fx, fx, 1, 1, 1, 1), v128.shuffle<f32>(fy, fy, 1, 1, 1, 1));
      const c = between(carried + i32x4.extract_lane(place, 2), under, v128.shuffle<f32>(fx, fx, 2, 2, 2, 2), v128.shuffle<f32>(fy, fy, 2, 2, 2, 2));
      const d = between(carried + i32x4.extract_lane(place, 3), under, v128.shuffle<f32>(fx, fx, 3, 3, 3, 3), v128.shuffle<f32>(fy, fy, 3, 3, 3, 3));
      put(
        bytes,
        level(f32x4.mul(a, v128.shuffle<f32>(stays, stays, 0, 0, 0, 0))),
        level(f32x4.mul(b, v128.shuffle<f32>(stays, stays, 1, 1, 1, 1))),
        level(f32x4.mul(c, v128.shuffle<f32>(stays, stays, 2, 2, 2, 2))),
        level(f32x4.mul(d, v128.shuffle<f32>(stays, stays, 3, 3, 3, 3))),
      );
      continue;
    }
    let red = zero;
    let green = zero;
    let blue = zero;
    if (v128.any_true(f32x4.gt(drawn, f32x4.splat(SEEN)))) {
      red = colour(own + at);
      green = colour(own + wide + at);
      blue = colour(own + 2 * wide + at);
    }
    const redGreen = v128.shuffle<f32>(red, green, 0, 4, 1, 5);
    const redGreen2 = v128.shuffle<f32>(red, green, 2, 6, 3, 7);
    const blueAny = v128.shuffle<f32>(blue, blue, 0, 0, 1, 1);
    const blueAny2 = v128.shuffle<f32>(blue, blue, 2, 2, 3, 3);
    const behindAt = plate + (<usize>at << 2);
    const a = pixel(carried + i32x4.extract_lane(place, 0), under, v128.shuffle<f32>(fx, fx, 0, 0, 0, 0), v128.shuffle<f32>(fy, fy, 0, 0, 0, 0), v128.shuffle<f32>(stays, stays, 0, 0, 0, 0), v128.shuffle<f32>(redGreen, blueAny, 0, 1, 4, 5), v128.shuffle<f32>(drawn, drawn, 0, 0, 0, 0), behindAt, v128.shuffle<f32>(behind, behind, 0, 0, 0, 0));
    const b = pixel(carried + i32x4.extract_lane(place, 1), under, v128.shuffle<f32>(fx, fx, 1, 1, 1, 1), v128.shuffle<f32>(fy, fy, 1, 1, 1, 1), v128.shuffle<f32>(stays, stays, 1, 1, 1, 1), v128.shuffle<f32>(redGreen, blueAny, 2, 3, 6, 7), v128.shuffle<f32>(drawn, drawn, 1, 1, 1, 1), behindAt + 16, v128.shuffle<f32>(behind, behind, 1, 1, 1, 1));
    const c = pixel(carried + i32x4.extract_lane(place, 2), under, v128.shuffle<f32>(fx, fx, 2, 2, 2, 2), v128.shuffle<f32>(fy, fy, 2, 2, 2, 2), v128.shuffle<f32>(stays, stays, 2, 2, 2, 2), v128.shuffle<f32>(redGreen2, blueAny2, 0, 1, 4, 5), v128.shuffle<f32>(drawn, drawn, 2, 2, 2, 2), behindAt + 32, v128.shuffle<f32>(behind, behind, 2, 2, 2, 2));
    const d = pixel(carried + i32x4.extract_lane(place, 3), under, v128.shuffle<f32>(fx, fx, 3, 3, 3, 3), v128.shuffle<f32>(fy, fy, 3, 3, 3, 3), v128.shuffle<f32>(stays, stays, 3, 3, 3, 3), v128.shuffle<f32>(redGreen2, blueAny2, 2, 3, 6, 7), v128.shuffle<f32>(drawn, drawn, 3, 3, 3, 3), behindAt + 48, v128.shuffle<f32>(behind, behind, 3, 3, 3, 3));
    put(bytes, a, b, c, d);
  }
}

/** Four pixels of whole levels as twelve bytes, and four more. */
// @ts-ignore: decorator
@inline
function put(bytes: usize, a: v128, b: v128, c: v128, d: v128): void {
  const levels = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
  v128.store(bytes, v128.shuffle<u8>(levels, levels, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15));
}

/** The nearest whole levels. */
// @ts-ignore: decorator
@inline
function level(value: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.add(value, f32x4.splat(0.5)));
}

/** The network's own colours, 0..255 and a little beyond, by the hyperbolic tangent. */
// @ts-ignore: decorator
@inline
function colour(at: usize): v128 {
  const bent = logistic(f32x4.mul(f32x4.splat(2), v128.load(at)));
  return f32x4.add(f32x4.splat(127.5 * (1 - COLOURS)), f32x4.mul(f32x4.splat(255 * COLOURS), bent));
}

/** The picture between the four pixels from `place` on, (fx, fy) beyond the first of them. */
// @ts-ignore: decorator
@inline
function between(place: usize, below: usize, fx: v128, fy: v128): v128 {
  const p = v128.load(place);
  const q = v128.load(place + below);
  const upper = f32x4.add(p, f32x4.mul(fx, f32x4.sub(v128.load(place, 16), p)));
  const lower = f32x4.add(q, f32x4.mul(fx, f32x4.sub(v128.load(place + below, 16), q)));
  return f32x4.add(upper, f32x4.mul(fy, f32x4.sub(lower, upper)));
}

/** A pixel as whole levels: the carried picture as `between` gives it, lit, `own` colours, and the plate, by their shares. */
// @ts-ignore: decorator
@inline
function pixel(
  place: usize,
  below: usize,
  fx: v128,
  fy: v128,
  stays: v128,
  own: v128,
  drawn: v128,
  plate: usize,
  behind: v128,
): v128 {
  const moved = between(place, below, fx, fy);
  const fromPlate = f32x4.mul(behind, v128.load(plate));
  return level(f32x4.add(f32x4.mul(stays, moved), f32x4.add(f32x4.mul(drawn, own), fromPlate)));
}
