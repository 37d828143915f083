import type { Grip } from './arm.js';
import type { HandAngles } from './letter-shape.js';
import { add, length, scale, subtract, type Vec3 } from './rotation.js';

/** A hand as an arm holds it: the wrist's place in metres, the arm's grip, the hand's joint angles. */
export interface Hold extends Grip {
  readonly wrist: Vec3;
  readonly angles: HandAngles;
}

/** A time, in seconds, in which a hand stands still or runs along a path. */
export interface Moment {
  readonly start: number;
  readonly end: number;
  at(time: number): Hold;
}

/** Share of a transition after which the fingers have their new shape: hands take shape while they still travel. */
const FINGERS_AHEAD = 0.85;

/** Course 0..1 of a reaching movement over its time 0..1 (Flash & Hogan 1985, The coordination of arm movements). */
export function minimumJerk(time: number): number {
  const u = Math.min(1, Math.max(0, time));
  return u ** 3 * (10 - 15 * u + 6 * u * u);
}

/** The weighted sum of holds; weights that sum to 1 give a hold between them. */
function combine(parts: readonly (readonly [Hold, number])[]): Hold {
  let wrist: Vec3 = [0, 0, 0];
  let bend: Vec3 = [0, 0, 0];
  let swivel = 0;
  let twist = 0;
  for (const [hold, weight] of parts) {
    wrist = add(wrist, scale(hold.wrist, weight));
    bend = add(bend, scale(hold.bend, weight));
    swivel += hold.swivel * weight;
    twist += hold.twist * weight;
  }
  return {
    wrist,
    bend,
    swivel,
    twist,
    angles: blendAngles(parts.map(([hold, weight]) => [hold.angles, weight])),
  };
}

/** The weighted sum of joint angles. */
export function blendAngles(parts: readonly (readonly [HandAngles, number])[]): HandAngles {
  const [first] = parts;
  return (first?.[0] ?? []).map((_, index) =>
    parts.reduce((sum, [angles, weight]) => sum + (angles[index] ?? 0) * weight, 0),
  );
}

/** A hand that stands still. */
export function standing(hold: Hold, start: number, end: number): Moment {
  return { start, end, at: () => hold };
}

/**
 * A hand that runs through holds at given times without stopping between them (Catmull-Rom spline; it starts and ends at rest)
 * and stays at the last until `end`.
 */
export function running(stops: readonly { time: number; hold: Hold }[], end: number): Moment {
  const [first] = stops;
  const last = stops.at(-1);
  if (!first || !last) throw new RangeError('A path needs a stop.');
  return {
    start: first.time,
    end,
    at(time) {
      const index = stops.findIndex((stop) => time < stop.time);
      const [before, from, to, after] = [stops[index - 2], stops[index - 1], stops[index], stops[index + 1]];
      if (!from || !to) return index === 0 ? first.hold : last.hold;
      return onSpline(time, before, from, to, after);
    },
  };
}

interface Stop {
  readonly time: number;
  readonly hold: Hold;
}

/** A cubic Hermite piece from `from` to `to`, its slopes those of the neighbours' chords, 0 at an end of the path. */
function onSpline(
  time: number,
  before: Stop | undefined,
  from: Stop,
  to: Stop,
  after: Stop | undefined,
): Hold {
  const span = to.time - from.time;
  const u = (time - from.time) / span;
  const leaving = u * (1 - u) ** 2 * span;
  const arriving = u * u * (u - 1) * span;
  const parts: [Hold, number][] = [
    [from.hold, (1 + 2 * u) * (1 - u) ** 2],
    [to.hold, u * u * (3 - 2 * u)],
  ];
  if (before) {
    const slope = leaving / (to.time - before.time);
    parts.push([to.hold, slope], [before.hold, -slope]);
  }
  if (after) {
    const slope = arriving / (after.time - from.time);
    parts.push([after.hold, slope], [from.hold, -slope]);
  }
  return combine(parts);
}

/** The hand at a share 0..1 of the time between two holds: the wrist on a slight arc towards the viewer, the fingers ahead. */
export function betweenHolds(from: Hold, to: Hold, share: number): Hold {
  const course = minimumJerk(share);
  const fingers = minimumJerk(share / FINGERS_AHEAD);
  const hold = combine([
    [from, 1 - course],
    [to, course],
  ]);
  const arc = length(subtract(to.wrist, from.wrist)) * Math.sin(Math.PI * course);
  const angles = blendAngles([
    [from.angles, 1 - fingers],
    [to.angles, fingers],
  ]);
  return { ...hold, wrist: add(hold.wrist, scale([0, -0.12, 0.05], arc)), angles };
}

/** The hand at a time; before the first moment and after the last it stays as it is there. */
export function holdAt(moments: readonly Moment[], time: number): Hold {
  const index = moments.findIndex((moment) => time <= moment.end);
  const next = moments[index];
  const last = moments.at(-1);
  if (!next) {
    if (!last) throw new RangeError('A movement needs a moment.');
    return last.at(last.end);
  }
  if (time >= next.start) return next.at(time);
  const before = moments[index - 1];
  if (!before) return next.at(next.start);
  return betweenHolds(
    before.at(before.end),
    next.at(next.start),
    (time - before.end) / (next.start - before.end),
  );
}
