/*
 * How far detected joints are from those that were asked for (paper, Metrics), and which were found at all: the two are to be read
 * together, since a distance knows only what was found. Points are x, y in pixels and confidence, 0 = not there.
 */

/** Distances and the rate of detection over a number of joints. */
export interface JointDistances {
  /** Mean distance of the joints found, in sides of the picture; NaN where none was. */
  readonly mean: number;
  /** Share 0..1 of the joints asked for that were found; NaN where none was asked for. */
  readonly found: number;
}

/** Distance of each joint in sides of the picture: NaN where it was not found, undefined where it was not asked for. */
export function jointDistances(
  asked: ArrayLike<number>,
  found: ArrayLike<number>,
  side: number,
): (number | undefined)[] {
  return Array.from({ length: asked.length / 3 }, (_, point) => {
    const [x = 0, y = 0, there = 0] = [0, 1, 2].map((place) => asked[point * 3 + place]);
    if (there <= 0) return undefined;
    if (!((found[point * 3 + 2] ?? 0) > 0)) return Number.NaN;
    return Math.hypot((found[point * 3] ?? 0) - x, (found[point * 3 + 1] ?? 0) - y) / side;
  });
}

/** MPJPE, the mean per joint position error, with the rate of detection, over the joints of any number of pictures. */
export function meanJointDistance(distances: readonly (number | undefined)[]): JointDistances {
  const asked = distances.filter((distance) => distance !== undefined);
  const found = asked.filter((distance) => !Number.isNaN(distance));
  const sum = found.reduce((total, distance) => total + distance, 0);
  return { mean: sum / found.length, found: found.length / asked.length };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boxOf(points: ArrayLike<number>): Box | undefined {
  let box: Box | undefined;
  for (let at = 0; at < points.length; at += 3) {
    const [x = 0, y = 0, there = 0] = [points[at], points[at + 1], points[at + 2]];
    if (there <= 0) continue;
    const { left, top, right, bottom } = box ?? { left: x, top: y, right: x, bottom: y };
    box = {
      left: Math.min(left, x),
      top: Math.min(top, y),
      right: Math.max(right, x),
      bottom: Math.max(bottom, y),
    };
  }
  return box;
}

/** Longer side of the box round a hand. */
function sizeOf({ left, top, right, bottom }: Box): number {
  return Math.max(right - left, bottom - top);
}

/** Mean distance of a hand's joints that are in both, in longer sides of the box asked for; NaN where none is. */
export function handError(asked: ArrayLike<number>, found: ArrayLike<number>): number {
  const box = boxOf(asked);
  if (!box) return Number.NaN;
  return meanJointDistance(jointDistances(asked, found, Math.max(sizeOf(box), 1e-9))).mean;
}

/** Whether a hand was found at its place: its middle no further off than the longer side of the box asked for. */
export function handFound(asked: ArrayLike<number>, found: ArrayLike<number>): boolean {
  const [here, there] = [boxOf(asked), boxOf(found)];
  if (!here || !there) return false;
  const x = (here.left + here.right - there.left - there.right) / 2;
  const y = (here.top + here.bottom - there.top - there.bottom) / 2;
  return Math.hypot(x, y) <= sizeOf(here);
}
