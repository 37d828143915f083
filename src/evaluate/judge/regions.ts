import { type HandSide, handPoint, PARTS } from '../../pose/pose-frame.js';
import type { KnownMasks } from '../source/known-masks.js';
import { shrunkMask } from './metrics/index.js';

/*
 * Regions of a picture, from keypoints ([133 * 3], pixels of the picture) and known masks: `Uint8Array` [size * size], 0 = outside.
 */

type Point = readonly [x: number, y: number];

/** Outline of the face: jaw from ear to ear, brows back. */
const FACE_OUTLINE = [
  ...Array.from({ length: 17 }, (_, at) => PARTS.face.start + at),
  ...Array.from({ length: 10 }, (_, at) => PARTS.face.start + 26 - at),
];
/** Wrist and knuckles. */
const PALM = [0, 1, 5, 9, 13, 17];
const [SHOULDERS, HIPS] = [
  [5, 6],
  [12, 11],
] as const;
export const SIDES: readonly HandSide[] = ['left', 'right'];

/** Pixels whose middles lie in a polygon (even-odd rule). */
export function fillPolygon(points: readonly Point[], size: number): Uint8Array {
  const mask = new Uint8Array(size * size);
  for (let y = 0; y < size; y += 1) {
    const crossings: number[] = [];
    points.forEach(([x0, y0], at) => {
      const [x1, y1] = points[(at + 1) % points.length] ?? [x0, y0];
      if (y0 <= y + 0.5 === y1 <= y + 0.5) return;
      crossings.push(x0 + ((y + 0.5 - y0) / (y1 - y0)) * (x1 - x0));
    });
    crossings.sort((a, b) => a - b);
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const from = Math.max(0, Math.ceil((crossings[at] ?? 0) - 0.5));
      const to = Math.min(size, Math.ceil((crossings[at + 1] ?? 0) - 0.5));
      if (to > from) mask.fill(1, y * size + from, y * size + to);
    }
  }
  return mask;
}

/** The polygon of the points; undefined where one of them is missing. */
function polygonOf(keypoints: Float32Array, indices: readonly number[], size: number) {
  const points: Point[] = [];
  for (const index of indices) {
    const [x = 0, y = 0, there = 0] = keypoints.subarray(index * 3, index * 3 + 3);
    if (there <= 0) return undefined;
    points.push([x, y]);
  }
  return fillPolygon(points, size);
}

/** Both masks' pixels where `keep` says so. */
export function combine(
  a: Uint8Array,
  b: Uint8Array | undefined,
  keep: (a: boolean, b: boolean) => boolean,
): Uint8Array {
  if (!b) return a;
  return a.map((value, at) => (keep(value !== 0, b[at] !== 0) ? 1 : 0));
}

const or = (a: boolean, b: boolean): boolean => a || b;
const and = (a: boolean, b: boolean): boolean => a && b;
const without = (a: boolean, b: boolean): boolean => a && !b;

function bothHands({ leftHand, rightHand }: KnownMasks): Uint8Array | undefined {
  return leftHand ? combine(leftHand, rightHand, or) : rightHand;
}

/**
 * Skin of the face inside jaw and brows, without its rim and without hands; undefined where an outline point is missing. As models/training
 * (judge/colours.py), which also leaves out eyes and hair, since it knows them.
 */
export function faceRegion(keypoints: Float32Array, known: KnownMasks, size: number): Uint8Array | undefined {
  const face = polygonOf(keypoints, FACE_OUTLINE, size);
  if (!face) return undefined;
  const seen = combine(combine(face, known.person, and), bothHands(known), without);
  return shrunkMask(seen, size, size, 1);
}

/** A hand without its rim: of the known mask, or the palm between wrist and knuckles where there is none. */
export function handRegion(
  keypoints: Float32Array,
  known: KnownMasks,
  side: HandSide,
  size: number,
): Uint8Array | undefined {
  const mask = side === 'left' ? known.leftHand : known.rightHand;
  if (mask) return shrunkMask(mask, size, size, 2);
  const palm = polygonOf(
    keypoints,
    PALM.map((point) => handPoint(side, point)),
    size,
  );
  return palm && shrunkMask(palm, size, size, 1);
}

/** Both hands' regions together; undefined where there is neither. */
export function handsRegion(
  keypoints: Float32Array,
  known: KnownMasks,
  size: number,
): Uint8Array | undefined {
  const [left, right] = SIDES.map((side) => handRegion(keypoints, known, side, size));
  return left ? combine(left, right, or) : right;
}

/** Shoulders to hips, without hands. */
export function torsoRegion(
  keypoints: Float32Array,
  known: KnownMasks,
  size: number,
): Uint8Array | undefined {
  const torso = polygonOf(keypoints, [...SHOULDERS, ...HIPS], size);
  return torso && combine(combine(torso, known.person, and), bothHands(known), without);
}

/** Share of the person's box that COCO's tools take for its area where no mask is known (mmpose, xtcocotools: 0.53). */
const BOX_SHARE = 0.53;

/** Pixels of the person: of the known mask, or 0.53 times the box round the points. */
export function personArea(keypoints: Float32Array, { person }: KnownMasks): number {
  if (person) return person.reduce((sum, inside) => sum + (inside ? 1 : 0), 0);
  const { left, top, right, bottom } = pointBox(keypoints);
  return Math.max(1, (right - left) * (bottom - top) * BOX_SHARE);
}

function pointBox(keypoints: Float32Array) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let at = 0; at < keypoints.length; at += 3) {
    const [x = 0, y = 0, there = 0] = keypoints.subarray(at, at + 3);
    if (there <= 0) continue;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/** Pixels that a still background needs to keep off the person. */
const MARGIN = 8;

/**
 * Where nobody is, 8 pixels off the person at least: by the known mask, or outside the box round the points enlarged by a fifth of
 * its sides.
 */
export function backgroundRegion(keypoints: Float32Array, { person }: KnownMasks, size: number): Uint8Array {
  if (person)
    return shrunkMask(
      person.map((inside) => (inside ? 0 : 1)),
      size,
      size,
      MARGIN,
    );
  const { left, top, right, bottom } = pointBox(keypoints);
  const [dx, dy] = [(right - left) / 5, (bottom - top) / 5];
  return new Uint8Array(size * size).map((_, at) => {
    const [x, y] = [at % size, Math.floor(at / size)];
    return x < left - dx || x > right + dx || y < top - dy || y > bottom + dy ? 1 : 0;
  });
}
