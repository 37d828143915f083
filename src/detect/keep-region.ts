import type { Points, Region } from './region.js';

/** How far something may have moved for its region to be kept. */
export interface Sameness {
  /** Largest difference of the rotations. */
  readonly degrees: number;
  /** Largest way of the centre, in sides of the newly found region, along its axes. */
  readonly move: number;
  /** Largest difference of the sides, in sides of the newly found region. */
  readonly scale: number;
  /** How much larger (negative: smaller) than the newly found region the area is in which all old points must lie. */
  readonly margin: number;
}

/**
 * The region to look at: `previous`, made of the points of the frame before, while it agrees with what was `found` in this frame,
 * else the latter. A region that is kept follows the hand calmly (MediaPipe: RoiTrackingCalculator).
 */
export function keepRegion(points: Points, previous: Region, found: Region, same: Sameness): Region {
  return agrees(previous, found, same) && holds(found, points, same.margin) ? previous : found;
}

function agrees(previous: Region, found: Region, { degrees, move, scale }: Sameness): boolean {
  let turn = ((previous.rotation - found.rotation) / Math.PI) * 180;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  const way = alongAxes(found, previous.x, previous.y);
  return (
    Math.abs(turn) <= degrees &&
    Math.abs(way.x) <= found.width * move &&
    Math.abs(way.y) <= found.height * move &&
    Math.abs(previous.width - found.width) <= found.width * scale &&
    Math.abs(previous.height - found.height) <= found.height * scale
  );
}

function holds(found: Region, points: Points, margin: number): boolean {
  const [halfWidth, halfHeight] = [(found.width * (1 + margin)) / 2, (found.height * (1 + margin)) / 2];
  for (let at = 0; at + 2 < points.length; at += 3) {
    const { x, y } = alongAxes(found, points[at] ?? 0, points[at + 1] ?? 0);
    if (!(Math.abs(x) < halfWidth && Math.abs(y) < halfHeight)) return false;
  }
  return true;
}

/** Way from the region's centre to a point, along the region's axes. */
function alongAxes(region: Region, x: number, y: number): { x: number; y: number } {
  const [across, down] = [x - region.x, y - region.y];
  const [cos, sin] = [Math.cos(-region.rotation), Math.sin(-region.rotation)];
  return { x: across * cos - down * sin, y: across * sin + down * cos };
}
