import { handLength, handOf, type Keypoint, type Keypoints } from './points.js';
import { type Channel, insidePolygon, type Point, placeOf } from './raster.js';

/** Channels of the hand surface: coverage, finger, place along the finger, relief, nearness. */
export const HAND_SURFACE_CHANNELS = 5;

const PALM = [0, 1, 5, 9, 13, 17];
/** Stroke radii relative to the hand's length, at the knuckle and at the tip. */
const THUMB = { wide: 0.115, narrow: 0.09 };
const FINGER = { wide: 0.095, narrow: 0.075 };
const PALM_GROWTH = 0.06;

/** Something to paint, farthest (smallest key) first. */
interface Piece {
  readonly key: number;
  paint(channels: readonly Channel[]): void;
}

/** Lays `value` over a pixel by its cover. */
function mix(channel: Channel | undefined, at: number, cover: number, value: number): void {
  if (!channel) return;
  const index = channel.offset + at;
  channel.data[index] = (channel.data[index] ?? 0) * (1 - cover) + cover * value;
}

/** Nearness of a point in hand lengths, -1.5..1.5, 0 where unknown. */
function nearness(point: Keypoint, length: number): number {
  return Number.isNaN(point.depth) ? 0 : Math.min(1.5, Math.max(-1.5, -point.depth / length));
}

interface Bone {
  readonly a: Keypoint;
  readonly b: Keypoint;
  readonly finger: number;
  readonly step: number;
}

function bonePiece(bone: Bone, length: number, sign: number, key: number | undefined): Piece {
  const { a, b, finger, step } = bone;
  const { wide, narrow } = finger === 0 ? THUMB : FINGER;
  const r0 = length * (wide + ((narrow - wide) * step) / 3);
  const r1 = length * (wide + ((narrow - wide) * (step + 1)) / 3);
  const [nearA, nearB] = [nearness(a, length), nearness(b, length)];
  return {
    key: key ?? 0.5 * (nearA + nearB),
    paint: (channels) => {
      const [first, second] = channels;
      if (!first || !second) return;
      const { call, at } = placeOf(first);
      call.bone(
        ...[at, 4 * (second.offset - first.offset), first.width, first.height],
        ...[a.x, a.y, b.x, b.y, r0, r1],
        ...[(sign * (finger + 1)) / 6, step / 3, (step + 1) / 3, nearA, nearB],
      );
    },
  };
}

function palmPiece(palm: readonly Keypoint[], length: number, sign: number, known: boolean): Piece {
  const near = palm.reduce((sum, p) => sum + nearness(p, length), 0) / palm.length;
  const outline: Point[] = palm.map(({ x, y }) => ({ x, y }));
  return {
    key: known ? near : -100,
    paint: (channels) => {
      const [coverage, finger, along, relief, nearest] = channels;
      if (!coverage) return;
      insidePolygon(coverage, outline, PALM_GROWTH * length, (at, cover) => {
        mix(coverage, at, cover, 1);
        mix(finger, at, cover, sign);
        mix(along, at, cover, 0);
        mix(relief, at, cover, 1);
        mix(nearest, at, cover, near);
      });
    },
  };
}

/** Palm and bones of one hand, farthest first; without depth palm, then little finger to thumb. */
function handPieces(hand: Keypoints, sign: number): Piece[] {
  const length = handLength(hand);
  if (length <= 0) return [];
  const known = hand.every((p) => p !== undefined && !Number.isNaN(p.depth));
  const pieces: Piece[] = [];
  const palm = PALM.map((k) => hand[k]).filter((p) => p !== undefined);
  if (palm.length > 2) pieces.push(palmPiece(palm, length, sign, known));
  let order = 0;
  for (let finger = 4; finger >= 0; finger -= 1) {
    for (let step = 0; step < 3; step += 1) {
      const a = hand[1 + 4 * finger + step];
      const b = hand[2 + 4 * finger + step];
      if (a === undefined || b === undefined) continue;
      order += 1;
      pieces.push(bonePiece({ a, b, finger, step }, length, sign, known ? undefined : order));
    }
  }
  return pieces.sort((p, q) => p.key - q.key);
}

/**
 * Hands as capsules over one another. Channels: coverage; finger (thumb 1/6 .. little 5/6, palm 1; right hand negative);
 * place along the finger 0..1; relief (1 on the axis, 0 at the edge); nearness in hand lengths. The hand whose body
 * wrist is nearer is painted last; where that is unknown, the right one.
 */
export function drawHandSurface(channels: readonly Channel[], points: Keypoints): void {
  const left = points[9]?.depth ?? Number.NaN;
  const right = points[10]?.depth ?? Number.NaN;
  const sides: readonly (0 | 1)[] = left < right ? [1, 0] : [0, 1];
  for (const side of sides) {
    for (const piece of handPieces(handOf(points, side), side === 0 ? 1 : -1)) piece.paint(channels);
  }
}
