import { clamp, distanceTo } from './carry/geometry.js';
import type { Keypoints } from './conditions/points.js';

/*
 * Where a hand's flesh is, by its points.
 */

/** How thick fingers are to each side of their bones, in hand lengths; over a quarter of that their edge is soft. */
const FINGER = 0.12;
/** How far from its bones a hand is surely flesh, in hand lengths. */
const CORE = 0.06;
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
/** Over how much of a hand's length its sides are soft. */
export const SIDE = 0.06;

/** A hand's points, in pixels of a picture, and its length there. */
export interface Boned {
  readonly hand: Keypoints;
  readonly length: number;
}

/** How much of a pixel a hand covers, 0..1, by its bones. */
export function handAt(hand: Boned, x: number, y: number): number {
  return Math.max(fingersAt(hand, x, y), thumbRootAt(hand, x, y), bonesAt(hand, PALM_BONES, PALM, x, y));
}

/** Whether a place is surely flesh: it lies within CORE of one of the hand's bones. */
export function withinHand({ hand, length }: Boned, x: number, y: number): boolean {
  return [...FINGERS, ...THUMB_ROOT, ...PALM_BONES].some(([from, to]) => {
    const [a, b] = [hand[from], hand[to]];
    return a !== undefined && b !== undefined && distanceTo(x, y, a.x, a.y, b.x, b.y) < CORE * length;
  });
}

/** How much of a pixel its fingers cover in front of the palm. */
export function fingersAt(hand: Boned, x: number, y: number): number {
  return bonesAt(hand, FINGERS, FINGER, x, y);
}

/** The same of the root of its thumb. */
export function thumbRootAt(hand: Boned, x: number, y: number): number {
  return bonesAt(hand, THUMB_ROOT, FINGER, x, y);
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
export function palmAt({ hand, length }: Boned, x: number, y: number): number {
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
