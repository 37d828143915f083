import { confidenceOf, middle } from './person.js';
import { PARTS, type PoseClipInfo, type PoseFrame } from './pose-frame.js';

/** How the signer is placed in the picture. */
export type Fit = 'keep' | 'centre' | 'crop';

/** x' = x * scale + dx, y' = y * scale + dy, pixels. */
export interface Placement {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
}

/** Shoulder width that `centre` aims at, as a share of the picture's shorter side, and where the middle of the shoulders goes. */
const SHOULDERS = { width: 0.4, x: 0.5, y: 0.52 };
/** Free edge that `centre` and `crop` keep around the signer, as a share of the picture. */
const MARGIN = 0.04;
/** Frames kept for the framing of a clip; of longer ones every second, fourth and so on. */
const SAMPLES = 2048;
/** Shares of the clip's frames whose signer may stick out at either edge. */
const OUTLIERS = 0.02;

/** Edges of the upper body in a frame and its shoulders, pixels. */
interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly shoulders?: { readonly x: number; readonly y: number; readonly width: number };
}

/** Fits the whole picture of the file into another, in the middle, nothing cut off. */
export function keepPlacement(info: PoseClipInfo, width: number, height: number): Placement {
  const scale = Math.min(width / info.width, height / info.height);
  return { scale, dx: (width - info.width * scale) / 2, dy: (height - info.height * scale) / 2 };
}

/**
 * One placement for a whole clip, so that the signer does not swim in the picture. `centre` brings the middle of the shoulders to
 * a fixed place and size, smaller where hands would leave the picture; `crop` fits the box around head, arms and hands. Both
 * fall back to `keep` where they see neither. Pulls every frame once; memory does not grow with the clip.
 */
export async function placeClip(
  frames: AsyncIterable<PoseFrame>,
  info: PoseClipInfo,
  width: number,
  height: number,
  fit: Fit,
): Promise<Placement> {
  const keep = keepPlacement(info, width, height);
  if (fit === 'keep') return keep;
  const extents = await sample(frames);
  if (extents.length === 0) return keep;
  const box = commonBox(extents);
  return fit === 'crop' ? fitBox(box, width, height) : centreShoulders(extents, box, width, height, keep);
}

async function sample(frames: AsyncIterable<PoseFrame>): Promise<Extent[]> {
  let kept: Extent[] = [];
  let stride = 1;
  for await (const frame of frames) {
    if (frame.index % stride !== 0) continue;
    const extent = upperBody(frame.keypoints);
    if (extent) kept.push(extent);
    if (kept.length < SAMPLES) continue;
    kept = kept.filter((_, index) => index % 2 === 0);
    stride *= 2;
  }
  return kept;
}

/** Box around head, shoulders, elbows, hands. The head is taken as a disc, since no keypoint stands for its top. */
function upperBody(keypoints: Float32Array): Extent | undefined {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const add = (x: number, y: number, radius = 0) => {
    box.left = Math.min(box.left, x - radius);
    box.right = Math.max(box.right, x + radius);
    box.top = Math.min(box.top, y - radius);
    box.bottom = Math.max(box.bottom, y + radius);
  };
  for (let index = 0; index < keypoints.length / 3; index += 1) {
    const limbs = index >= 5 && index <= 8;
    const hands = index >= PARTS.leftHand.start;
    if ((limbs || hands) && confidenceOf(keypoints, index) >= 0.3) {
      add(keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0);
    }
  }
  if (box.left === Infinity) return undefined;
  const between = middle(keypoints, [5, 6]);
  if (!between || confidenceOf(keypoints, 5) <= 0 || confidenceOf(keypoints, 6) <= 0) return box;
  const shoulderWidth = Math.hypot(
    (keypoints[15] ?? 0) - (keypoints[18] ?? 0),
    (keypoints[16] ?? 0) - (keypoints[19] ?? 0),
  );
  const head = middle(keypoints, [0, 1, 2, 3, 4]);
  if (head) add(head.x, head.y, shoulderWidth * 0.45);
  return shoulderWidth > 0 ? { ...box, shoulders: { ...between, width: shoulderWidth } } : box;
}

/** Value below which `share` of the numbers lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? 0;
}

function commonBox(extents: readonly Extent[]): Extent {
  return {
    left: quantile(
      extents.map(({ left }) => left),
      OUTLIERS,
    ),
    top: quantile(
      extents.map(({ top }) => top),
      OUTLIERS,
    ),
    right: quantile(
      extents.map(({ right }) => right),
      1 - OUTLIERS,
    ),
    bottom: quantile(
      extents.map(({ bottom }) => bottom),
      1 - OUTLIERS,
    ),
  };
}

function fitBox(box: Extent, width: number, height: number): Placement {
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
  extents: readonly Extent[],
  box: Extent,
  width: number,
  height: number,
  keep: Placement,
): Placement {
  const shoulders = extents.flatMap((extent) => (extent.shoulders ? [extent.shoulders] : []));
  if (shoulders.length === 0) return keep;
  const x = quantile(
    shoulders.map((at) => at.x),
    0.5,
  );
  const y = quantile(
    shoulders.map((at) => at.y),
    0.5,
  );
  const wide = quantile(
    shoulders.map((at) => at.width),
    0.5,
  );
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
export function place(frame: PoseFrame, { scale, dx, dy }: Placement): PoseFrame {
  const keypoints = frame.keypoints.slice();
  for (let index = 0; index < keypoints.length; index += 3) {
    if ((keypoints[index + 2] ?? 0) <= 0) continue;
    keypoints[index] = (keypoints[index] ?? 0) * scale + dx;
    keypoints[index + 1] = (keypoints[index + 1] ?? 0) * scale + dy;
  }
  return frame.depth
    ? { ...frame, keypoints, depth: frame.depth.map((value) => value * scale) }
    : { ...frame, keypoints };
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
