/** A point of a shape, relative to what the shape moves with. */
interface Offset {
  readonly x: number;
  readonly y: number;
}

/** How a shape is turned about its anchor (radians, from x towards y) and enlarged, to lie as near to another as it can. */
export interface Turn {
  readonly angle: number;
  readonly scale: number;
}

export const NO_TURN: Turn = { angle: 0, scale: 1 };

/** The turn from one shape to another, over the points that both have. */
export function turnBetween(
  from: readonly (Offset | undefined)[],
  to: readonly (Offset | undefined)[],
): Turn {
  let [along, across, before, after] = [0, 0, 0, 0];
  from.forEach((a, k) => {
    const b = to[k];
    if (!a || !b) return;
    along += a.x * b.x + a.y * b.y;
    across += a.x * b.y - a.y * b.x;
    before += a.x * a.x + a.y * a.y;
    after += b.x * b.x + b.y * b.y;
  });
  if (before <= 0 || after <= 0) return NO_TURN;
  return { angle: Math.atan2(across, along), scale: Math.sqrt(after / before) };
}

/**
 * A point `share` of the way from `from` to `to`. The shapes are turned and enlarged towards each other by their parts of `turn` and only then
 * mixed: a straight line between a hand that points up and one that points down would lead through a hand of no size.
 */
export function turned({ angle, scale }: Turn, from: Offset, to: Offset, share: number): Offset {
  const size = 1 + share * (scale - 1);
  const a = rotated(from, share * angle, size);
  const b = rotated(to, (share - 1) * angle, size / scale);
  return { x: (1 - share) * a.x + share * b.x, y: (1 - share) * a.y + share * b.y };
}

function rotated({ x, y }: Offset, angle: number, scale: number): Offset {
  const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}
