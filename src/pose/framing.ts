import type { ClipStatistics, Edges } from './clip-statistics.js';
import { type FaceChange, faceDifference, lidRatio, reshapeFace } from './face-shape.js';
import { confidenceOf, headMiddle, middle } from './person.js';
import { PARTS, type PoseClipInfo, type PoseFrame } from './pose-frame.js';
import type { Goal, Standing } from './standing.js';

/**
 * How the signer is placed in the picture. `signing`: as the file has it where the signer is large enough and head and hands stay inside,
 * else framed for the space of signing; `source`: as the file has it; `crop`: what is seen of the upper body fills the picture; `reference`: the shoulders
 * come to those of the reference, hips and head have its sizes, the neck most of its length, and the face its shape; the trunk is as long as the mean of both.
 */
export type Framing = 'signing' | 'source' | 'crop' | 'reference';
export const FRAMINGS: readonly Framing[] = ['signing', 'source', 'crop', 'reference'];

/** x' = x * scale + dx, y' = y * scale + dy, pixels. */
export interface Placement {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
  /** Times the trunk is longer than the file's: hips and legs move with its end. */
  readonly trunk?: number;
  /** Times the hips are farther apart than the file's. */
  readonly hips?: number;
  /** Times the head is larger than the file's, about its middle. */
  readonly head?: number;
  /** Pixels by which the head is raised. */
  readonly lift?: number;
  /** The clip's mean face, and what each frame's face gains. */
  readonly face?: FaceChange;
}

/** Where a signer is placed who is framed anew: width of the shoulders as a share of the shorter side, and their middle. */
const SHOULDERS = { width: 0.34, x: 0.5, y: 0.42 };
/** Shoulders narrower than this share of the shorter side leave hands too small to be read. */
const SMALL = 0.2;
/** Head and hands may pass the picture's edge by this share of it before the signer is framed anew. */
const OVER = 0.05;
/** Free edge that is kept around the signer, as a share of the picture. */
const MARGIN = 0.04;

/** Fits the whole picture of the file into another, in the middle, nothing cut off. */
export function keepPlacement(info: PoseClipInfo, width: number, height: number): Placement {
  const scale = Math.min(width / info.width, height / info.height);
  return { scale, dx: (width - info.width * scale) / 2, dy: (height - info.height * scale) / 2 };
}

/** One placement for a whole clip, so that the signer does not swim in the picture; the file's own where nobody's place is known. */
export function placement(
  statistics: Pick<ClipStatistics, 'shoulders' | 'space' | 'seen' | 'face'>,
  info: PoseClipInfo,
  size: PictureSize,
  framing: Framing,
  goal?: Goal,
): Placement {
  const { shoulders, space, seen, face } = statistics;
  if (framing === 'crop' && seen) return fitBox(seen, size);
  if (framing === 'reference' && shoulders && goal)
    return {
      ...onShoulders(shoulders, goal),
      ...(face && goal.face
        ? {
            face: {
              own: face.shape,
              difference: faceDifference(face, goal.face),
              lids: lidRatio(face, goal.face),
            },
          }
        : {}),
    };
  const source = keepPlacement(info, size.width, size.height);
  if (framing !== 'signing' || !shoulders || !unsuited(statistics, source, size)) return source;
  return forSigning(shoulders, space ?? pointAt(shoulders), size);
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Why a placement does not do for signing, as a clause; undefined where it does. */
export function unsuited(
  { shoulders, space }: Pick<ClipStatistics, 'shoulders' | 'space'>,
  { scale, dx, dy }: Placement,
  { width, height }: PictureSize,
): string | undefined {
  const wide = (shoulders?.width ?? Infinity) * scale;
  if (wide < SMALL * Math.min(width, height))
    return `the signer is small in the file's picture (shoulders ${Math.round(wide)} of ${Math.min(width, height)} pixels wide)`;
  if (!space) return undefined;
  const outside =
    space.left * scale + dx < -OVER * width ||
    space.right * scale + dx > (1 + OVER) * width ||
    space.top * scale + dy < -OVER * height ||
    space.bottom * scale + dy > (1 + OVER) * height;
  return outside ? "head or hands leave the file's picture" : undefined;
}

/** No trunk or head is that much larger or smaller: points that are elsewhere were not seen. */
const BUILD_LIMIT = 1.6;

/** Times a measure of the reference is that of the placed signer, within limits; undefined where one is unknown. */
function limited(goal: number | undefined, own: number | undefined, scale: number): number | undefined {
  if (!goal || !own) return undefined;
  return Math.min(BUILD_LIMIT, Math.max(1 / BUILD_LIMIT, goal / (own * scale)));
}

/** A head stands at least this share of the reference's height above the shoulders: a lower one would hide the neck. */
const NECK_LEAST = 0.85;
/** The most that a head is raised, in widths of the shoulders: hands that touch it stay where they are. */
const MOST_LIFT = 0.12;

/** One similarity, upright. */
function onShoulders(shoulders: Standing, goal: Standing): Placement {
  const scale = goal.width / shoulders.width;
  const placed = { scale, dx: goal.x - shoulders.x * scale, dy: goal.y - shoulders.y * scale };
  // Halfway: hands are placed by the file's body, and clothes are cut for the reference's.
  const trunk = Math.sqrt(limited(goal.trunk, shoulders.trunk, scale) ?? 1);
  const head = limited(goal.head, shoulders.head, scale);
  const hips = limited(goal.hips, shoulders.hips, scale);
  const low = NECK_LEAST * (goal.neck ?? 0) - (shoulders.neck ?? Infinity) * scale;
  const lift = Math.min(low, MOST_LIFT * goal.width);
  return {
    ...placed,
    ...(trunk === 1 ? {} : { trunk }),
    ...(hips ? { hips } : {}),
    ...(head ? { head } : {}),
    ...(lift > 0 ? { lift } : {}),
  };
}

function pointAt({ x, y }: Standing): Edges {
  return { left: x, right: x, top: y, bottom: y };
}

function fitBox(box: Edges, { width, height }: PictureSize): Placement {
  const scale = largestScale(box, { width, height });
  return {
    scale,
    dx: width / 2 - ((box.left + box.right) / 2) * scale,
    dy: height / 2 - ((box.top + box.bottom) / 2) * scale,
  };
}

/** Largest scale at which a box stays within the margins. */
function largestScale({ left, right, top, bottom }: Edges, { width, height }: PictureSize): number {
  const free = 1 - 2 * MARGIN;
  return Math.min((width * free) / Math.max(1, right - left), (height * free) / Math.max(1, bottom - top));
}

/** Shoulders at their usual place and width; smaller, or moved, so far that head and hands stay within the margins. */
function forSigning({ x, y, width: wide }: Standing, box: Edges, size: PictureSize): Placement {
  const { width, height } = size;
  const scale = Math.min((Math.min(width, height) * SHOULDERS.width) / wide, largestScale(box, size));
  return {
    scale,
    dx: inside(width * SHOULDERS.x - x * scale, box.left * scale, box.right * scale, width),
    dy: inside(height * SHOULDERS.y - y * scale, box.top * scale, box.bottom * scale, height),
  };
}

/** The offset nearest to `wanted` that keeps [low, high] within the margins of a side. */
function inside(wanted: number, low: number, high: number, side: number): number {
  return Math.min(side * (1 - MARGIN) - high, Math.max(side * MARGIN - low, wanted));
}

/** The frame in the coordinates of the placed picture; depth grows with it. */
export function place(
  frame: PoseFrame,
  { scale, dx, dy, trunk = 1, hips = 1, head = 1, lift = 0, face }: Placement,
): PoseFrame {
  const keypoints = frame.keypoints.slice();
  for (let index = 0; index < keypoints.length; index += 3) {
    if ((keypoints[index + 2] ?? 0) <= 0) continue;
    keypoints[index] = (keypoints[index] ?? 0) * scale + dx;
    keypoints[index + 1] = (keypoints[index + 1] ?? 0) * scale + dy;
  }
  if (trunk !== 1) moveHips(keypoints, trunk);
  if (hips !== 1) scaleAbout(keypoints, middle(keypoints, HIPS), HIPS, hips);
  if (head !== 1) scaleAbout(keypoints, headMiddle(keypoints), HEAD, head);
  if (lift > 0) raiseHead(keypoints, lift);
  if (face) reshapeFace(keypoints, face);
  return frame.depth
    ? { ...frame, keypoints, depth: frame.depth.map((value) => value * scale) }
    : { ...frame, keypoints };
}

/** Hips and what hangs on them, as far from the shoulders as `trunk` says. */
function moveHips(keypoints: Float32Array, trunk: number): void {
  const shoulders = middle(keypoints, [5, 6]);
  const hips = middle(keypoints, [11, 12]);
  const both = confidenceOf(keypoints, 5) > 0 && confidenceOf(keypoints, 6) > 0;
  if (!shoulders || !hips || !both) return;
  const [dx, dy] = [(hips.x - shoulders.x) * (trunk - 1), (hips.y - shoulders.y) * (trunk - 1)];
  for (let index = 11; index < PARTS.face.start; index += 1) {
    if (confidenceOf(keypoints, index) <= 0) continue;
    keypoints[index * 3] = (keypoints[index * 3] ?? 0) + dx;
    keypoints[index * 3 + 1] = (keypoints[index * 3 + 1] ?? 0) + dy;
  }
}

const HIPS = [11, 12];
const HEAD = [0, 1, 2, 3, 4, ...Array.from({ length: PARTS.face.length }, (_, k) => PARTS.face.start + k)];

function raiseHead(keypoints: Float32Array, lift: number): void {
  for (const index of HEAD)
    if (confidenceOf(keypoints, index) > 0) keypoints[index * 3 + 1] = (keypoints[index * 3 + 1] ?? 0) - lift;
}

/** The points `indices`, `by` times as far from `centre`. */
function scaleAbout(
  keypoints: Float32Array,
  centre: { x: number; y: number } | undefined,
  indices: readonly number[],
  by: number,
): void {
  if (!centre) return;
  for (const index of indices) {
    if (confidenceOf(keypoints, index) <= 0) continue;
    keypoints[index * 3] = centre.x + ((keypoints[index * 3] ?? 0) - centre.x) * by;
    keypoints[index * 3 + 1] = centre.y + ((keypoints[index * 3 + 1] ?? 0) - centre.y) * by;
  }
}

/**
 * Size of a picture with the clip's shape: longer side `longest` (or the clip's own), both sides whole multiples of `multiple`.
 * yuv420p video needs 2, models with 8-fold latents and their halvings 64. At least one multiple a side.
 */
export function pictureSize(
  info: Pick<PoseClipInfo, 'width' | 'height'>,
  multiple = 2,
  longest = Math.max(info.width, info.height),
): { width: number; height: number } {
  const scale = longest / Math.max(info.width, info.height);
  const fitted = (side: number) => Math.max(multiple, Math.round((side * scale) / multiple) * multiple);
  return { width: fitted(info.width), height: fitted(info.height) };
}
