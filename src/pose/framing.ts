import type { ClipStatistics, Edges, Standing } from './clip-statistics.js';
import { confidenceOf, middle } from './person.js';
import { PARTS, type PoseClipInfo, type PoseFrame } from './pose-frame.js';

/** How the signer is placed in the picture. */
export type Fit = 'keep' | 'centre' | 'crop' | 'reference';

/** x' = x * scale + dx, y' = y * scale + dy, pixels. */
export interface Placement {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
  /** Times the trunk is longer than the file's: hips and legs move with its end. */
  readonly trunk?: number;
}

/** Shoulder width that `centre` aims at, as a share of the picture's shorter side, and where the middle of the shoulders goes. */
const SHOULDERS = { width: 0.4, x: 0.5, y: 0.52 };
/** Free edge that `centre` and `crop` keep around the signer, as a share of the picture. */
const MARGIN = 0.04;

/** Fits the whole picture of the file into another, in the middle, nothing cut off. */
export function keepPlacement(info: PoseClipInfo, width: number, height: number): Placement {
  const scale = Math.min(width / info.width, height / info.height);
  return { scale, dx: (width - info.width * scale) / 2, dy: (height - info.height * scale) / 2 };
}

/**
 * One placement for a whole clip, so that the signer does not swim in the picture. `centre` brings the middle of the shoulders to
 * a fixed place and size, smaller where head or hands would leave the picture; `crop` fits the box around head, arms and hands.
 * `reference` brings the shoulders to those of the reference (`goal`), and gives the trunk its length. All fall back to `keep` where
 * they see none of these.
 */
export function placement(
  { shoulders, space, seen }: Pick<ClipStatistics, 'shoulders' | 'space' | 'seen'>,
  info: PoseClipInfo,
  { width, height }: { readonly width: number; readonly height: number },
  fit: Fit,
  goal?: Standing,
): Placement {
  if (fit === 'crop' && seen) return fitBox(seen, width, height);
  if (fit === 'centre' && shoulders)
    return centreShoulders(shoulders, space ?? pointAt(shoulders), width, height);
  if (fit === 'reference' && shoulders && goal) return onShoulders(shoulders, goal);
  return keepPlacement(info, width, height);
}

/** No trunk is that much longer or shorter: hips that are elsewhere were not seen. */
const TRUNK_LIMIT = 1.6;

/** One similarity, upright. */
function onShoulders(shoulders: Standing, goal: Standing): Placement {
  const scale = goal.width / shoulders.width;
  const placed = { scale, dx: goal.x - shoulders.x * scale, dy: goal.y - shoulders.y * scale };
  if (!goal.trunk || !shoulders.trunk) return placed;
  const trunk = goal.trunk / (shoulders.trunk * scale);
  return { ...placed, trunk: Math.min(TRUNK_LIMIT, Math.max(1 / TRUNK_LIMIT, trunk)) };
}

function pointAt({ x, y }: Standing): Edges {
  return { left: x, right: x, top: y, bottom: y };
}

function fitBox(box: Edges, width: number, height: number): Placement {
  const free = 1 - 2 * MARGIN;
  const wide = Math.max(1, box.right - box.left);
  const tall = Math.max(1, box.bottom - box.top);
  const scale = Math.min((width * free) / wide, (height * free) / tall);
  return {
    scale,
    dx: width / 2 - ((box.left + box.right) / 2) * scale,
    dy: height / 2 - ((box.top + box.bottom) / 2) * scale,
  };
}

function centreShoulders(
  { x, y, width: wide }: Standing,
  box: Edges,
  width: number,
  height: number,
): Placement {
  const [atX, atY] = [width * SHOULDERS.x, height * SHOULDERS.y];
  /** Largest scale at which something `distance` pixels from the shoulders stays within `room`. */
  const limit = (room: number, distance: number) => (distance > 0 ? room / distance : Infinity);
  const scale = Math.min(
    (Math.min(width, height) * SHOULDERS.width) / wide,
    limit(atX - width * MARGIN, x - box.left),
    limit(width * (1 - MARGIN) - atX, box.right - x),
    limit(atY - height * MARGIN, y - box.top),
    limit(height * (1 - MARGIN) - atY, box.bottom - y),
  );
  return { scale, dx: atX - x * scale, dy: atY - y * scale };
}

/** The frame in the coordinates of the placed picture; depth grows with it. */
export function place(frame: PoseFrame, { scale, dx, dy, trunk = 1 }: Placement): PoseFrame {
  const keypoints = frame.keypoints.slice();
  for (let index = 0; index < keypoints.length; index += 3) {
    if ((keypoints[index + 2] ?? 0) <= 0) continue;
    keypoints[index] = (keypoints[index] ?? 0) * scale + dx;
    keypoints[index + 1] = (keypoints[index + 1] ?? 0) * scale + dy;
  }
  if (trunk !== 1) moveHips(keypoints, trunk);
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
