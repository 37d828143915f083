import { gripFor, SHOULDER } from './arm.js';
import { RELAXED } from './data/alphabet.js';
import { SIGNER } from './data/signer.js';
import type { HandAngles, LetterShape } from './letter-shape.js';
import type { Letter } from './letters.js';
import { blendAngles, type Hold, type Moment, running, standing } from './motion.js';
import { add, length, scale, subtract, type Vec3 } from './rotation.js';

/** A calm rate of fingerspelling at speed 1; fluent signers reach 4 to 6. */
const LETTERS_A_SECOND = 3;

/** Seconds of the rise from rest, of the way back, and of the rest before and after. */
export const RISE = 0.55;
export const SINK = 0.6;
export const REST = 0.15;

/** Lengths below are for a signer whose trunk is 0.51 m. */
const SIZE = SIGNER.trunkLength / 0.51;
const PLACE: Vec3 = [-0.03, -0.2, -0.02];
/** Where a double letter slides to, and how far the hand drifts outward with every letter. */
const SLIDE: Vec3 = [-0.04, 0, 0];
const DRIFT: Vec3 = [-0.006, 0, 0];
/** The hand does not drift further outward than this. */
const FURTHEST = -0.03;
/** There is no room beyond this: the next double slides back. */
const EDGE = -0.06;
/** Share of a letter's shape that already is the next letter's. */
const COARTICULATION = 0.05;
/** Fastest mean turn of a hand, radians a second. */
const TOP_TURN = 12;

/** When a letter can be read. */
export interface LetterTime {
  readonly letter: string;
  /** Seconds from the clip's beginning. */
  readonly start: number;
  readonly end: number;
}

/** The movement of a spelling right hand from a time on. */
export interface Spelling {
  readonly moments: readonly Moment[];
  readonly letters: readonly LetterTime[];
  readonly end: number;
}

/** A hand that hangs relaxed at the side. */
export function atRest(): Hold {
  const wrist = add(SHOULDER, scale([-0.11, -0.05, -0.47], SIZE));
  return { wrist, angles: RELAXED, ...gripFor(wrist, [-0.1, -0.1, -1], [1, 0.2, 0]) };
}

function hold(offset: Vec3, shape: Pick<LetterShape, 'fingers' | 'palm'>, angles: HandAngles): Hold {
  const wrist = add(SHOULDER, scale(add(PLACE, offset), SIZE));
  return { wrist, angles, ...gripFor(wrist, shape.fingers, shape.palm) };
}

/** Share of the time between letters that a change of hand shape and turn takes: 0.7 for none, 1.15 for a great one. */
function effort(from: Hold, to: Hold): number {
  const change = from.angles.reduce(
    (sum, angle, index) => sum + Math.abs(angle - (to.angles[index] ?? 0)),
    0,
  );
  const fingers = change / from.angles.length / 40;
  const turn = (length(subtract(to.bend, from.bend)) + Math.abs(to.twist - from.twist)) / 2;
  return 0.7 + 0.45 * Math.min(1, fingers + turn);
}

/** Seconds to come from one hold to another when letters follow each other every `period` seconds. */
function travel(from: Hold, to: Hold, period: number): number {
  const turn = Math.hypot(length(subtract(to.bend, from.bend)), to.twist - from.twist);
  return Math.max(0.6 * period * effort(from, to), turn / TOP_TURN);
}

/**
 * Lays out the letters of a text: from `start` on the hand stands at the first, having risen there. Letters are held for 0.4 of
 * their time, the first of a word longer, the last longest; doubles slide outward; J and Z run along their paths; between words
 * the hand lets go a little.
 */
export function laySpelling(letters: readonly Letter[], start: number, speed: number): Spelling {
  const period = 1 / (LETTERS_A_SECOND * speed);
  const moments: Moment[] = [];
  const times: LetterTime[] = [];
  let offset: Vec3 = [0, 0, 0];
  const append = (next: (at: number) => Moment, first: Hold): Moment => {
    const before = moments.at(-1);
    const at = before ? before.end + travel(before.at(before.end), first, period) : start;
    const moment = next(at);
    moments.push(moment);
    return moment;
  };
  letters.forEach((letter, index) => {
    const before = letters[index - 1];
    const after = letters[index + 1];
    if (!letter) {
      offset = [0, 0, 0];
      if (before) {
        const pause = resting(before.shape);
        append((at) => standing(pause, at, at + 0.3 * period), pause);
      }
      return;
    }
    if (before?.name === letter.name) offset = slid(offset);
    const stay = period * (!after ? 0.72 : before ? 0.4 : 0.55);
    const stops = stopsOf(letter.shape, after?.shape, offset);
    const [first] = stops;
    const moment = append((at) => path(stops, at, stay, speed), first.hold);
    times.push({ letter: letter.name, start: moment.start, end: moment.end });
    if (offset[0] > FURTHEST) offset = add(offset, DRIFT);
  });
  return { moments, letters: times, end: moments.at(-1)?.end ?? start };
}

/** Where a double letter stands: a slide further out, or back where there is no room. */
function slid(offset: Vec3): Vec3 {
  return offset[0] + SLIDE[0] < EDGE ? subtract(offset, SLIDE) : add(offset, SLIDE);
}

/** The hand between two words: lowered a little and half let go. */
function resting(shape: LetterShape): Hold {
  const angles = blendAngles([
    [shape.angles, 0.6],
    [RELAXED, 0.4],
  ]);
  return hold([0, 0, -0.02], { fingers: [0.05, -0.2, 0.97], palm: [0.3, -0.95, -0.1] }, angles);
}

type Stops = [{ at: number; hold: Hold }, ...{ at: number; hold: Hold }[]];

/** The places of a letter: one, or those of its path. */
function stopsOf(shape: LetterShape, next: LetterShape | undefined, offset: Vec3): Stops {
  const angles = next
    ? blendAngles([
        [shape.angles, 1 - COARTICULATION],
        [next.angles, COARTICULATION],
      ])
    : shape.angles;
  const stops = shape.path ?? [];
  // A path runs to both sides of the place where letters stand.
  const middle = stops.reduce((sum, stop) => sum + stop.move[0], 0) / Math.max(1, stops.length);
  const [first, ...rest] = stops.map((stop) => ({
    at: stop.at,
    hold: hold(add(offset, subtract(stop.move, [middle, 0, 0])), stop, angles),
  }));
  return first ? [first, ...rest] : [{ at: 0, hold: hold(offset, shape, angles) }];
}

function path(stops: Stops, at: number, stay: number, speed: number): Moment {
  const [first, ...rest] = stops;
  const last = rest.at(-1);
  if (!last) return standing(first.hold, at, at + stay);
  const timed = stops.map((stop) => ({ time: at + stop.at / speed, hold: stop.hold }));
  return running(timed, at + last.at / speed + stay);
}
