import { dim, lay, pixelAt } from './lay';

/*
 * Limbs laid over the carried picture: `lay_bone` of the training code's `conditions/lay.py`.
 */

// @ts-ignore: decorator
@inline
function clamped(value: f64): f64 {
  return min(1.0, max(0.0, value));
}

/** Places along a limb at which its width is known, and over how many pixels its sides fade. */
const STATIONS: i32 = 24;
const SOFT: f64 = 1.5;

/** Half the width of a limb at the share `along` of its bone, on the side where `across` is: between the stations of `outline`, doubles [STATIONS, 2]. */
// @ts-ignore: decorator
@inline
function widthAt(outline: usize, along: f64, across: f64): f64 {
  const place = min(<f64>STATIONS - 1.001, max(0.0, along * <f64>STATIONS - 0.5));
  const k = <i32>place;
  const at = outline + (k << 4) + (across < 0 ? 0 : 8);
  const here = load<f64>(at);
  return here + (place - <f64>k) * (load<f64>(at, 16) - here);
}

/** From which share of a limb's bone on what lies under it is darkened. */
const SHADE_FROM: f64 = 0.5;

/** Darkens the pixel at `to` where a part covers it, by `shade`, how `near` it is to a limb, and how far along, 0..1 and more. */
// @ts-ignore: decorator
@inline
function shadeUnder(to: usize, shade: f64, near: f64, along: f64): void {
  const cover = load<f32>(to, 12);
  if (cover <= 0) return;
  dim(to, <f32>(1 - shade * near * near * clamped(along) * <f64>cover));
}

/**
 * Along a bone, from (x0, y0) to (x1, y1) in the picture and from (u0, v0) to (u1, v1) in the reference: stretched along it, and across it
 * `scale0` to `scale1` reference pixels a pixel, within its `outline`. Beyond its ends, which are round, it fades out within `fade0` and
 * `fade1` of its half width; beyond its second end its last colours go on. At its first end it leaves that way turned by `turn`, radians from the
 * picture's right to its bottom, and bends into it within `bend` of its length. What lies under it is darkened by `shade`, as far as `shadeReach` half widths beyond it.
 * Nothing is taken from below `height` rows of the reference.
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
  scale0: f64,
  scale1: f64,
  fade0: f64,
  fade1: f64,
  shade: f64,
  shadeReach: f64,
  turn: f64,
  bend: f64,
  outline: usize,
  height: f64,
): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const longGoal = sqrt(dx * dx + dy * dy) + 1e-3;
  const longSource = sqrt((u1 - u0) * (u1 - u0) + (v1 - v0) * (v1 - v0)) + 1e-3;
  const gx = dx / longGoal;
  const gy = dy / longGoal;
  const sx = (u1 - u0) / longSource;
  const sy = (v1 - v0) / longSource;
  // No place counts that is farther from the bone's line: a slanting bone crosses little of its box.
  let widest: f64 = 0;
  for (let k = 0; k < 2 * STATIONS; k++) widest = max(widest, load<f64>(outline + (k << 3)));
  const strip = (widest * (1 + shadeReach) + 0.5 * SOFT * max(scale0, scale1)) / min(scale0, scale1);
  const half = gy == 0 ? Infinity : strip / abs(gy) + 1;
  const bent = turn == 0 ? 0 : bend * longGoal;
  const turnedX = Math.cos(turn) * gx - Math.sin(turn) * gy;
  const turnedY = Math.cos(turn) * gy + Math.sin(turn) * gx;
  for (let i = top; i < bottom; i++) {
    const y = <f64>i + 0.5 - y0;
    const middle = gy == 0 ? 0 : (y * gx) / gy + x0;
    const wide = abs(y) < bent ? bent : -Infinity;
    const first = <i32>max(<f64>left, floor(min(middle - half, x0 - wide)));
    const last = <i32>min(<f64>right, ceil(max(middle + half, x0 + wide)));
    let to = pixelAt(first, i);
    for (let j = first; j < last; j++, to += 16) {
      const x = <f64>j + 0.5 - x0;
      let along = x * gx + y * gy;
      let aside = y * gx - x * gy;
      const squared = x * x + y * y;
      if (squared < bent * bent) {
        // Between the way that the limb leaves and the one that it takes, or close to one of them.
        const turned = y * turnedX - x * turnedY;
        if (aside * turned > 0 && min(abs(aside), abs(turned)) > strip) continue;
        // A turn about the first end by an angle that the distance to it sets: no place is laid twice, and none is left out.
        const far = sqrt(squared) / bent;
        const angle = turn * (1 - far * far * (3 - 2 * far));
        const cosine = Math.cos(angle);
        const sine = Math.sin(angle);
        const straight = along;
        along = cosine * straight + sine * aside;
        aside = cosine * aside - sine * straight;
      }
      const scale = scale0 + clamped(along / longGoal) * (scale1 - scale0);
      aside *= scale;
      const beyond = max(0.0, max(-along, along - longGoal)) * scale;
      const apart = sqrt(aside * aside + beyond * beyond);
      if (apart >= strip * max(scale0, scale1)) continue;
      let radius = widthAt(outline, along / longGoal, aside);
      if (beyond > 0) {
        // Round an end one side's half width turns into the other's: else the two would meet in a step.
        const one = widthAt(outline, along / longGoal, -1);
        const other = widthAt(outline, along / longGoal, 1);
        radius = one + (other - one) * (0.5 + (0.5 * aside) / apart);
      }
      const distance = apart - radius;
      if (distance >= radius * shadeReach + 0.5 * SOFT * scale) continue;
      let share = clamped(-distance / (SOFT * scale) + 0.5);
      const fade = along < 0 ? fade0 : fade1;
      const end = fade < 1 ? clamped(1 - beyond / (fade * radius + 1e-6)) : 1;
      share *= end;
      if (share < 1) shadeUnder(to, shade * end, clamped(1 - distance / (shadeReach * radius)), along / (SHADE_FROM * longGoal));
      if (share <= 0) continue;
      if (along < 0) along *= scale;
      else if (along > longGoal) along = longSource;
      else along *= longSource / longGoal;
      const v = v0 + sy * along + sx * aside;
      if (v >= height) continue;
      lay(u0 + sx * along - sy * aside, v, to, <f32>share);
    }
  }
}
