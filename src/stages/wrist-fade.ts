import type { PoseFrame } from '../pose/pose-frame.js';
import type { Area } from './area.js';
import { clamp } from './carry/geometry.js';
import {
  handLength,
  handOf,
  type Keypoint,
  type Keypoints,
  keypointsOf,
  middle,
  span,
} from './conditions/points.js';
import { fingersAt, handAt, palmAt, SIDE, thumbRootAt } from './hand-flesh.js';

/** How wide the stretch at the wrist is, in hand lengths to each side. */
const HALF_WIDTH = 0.6;
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
/** Where that is, from the wrist, in hand lengths. */
const PALM_FROM = 0.5;
/** How far before the wrist a sleeve ends, in hand lengths. */
const CUFF_AT = 0.05;
/** How much a cuff darkens the hand that comes out of it, and how far its shadow reaches, in hand lengths. */
const SHADOW = 0.45;
const SHADOW_REACH = 0.25;
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

/** Pasted hands as they are shown, [height, width] of an area of the picture each. */
export interface ShownHands {
  /** How much of a hand shows, 0..1. */
  readonly shares: Float32Array;
  /** How bright a hand is there, as a share of what was drawn; absent where no cuff lies over one. */
  readonly light?: Float32Array;
}

/** Kept between frames: what comes out is used before the next one. */
let kept = new Float32Array(0);
let keptLight = new Float32Array(0);

/**
 * How much of a pasted hand shows at each pixel, `shares` [height, width] of an area of the picture, 0..1, with the end at the wrist faded into the arm, which the body
 * stage drew: nothing is left `reach` hand lengths behind the wrist, all of it from 1.5 `reach` before it on. Where something else than skin
 * lies under the hand, a sleeve or the wall, it ends within a pixel or two: at a sleeve where it lies behind the wrist along both hand and
 * forearm, else with the palm. At its sides it narrows to the wrist, outside of the palm. Fingers that reach back beside the wrist, the other
 * hand, a hand at the other's wrist, and one without wrist or knuckles, stay as they are. A sleeve's end casts a shadow on the hand. `pose` is in
 * pixels of the picture. What comes out lies there until the next call.
 */
export function fadeAtWrists(
  shares: Float32Array,
  area: Area,
  { keypoints, depth }: Pick<PoseFrame, 'keypoints' | 'depth'>,
  reach: number,
  unlike: Unlike = () => 0,
): ShownHands {
  if (reach <= 0) return { shares };
  const points = keypointsOf(keypoints, depth);
  const hands = [handOf(points, 0), handOf(points, 1)] as const;
  if (kept.length !== shares.length) kept = new Float32Array(shares.length);
  const faded = kept;
  faded.set(shares);
  let light: Float32Array | undefined;
  for (const side of [0, 1] as const) {
    const hand = hands[side];
    const wrist = hand[0];
    const length = handLength(hand);
    const knuckles = middle(...KNUCKLES.map((k) => hand[k]));
    if (!wrist || !knuckles || length === 0 || (knuckles.x === wrist.x && knuckles.y === wrist.y)) continue;
    const other = hands[1 - side] ?? [];
    if (other.some((point) => point && span(point, wrist) < CLEAR * length)) continue;
    const forearm = span(points[7 + side], wrist);
    const elbow = forearm > SHORT_FOREARM * length ? points[7 + side] : undefined;
    const stretch = {
      sleeve: elbow && { x: (wrist.x - elbow.x) / forearm, y: (wrist.y - elbow.y) / forearm },
      x: knuckles.x - wrist.x,
      y: knuckles.y - wrist.y,
      length,
      reach,
      hand,
      other,
      unlike,
    };
    const sleeved = sleevedAt(faded, area, { x: wrist.x - area.left, y: wrist.y - area.top }, stretch);
    fadeOne(faded, area, wrist, { ...stretch, sleeved });
    if (sleeved === 0) continue;
    light ??= clearLight(shares.length);
    shadeOne(light, area, wrist, { ...stretch, sleeved });
  }
  return light ? { shares: faded, light } : { shares: faded };
}

function clearLight(length: number): Float32Array {
  if (keptLight.length !== length) keptLight = new Float32Array(length);
  return keptLight.fill(1);
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface Sleeved extends Stretch {
  /** Whether the arm has a sleeve, 0..1. */
  readonly sleeved: number;
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

/** Darkens a hand before the end of its sleeve, but for fingers, which lie in front of the palm and farther from the cuff. */
function shadeOne(light: Float32Array, area: Area, { x, y }: Keypoint, stretch: Sleeved): void {
  const { length, sleeved } = stretch;
  const reach = (HALF_WIDTH + CUFF_AT) * length;
  const [left, top] = [x - area.left, y - area.top];
  for (let i = Math.max(0, Math.floor(top - reach)); i < Math.min(area.height, top + reach); i++) {
    for (let j = Math.max(0, Math.floor(left - reach)); j < Math.min(area.width, left + reach); j++) {
      const out = (onwardOf(stretch, j + 0.5 - left, i + 0.5 - top) / length - CUFF_AT) / SHADOW_REACH;
      const near = clamp(1 - out);
      if (near === 0) continue;
      const finger = fingersAt(stretch, j + 0.5 + area.left, i + 0.5 + area.top);
      const at = i * area.width + j;
      light[at] = (light[at] ?? 1) * (1 - SHADOW * sleeved * near * near * (1 - finger));
    }
  }
}

/** How far a place, given from the wrist, lies before it, pixels: of a bent hand parts lie behind it along the forearm, of a thumb that stands off along the hand. */
function onwardOf({ sleeve, x, y }: Stretch, dx: number, dy: number): number {
  const along = (dx * x + dy * y) / Math.hypot(x, y);
  return Math.max(along, sleeve ? dx * sleeve.x + dy * sleeve.y : -Infinity);
}

function fadeOne(shares: Float32Array, area: Area, { x, y }: Keypoint, stretch: Sleeved): void {
  const long = Math.hypot(stretch.x, stretch.y);
  const [ux, uy] = [stretch.x / (long * stretch.length), stretch.y / (long * stretch.length)];
  const { sleeved } = stretch;
  const wide = HALF_WIDTH * stretch.length;
  const palm = long / stretch.length;
  const narrow = clamp((palm - SHORT) / SHORT);
  const { width, height } = area;
  const wrist = { x: x - area.left, y: y - area.top };
  const others = { hand: stretch.other, length: handLength(stretch.other) };
  const near = (point: Keypoint | undefined): boolean =>
    point !== undefined && Math.max(Math.abs(point.x - x), Math.abs(point.y - y)) < wide + others.length;
  const meets = stretch.other.some(near);
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
      const before = clamp((onwardOf(stretch, dx, dy) - CUFF_AT * stretch.length) / CUFF + 0.5);
      const covered = coveredAt(stretch.unlike(at));
      const [px, py] = [j + 0.5 + area.left, i + 0.5 + area.top];
      const within = sideAt(along / palm, across);
      const flesh = within < 1 || before < 1 ? palmAt(stretch, px, py) : 1;
      const side = 1 - narrow * (1 - Math.max(within, flesh));
      // A bare arm goes on as the palm's flesh; what is unlike it there is the cloth behind.
      const crisp = Math.max(before, flesh * (1 - sleeved));
      const root = thumbRootAt(stretch, px, py) * (1 - sleeved * covered * (1 - before));
      const finger = Math.max(root, fingersAt(stretch, px, py));
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
