import type { PoseFrame } from '../pose/pose-frame.js';
import type { Area } from './area.js';
import { clamp, distanceTo } from './carry/geometry.js';
import {
  handLength,
  handOf,
  type Keypoint,
  type Keypoints,
  keypointsOf,
  middle,
  span,
} from './conditions/points.js';

/** How wide the stretch at the wrist is, in hand lengths to each side. */
const HALF_WIDTH = 0.6;
/** How thick fingers are to each side of their bones, in hand lengths; over a quarter of that their edge is soft. */
const FINGER = 0.12;
/** The bones of the five fingers in front of the palm: pairs of a hand's points. The thumb's first lies beside the palm. */
const THUMB_ROOT = [[1, 2]] as const;
const FINGERS = [0, 1, 2, 3, 4].flatMap((finger) =>
  (finger === 0 ? [2, 3] : [1, 2, 3]).map((k) => [4 * finger + k, 4 * finger + k + 1] as const),
);
/** The palm's bones, from the wrist to the knuckles, and how far it reaches to each side of them, in hand lengths. */
const PALM_BONES = [1, 5, 9, 13, 17].map((k) => [0, k] as const);
const PALM = 0.3;
/** The palm and the web of the thumb, in the order of their outline, and how far flesh reaches beyond it, in hand lengths. */
const OUTLINE = [0, 1, 2, 5, 9, 13, 17] as const;
const FLESH = 0.15;
/** A hand nearer than this to the other's wrist keeps all of itself. In hand lengths. */
const CLEAR = 0.8;
const KNUCKLES = [5, 9, 13, 17] as const;

/** Mean difference of levels up to which a hand and what lies under it are one skin, and from which on they are hand and sleeve. */
const ALIKE = 30;
const UNLIKE = 60;
/** How wide the end of a hand is that comes out of a sleeve, pixels. */
const CUFF = 1.5;
/**
 * A hand narrows to its wrist: half of its width at the wrist, and from where the palm is at its widest on, in hand lengths. Drawn hands
 * end as wide as a palm, and would stand on their arm like a glove.
 */
const WRIST_HALF = 0.34;
const PALM_HALF = 0.62;
/** Where that is, from the wrist, and over how much of its width each side is soft, in hand lengths. */
const PALM_FROM = 0.5;
const SIDE = 0.06;
/** How far before the wrist a sleeve ends, in hand lengths. */
const CUFF_AT = 0.05;
/** A forearm that looks shorter, in hand lengths, does not say where its sleeve ends. */
const SHORT_FOREARM = 0.5;
/** How far round the wrist cloth tells that the arm has a sleeve, in hand lengths. */
const WRIST_REACH = 0.15;
/** From which share of cloth there on it is taken for one, and from half as much again on surely. */
const SLEEVE_FROM = 0.25;
/** A palm shorter than this, in hand lengths, points at the camera or away from it, so that no wrist is to be seen; from twice this on all of it is. */
const SHORT = 0.35;

/** How unlike the hand is to what lies under it at a pixel of the area, mean difference of levels, 0..255. */
export type Unlike = (at: number) => number;

/** Kept between frames: what comes out is used before the next one. */
let kept = new Float32Array(0);

/**
 * How much of a pasted hand shows at each pixel, `shares` [height, width] of an area of the picture, 0..1, with the end at the wrist faded into the arm, which the body
 * stage drew: nothing is left `reach` hand lengths behind the wrist, all of it from 1.5 `reach` before it on. Where something else than skin
 * lies under the hand, a sleeve or the wall, it ends within a pixel or two: at a sleeve where it lies behind the wrist along both hand and forearm, else with the palm. At its sides it narrows to the wrist, outside of the palm. Fingers that reach back beside the wrist, the other hand, a hand at the other's wrist, and one without wrist or
 * knuckles, stays as it is. `pose` is in pixels of the picture. What comes out lies there until the next call.
 */
export function fadeAtWrists(
  shares: Float32Array,
  area: Area,
  { keypoints, depth }: Pick<PoseFrame, 'keypoints' | 'depth'>,
  reach: number,
  unlike: Unlike = () => 0,
): Float32Array {
  if (reach <= 0) return shares;
  const points = keypointsOf(keypoints, depth);
  const hands = [handOf(points, 0), handOf(points, 1)] as const;
  if (kept.length !== shares.length) kept = new Float32Array(shares.length);
  const faded = kept;
  faded.set(shares);
  for (const side of [0, 1] as const) {
    const hand = hands[side];
    const wrist = hand[0];
    const length = handLength(hand);
    const knuckles = middle(...KNUCKLES.map((k) => hand[k]));
    if (!wrist || !knuckles || length === 0) continue;
    const other = hands[1 - side] ?? [];
    if (other.some((point) => point && span(point, wrist) < CLEAR * length)) continue;
    const forearm = span(points[7 + side], wrist);
    const elbow = forearm > SHORT_FOREARM * length ? points[7 + side] : undefined;
    fadeOne(faded, area, wrist, {
      sleeve: elbow && { x: (wrist.x - elbow.x) / forearm, y: (wrist.y - elbow.y) / forearm },
      x: knuckles.x - wrist.x,
      y: knuckles.y - wrist.y,
      length,
      reach,
      hand,
      other,
      unlike,
    });
  }
  return faded;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface Stretch {
  /** The way of the forearm, of length 1; undefined where that is not known or points at the camera. */
  readonly sleeve: Spot | undefined;
  /** From the wrist into the hand. */
  readonly x: number;
  readonly y: number;
  readonly length: number;
  readonly reach: number;
  /** Its points, in pixels of the picture. */
  readonly hand: Keypoints;
  /** The other hand's: it stays as it is. */
  readonly other: Keypoints;
  readonly unlike: Unlike;
}

function fadeOne(shares: Float32Array, area: Area, { x, y }: Keypoint, stretch: Stretch): void {
  const long = Math.hypot(stretch.x, stretch.y);
  if (long === 0) return;
  const [ux, uy] = [stretch.x / (long * stretch.length), stretch.y / (long * stretch.length)];
  const { sleeve } = stretch;
  const wide = HALF_WIDTH * stretch.length;
  const palm = long / stretch.length;
  const narrow = clamp((palm - SHORT) / SHORT);
  const { width, height } = area;
  const wrist = { x: x - area.left, y: y - area.top };
  const others = { hand: stretch.other, length: handLength(stretch.other) };
  const near = (point: Keypoint | undefined): boolean =>
    point !== undefined && Math.max(Math.abs(point.x - x), Math.abs(point.y - y)) < wide + others.length;
  const meets = stretch.other.some(near);
  const sleeved = sleevedAt(shares, area, wrist, stretch);
  const from = (middle: number): number => Math.max(0, Math.floor(middle - wide));
  const to = (middle: number, length: number): number => Math.min(length, Math.ceil(middle + wide));
  for (let i = from(wrist.y); i < to(wrist.y, height); i++) {
    for (let j = from(wrist.x); j < to(wrist.x, width); j++) {
      const [dx, dy] = [j + 0.5 - wrist.x, i + 0.5 - wrist.y];
      const along = dx * ux + dy * uy;
      const across = Math.abs(dy * ux - dx * uy);
      const t = clamp((along + stretch.reach) / (2.5 * stretch.reach));
      const at = i * width + j;
      const own = shares[at] ?? 0;
      if ((t === 1 && along > PALM_FROM) || own === 0) continue;
      const soft = t * t * (3 - 2 * t);
      // Of a bent hand parts lie behind the wrist along the forearm, of a thumb that stands off along the hand.
      const onward = Math.max(along * stretch.length, sleeve ? dx * sleeve.x + dy * sleeve.y : -Infinity);
      const before = clamp((onward - CUFF_AT * stretch.length) / CUFF + 0.5);
      const covered = coveredAt(stretch.unlike(at));
      const [px, py] = [j + 0.5 + area.left, i + 0.5 + area.top];
      const within = sideAt(along / palm, across);
      const flesh = within < 1 || before < 1 ? palmAt(stretch, px, py) : 1;
      const side = 1 - narrow * (1 - Math.max(within, flesh));
      // A bare arm goes on as the palm's flesh; what is unlike it there is the cloth behind.
      const crisp = Math.max(before, flesh * (1 - sleeved));
      const root = bonesAt(stretch, THUMB_ROOT, FINGER, px, py) * (1 - sleeved * covered * (1 - before));
      const finger = Math.max(root, bonesAt(stretch, FINGERS, FINGER, px, py));
      const stays = meets ? Math.max(finger, handAt(others, px, py)) : finger;
      shares[at] = own * Math.max(stays, side * (soft + covered * (crisp - soft)));
    }
  }
}

/** 0..1: 0 where a hand and what lies under it are one skin, 1 where they are hand and cloth. */
function coveredAt(unlike: number): number {
  return clamp((unlike - ALIKE) / (UNLIKE - ALIKE));
}

/** 0..1: whether the arm has a sleeve, by the mean of that round its wrist, in pixels of the area. */
function sleevedAt(shares: Float32Array, area: Area, wrist: Spot, { length, unlike }: Stretch): number {
  const reach = WRIST_REACH * length;
  let [sum, count] = [0, 0];
  for (let i = Math.floor(wrist.y - reach); i < wrist.y + reach; i++) {
    for (let j = Math.floor(wrist.x - reach); j < wrist.x + reach; j++) {
      if (i < 0 || j < 0 || i >= area.height || j >= area.width) continue;
      const at = i * area.width + j;
      if (Math.hypot(j + 0.5 - wrist.x, i + 0.5 - wrist.y) > reach || !((shares[at] ?? 0) > 0.5)) continue;
      sum += coveredAt(unlike(at));
      count += 1;
    }
  }
  return count === 0 ? 0 : clamp((sum / count - SLEEVE_FROM) / (SLEEVE_FROM / 2));
}

/** How much of a hand that narrows to its wrist is left `across` its middle line, hand lengths, `along` it as a share of the palm's length. */
function sideAt(along: number, across: number): number {
  if (along >= PALM_FROM) return 1;
  const half = WRIST_HALF + (PALM_HALF - WRIST_HALF) * clamp(along / PALM_FROM);
  return clamp((half - across) / SIDE + 0.5);
}

/** A hand's points, in pixels of the picture, and its length there. */
type Boned = Pick<Stretch, 'hand' | 'length'>;

/** How much of a pixel of the picture a hand covers, 0..1, by its bones. */
function handAt(hand: Boned, x: number, y: number): number {
  return Math.max(
    bonesAt(hand, FINGERS, FINGER, x, y),
    bonesAt(hand, THUMB_ROOT, FINGER, x, y),
    bonesAt(hand, PALM_BONES, PALM, x, y),
  );
}

/** The same of some of its bones, which are `thick` to each side, in hand lengths. */
function bonesAt(
  { hand, length }: Boned,
  bones: readonly (readonly [number, number])[],
  thick: number,
  x: number,
  y: number,
): number {
  let cover = 0;
  for (const [from, to] of bones) {
    const [a, b] = [hand[from], hand[to]];
    if (!a || !b) continue;
    const inside = thick * length - distanceTo(x, y, a.x, a.y, b.x, b.y);
    cover = Math.max(cover, clamp(inside / (0.25 * FINGER * length) + 0.5));
  }
  return cover;
}

/** How much of a pixel lies in the palm or the web of the thumb, 0..1; 0 for a hand whose outline is not all known. */
function palmAt({ hand, length }: Boned, x: number, y: number): number {
  let least = Infinity;
  let inside = false;
  for (const [k, from] of OUTLINE.entries()) {
    const [a, b] = [hand[from], hand[OUTLINE[(k + 1) % OUTLINE.length] ?? 0]];
    if (!a || !b) return 0;
    least = Math.min(least, distanceTo(x, y, a.x, a.y, b.x, b.y));
    // A ray to the right crosses the outline an odd number of times.
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  }
  return inside ? 1 : clamp((FLESH * length - least) / (SIDE * length) + 0.5);
}
