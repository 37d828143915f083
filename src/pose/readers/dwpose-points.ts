import { nobody, setPoint } from '../person.js';
import { BODY_FROM_OPENPOSE18 } from '../point-maps.js';
import { areShares } from './holistic-points.js';
import type { PersonPoints } from './reader.js';

/** x, y, confidence. */
export type Triple = readonly [number, number, number];

/**
 * DWPose's 134 points (OpenPose's 18 of the body with a neck, 6 feet, 68 face, two hands) as the 133. Coordinates are shares of the
 * picture, or pixels; -1 stands for missing.
 */
export function points134(points: readonly Triple[], size: { width: number; height: number }): PersonPoints {
  const person = nobody();
  const scale = areShares(points.flatMap((point) => point.slice(0, 2)))
    ? { x: size.width, y: size.height }
    : { x: 1, y: 1 };
  const put = (target: number, source: number) => {
    const [x, y, confidence] = points[source] ?? [-1, -1, 0];
    if (x === -1 && y === -1) return;
    setPoint(person.keypoints, target, x * scale.x, y * scale.y, confidence);
  };
  BODY_FROM_OPENPOSE18.forEach((source, target) => {
    put(target, source);
  });
  // Feet, face and hands follow in COCO-WholeBody's order, one place later for the neck.
  for (let target = 17; target < 133; target += 1) put(target, target + 1);
  return person;
}
