import { type HandSide, PARTS, type PoseFrame } from '../../../pose/pose-frame.js';

/*
 * Can what was drawn still be read? A nearest-neighbour reader of hand shapes, the one of models/training (judge/letters.py): place
 * and size of a hand are removed, its rotation is kept, since U and H differ by it.
 */

/** The 21 points of a hand: `Float64Array` [42], x and y. */
export type HandShapePoints = Float64Array;

/** A hand shape that is known by name. */
export interface KnownHand {
  readonly name: string;
  readonly shape: HandShapePoints;
}

/**
 * Shape of a hand, its middle at 0 and its root mean square radius 1; a left hand is mirrored. Undefined where a point is missing.
 */
export function handShape(frame: PoseFrame, side: HandSide): HandShapePoints | undefined {
  const { start, length } = side === 'left' ? PARTS.leftHand : PARTS.rightHand;
  const shape = new Float64Array(length * 2);
  const middle = [0, 0];
  for (let point = 0; point < length; point += 1) {
    const [x = 0, y = 0, confidence = 0] = frame.keypoints.subarray(
      (start + point) * 3,
      (start + point) * 3 + 3,
    );
    if (confidence <= 0) return undefined;
    shape.set([x, y], point * 2);
    middle[0] = (middle[0] ?? 0) + x / length;
    middle[1] = (middle[1] ?? 0) + y / length;
  }
  let squares = 0;
  shape.forEach((value, index) => {
    const from = value - (middle[index % 2] ?? 0);
    shape[index] = from;
    squares += from * from;
  });
  const size = Math.max(Math.sqrt(squares / length), 1e-9);
  return shape.map((value, index) => (side === 'left' && index % 2 === 0 ? -value : value) / size);
}

/** Root mean square distance of two shapes' points, in sizes of the hand. */
export function shapeDistance(a: HandShapePoints, b: HandShapePoints): number {
  const squares = a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0);
  return Math.sqrt(squares / (a.length / 2));
}

/** The name of the known hand that is nearest; undefined for a hand that is not there. */
export function readHand(
  shape: HandShapePoints | undefined,
  known: readonly KnownHand[],
): string | undefined {
  if (!shape) return undefined;
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const hand of known) {
    const distance = shapeDistance(shape, hand.shape);
    if (distance >= least) continue;
    least = distance;
    nearest = hand.name;
  }
  return nearest;
}

/** The hand that signs: the higher one (smaller mean y) of those that are complete; undefined where none is. */
export function signingHand(frame: PoseFrame): HandSide | undefined {
  const heights = (['left', 'right'] as const).map((side) => ({ side, height: meanHeight(frame, side) }));
  const there = heights.filter(({ height }) => Number.isFinite(height)).sort((a, b) => a.height - b.height);
  return there[0]?.side;
}

/** Mean y of a complete hand, else NaN. */
function meanHeight(frame: PoseFrame, side: HandSide): number {
  const { start, length } = side === 'left' ? PARTS.leftHand : PARTS.rightHand;
  let sum = 0;
  for (let index = start; index < start + length; index += 1) {
    if ((frame.keypoints[index * 3 + 2] ?? 0) <= 0) return Number.NaN;
    sum += frame.keypoints[index * 3 + 1] ?? 0;
  }
  return sum / length;
}

/** Share 0..1 of the readings that name what was meant; NaN for none. */
export function shareRead(readings: readonly { meant: string; read: string | undefined }[]): number {
  return readings.filter(({ meant, read }) => meant === read).length / readings.length;
}
