import { handLength, handOf, type Keypoint, type Keypoints } from './points.js';
import { type Channel, insidePolygon, nearSegment, type Point } from './raster.js';

/** Channels of the hand surface: coverage, finger, place along the finger, relief, nearness. */
export const HAND_SURFACE_CHANNELS = 5;

const PALM = [0, 1, 5, 9, 13, 17];
/** Stroke radii relative to the hand's length, at the knuckle and at the tip. */
const THUMB = { wide: 0.115, narrow: 0.09 };
const FINGER = { wide: 0.095, narrow: 0.075 };
const PALM_GROWTH = 0.06;

interface Paint {
  readonly cover: number;
  readonly finger: number;
  readonly along: number;
  readonly relief: number;
  readonly near: number;
}

/** Something to paint, farthest (smallest key) first. */
interface Piece {
  readonly key: number;
  paint(channels: readonly Channel[]): void;
}

function blend(channels: readonly Channel[], at: number, paint: Paint): void {
  const { cover } = paint;
  mix(channels[0], at, cover, 1);
  mix(channels[1], at, cover, paint.finger);
  mix(channels[2], at, cover, paint.along);
  mix(channels[3], at, cover, paint.relief);
  mix(channels[4], at, cover, paint.near);
}

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
      const [grid] = channels;
      if (!grid) return;
      nearSegment(grid, a, b, Math.max(r0, r1) + 1, (at, count, { distance, t: places }) => {
        for (let k = 0; k < count; k += 1) {
          const t = places[k] ?? 0;
          const away = distance[k] ?? 0;
          const radius = r0 + t * (r1 - r0);
          const cover = Math.min(1, 0.5 + radius - away);
          if (cover <= 0) continue;
          const ratio = away / radius;
          blend(channels, at + k, {
            cover,
            finger: (sign * (finger + 1)) / 6,
            along: step / 3 + t * ((step + 1) / 3 - step / 3),
            relief: Math.sqrt(Math.max(0, 1 - ratio * ratio)),
            near: nearA + t * (nearB - nearA),
          });
        }
      });
    },
  };
}

function palmPiece(palm: readonly Keypoint[], length: number, sign: number, known: boolean): Piece {
  const near = palm.reduce((sum, p) => sum + nearness(p, length), 0) / palm.length;
  const outline: Point[] = palm.map(({ x, y }) => ({ x, y }));
  return {
    key: known ? near : -100,
    paint: (channels) => {
      const [grid] = channels;
      if (!grid) return;
      insidePolygon(grid, outline, PALM_GROWTH * length, (at, cover) => {
        blend(channels, at, { cover, finger: sign, along: 0, relief: 1, near });
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
