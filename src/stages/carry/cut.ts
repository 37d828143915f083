import { signedDistance } from '../conditions/raster.js';
import type { Reference } from '../reference/reference.js';
import { ARMS, clamp, distanceTo, has, nearestOn, shoulderSpan, withHips, xOf, yOf } from './geometry.js';
import { type Limb, limbsOf, widthAt } from './limbs.js';
import { headCover, headFrame, neckOutline, trunkOutline } from './outlines.js';
import { dropIslands, dropSlivers, goingOn, type Part } from './pieces.js';

/*
 * A reference is cut into parts along its own keypoints, once a clip: `conditions/cut.py` and `prepare` of the training code.
 */

const LEFT_HAND = 91;
/** How far the trunk reaches beyond its outline, in shoulder widths. */
const TRUNK_GROW = 0.21;
/** How far above the trunk's outline hair goes with the head, in shoulder widths. */
const HAIR_OFF = 0.13;
/** Where an arm begins to be cut out of the trunk: share of the upper arm from the shoulder. */
const CUT_FROM = 0.7;
/** How much earlier on the trunk's side, in distances from its bone. */
const TO_ARMPIT = 0.6;
/** How far beyond its outline an arm is cut out of the trunk, and how much farther beside the trunk, in shoulder widths. */
const CUT_BEYOND = 0.015;
const CUT_BESIDE = 0.03;
const HAND_RADIUS = 0.07;
/** How far below the chin a trunk's neck ends, and how far beyond the neck's outline it is taken off, in shoulder widths. */
const THROAT = 0.05;
const NECK_BESIDE = 0.045;
/** Pieces of trunk and head that are thinner than twice this, in shoulder widths, are dropped: sleeves beside the trunk, the neck's edges below the ears. */
const TRUNK_SLIVER = 0.02;
const HEAD_SLIVER = 0.012;
/** Beside the trunk's outline a pixel is the arm's where the arm's bone is nearer than this many times the outline. */
const BESIDE = 1.6;

export interface CutReference {
  readonly keypoints: Float64Array;
  /** Everything of the person: arms are taken from it along their bones. */
  readonly person: Part;
  readonly trunk: Part;
  readonly neck: Part;
  readonly head: Part;
  /** The limbs of ARMS, those that the reference shows. */
  readonly limbs: readonly (Limb | undefined)[];
}

/**
 * Cuts a reference whose shoulders are both there. A pixel at the person's edge holds some of the plate, which is taken off, so that no
 * fringe of the old place shows on a new one. Where the picture goes on below the plate, edges keep what they hold.
 */
export function cutReference({ size, picture, person, plate, keypoints }: Reference): CutReference {
  const points = withHips(keypoints);
  const { height } = picture;
  const area = size * height;
  const whole = new Float32Array(4 * area);
  for (let i = 0; i < area; i++) {
    const share = person[i] ?? 0;
    for (let c = 0; c < 3; c++) {
      const colour = picture.data[i * picture.channels + c] ?? 0;
      const behind = plate.data[i * plate.channels + c] ?? 0;
      whole[4 * i + c] =
        i < size * plate.height
          ? Math.min(255 * share, Math.max(0, colour - (1 - share) * behind))
          : colour * share;
    }
    whole[4 * i + 3] = share;
  }
  const limbs = limbsOf({ data: person, width: size, height }, points);
  const covers = partCovers(points, limbs, person, size, height);
  return {
    keypoints: points,
    person: {
      pixels: whole,
      place: { left: 0, top: 0, width: size, height },
      height,
      box: [0, 0, size, height],
    },
    trunk: goingOn(partOf(whole, covers.trunk, size), size),
    neck: partOf(whole, covers.neck, size),
    head: partOf(whole, covers.head, size),
    limbs,
  };
}

/** The pixels of `whole` by their share of the part. */
function partOf(whole: Float32Array, cover: Float32Array, size: number): Part {
  const height = cover.length / size;
  let [x0, y0, x1, y1] = [size, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      if (!((whole[4 * at + 3] ?? 0) * (cover[at] ?? 0) > 0)) continue;
      x0 = Math.min(x0, x);
      y0 = Math.min(y0, y);
      x1 = Math.max(x1, x + 1);
      y1 = Math.max(y1, y + 1);
    }
  }
  if (x1 <= x0) {
    const nothing = { left: 0, top: 0, width: 0, height: 0 };
    return { pixels: new Float32Array(0), place: nothing, height, box: [0, 0, 0, 0] };
  }
  const [left, top] = [Math.max(0, x0 - 1), Math.max(0, y0 - 1)];
  const place = { left, top, width: Math.min(size, x1 + 1) - left, height: Math.min(height, y1 + 1) - top };
  const pixels = new Float32Array(4 * place.width * place.height);
  let to = 0;
  for (let y = 0; y < place.height; y++) {
    for (let x = 0; x < place.width; x++) {
      const from = (top + y) * size + left + x;
      const share = cover[from] ?? 0;
      for (let c = 0; c < 4; c++) pixels[to++] = (whole[4 * from + c] ?? 0) * share;
    }
  }
  return { pixels, place, height, box: [x0, y0, x1, y1 < height ? y1 : 4 * height] };
}

/** How far each pixel of the reference that shows any of the person belongs to trunk, neck and head: [height, size], 0..1. */
function partCovers(
  points: Float64Array,
  limbs: CutReference['limbs'],
  person: Float32Array,
  size: number,
  height: number,
) {
  const [trunk, neck, head] = [0, 1, 2].map(() => new Float32Array(size * height));
  if (!trunk || !neck || !head) throw new Error('no covers');
  const span = shoulderSpan(points);
  const outline = trunkOutline(points);
  const frame = headFrame(points);
  const collar = frame ? neckOutline(points) : [];
  const upper = (frame?.lowest ?? 0) + 0.04 * span;
  const throat = (frame?.lowest ?? 0) + THROAT * span;
  const cutAt = armCutter(points, limbs, span);
  const besideAt = sleeveFinder(points, span);
  for (let at = 0; at < size * height; at++) {
    if (!((person[at] ?? 0) > 0)) continue;
    const [x, y] = [(at % size) + 0.5, Math.floor(at / size) + 0.5];
    const inside = signedDistance(outline, x, y);
    const within = collar.length > 0 ? signedDistance(collar, x, y) / span : -Infinity;
    const keep = 1 - cutAt(x, y, inside);
    const into = (TRUNK_GROW * span + inside) / (0.04 * span);
    let body = keep * clamp(into + 0.5);
    let whole = clamp(into - 0.5);
    if (inside < 0 && body > 0) {
      const own = 1 - besideAt(x, y, inside);
      body *= own;
      whole *= own;
    }
    const crown = frame ? headCover(points, frame, x, y) : 0;
    // Hair that stands off the shoulders does not stay there when the head moves.
    const off = crown * clamp(0.5 - (HAIR_OFF * span + inside) / (0.04 * span));
    body *= 1 - off;
    whole *= 1 - off;
    // The neck's own part shows it: the trunk's would stand beside the chin once that has moved.
    trunk[at] = body * (1 - clamp((within + NECK_BESIDE) / 0.03) * clamp(0.5 + (throat - y) / (0.06 * span)));
    if (!frame) continue;
    neck[at] = clamp(1.5 + within / 0.03);
    // Above `upper` what is the head's is not the trunk's, below it the other way round: hair on the shoulders goes with the trunk.
    // The head ends where the trunk is whole.
    const above = (upper - y) / (0.04 * span);
    head[at] = keep * crown * (1 - (1 - clamp(above + 1)) * whole);
  }
  if (frame) {
    dropSlivers(head, person, size, HEAD_SLIVER * span);
    dropIslands(head, person, size);
    for (let at = 0; at < size * height; at++) {
      const above = (upper - Math.floor(at / size) - 0.5) / (0.04 * span);
      trunk[at] = (trunk[at] ?? 0) * (1 - (head[at] ?? 0) * clamp(above));
    }
  }
  dropSlivers(trunk, person, size, TRUNK_SLIVER * span);
  return { trunk, neck, head };
}

/** Share 0..1 of a pixel that belongs to the reference's arms or hands, and so not to its trunk or head; `inside`: signed distance to the trunk's outline. */
function armCutter(points: Float64Array, limbs: CutReference['limbs'], width: number) {
  const soft = 0.03 * width;
  const fingers: number[][] = [];
  for (const wrist of [LEFT_HAND, LEFT_HAND + 21]) {
    for (let k = 1; k < 21; k++) {
      const [a, b] = [k % 4 === 1 ? wrist : wrist + k - 1, wrist + k];
      if (has(points, a) && has(points, b))
        fingers.push([xOf(points, a), yOf(points, a), xOf(points, b), yOf(points, b)]);
    }
  }
  const cutOf = (distance: number, radius: number): number => clamp((radius - distance) / soft + 0.5);
  // The stub that stays ends round the shoulder, and at the armpit: cut straight across it would end in two tips.
  const beyondStub = (x: number, y: number, [ax, ay, bx, by]: Limb['ends'], side: number): number => {
    const length = Math.hypot(bx - ax, by - ay) + 1e-6;
    const across = ((y - ay) * (bx - ax) - (x - ax) * (by - ay)) / length;
    const hip = (yOf(points, 11 + side) - ay) * (bx - ax) - (xOf(points, 11 + side) - ax) * (by - ay);
    const reach = CUT_FROM * length - (across * hip > 0 ? TO_ARMPIT * Math.abs(across) : 0);
    return clamp((Math.hypot(x - ax, y - ay) - reach) / soft + 0.5);
  };
  return (x: number, y: number, inside: number): number => {
    const beyond = (CUT_BEYOND + CUT_BESIDE * clamp(0.5 - inside / soft)) * width;
    let most = 0;
    limbs.forEach((limb, k) => {
      if (!limb) return;
      const [ax, ay, bx, by] = limb.ends;
      const { distance, share } = nearestOn(x, y, ax, ay, bx, by);
      const across = (y - ay) * (bx - ax) - (x - ax) * (by - ay);
      const cut = cutOf(distance, widthAt(limb.outline, share, across) + beyond);
      most = Math.max(most, k % 2 === 0 ? cut * beyondStub(x, y, limb.ends, k / 2) : cut);
    });
    const reach = HAND_RADIUS * width + soft;
    for (const [ax = 0, ay = 0, bx = 0, by = 0] of fingers) {
      if (x < Math.min(ax, bx) - reach || x > Math.max(ax, bx) + reach) continue;
      if (y < Math.min(ay, by) - reach || y > Math.max(ay, by) + reach) continue;
      most = Math.max(most, cutOf(distanceTo(x, y, ax, ay, bx, by), HAND_RADIUS * width));
    }
    return most;
  };
}

/** Share 0..1 of a pixel beside the trunk (`inside`: signed distance to its outline) that is a wide sleeve's rather than the trunk's. */
function sleeveFinder(points: Float64Array, width: number) {
  const bones = ARMS.flatMap(([a, b], k) => {
    if (!has(points, a) || !has(points, b)) return [];
    const start = k % 2 === 0 ? CUT_FROM : 0;
    const [ax, ay, bx, by] = [xOf(points, a), yOf(points, a), xOf(points, b), yOf(points, b)];
    return [[ax + start * (bx - ax), ay + start * (by - ay), bx, by] as const];
  });
  return (x: number, y: number, inside: number): number => {
    const nearest = Math.min(...bones.map((bone) => distanceTo(x, y, ...bone)));
    return clamp((-BESIDE * inside - nearest) / (0.03 * width) + 0.5);
  };
}
