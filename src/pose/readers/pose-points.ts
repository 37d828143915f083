import { settleDepth } from '../depth.js';
import { nobody, setPoint } from '../person.js';
import { componentRole, pointTargets } from '../point-names.js';
import { KEYPOINT_COUNT } from '../pose-frame.js';
import type { PoseHeader } from './pose-header.js';
import type { PersonPoints } from './reader.js';

/** Where one of the 133 points comes from in a `.pose` file. */
interface PointSource {
  readonly target: number;
  /** Place among all points of all components. */
  readonly point: number;
  /** Places of x, y and z among a point's numbers; z < 0 where there is none. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /**
   * What z times this is pixels. MediaPipe's z is a share of the picture's width, and pose-format, which multiplies x and y, leaves it
   * so; components with COCO-WholeBody's names carry pixels, as this program writes them. Where a lexicon has moved and scaled its
   * files to another width, z was scaled with the rest and the width it was a share of is no longer known: the header's is the
   * nearest there is (spelled letters come out about a quarter too flat, by the steadiness of their bones).
   */
  readonly depthScale: number;
}

/** How the points of a `.pose` file become the 133. */
export interface PointMap {
  readonly sources: readonly PointSource[];
  /** Whether z is there. */
  readonly hasDepth: boolean;
  /** Whether each model's depths have an origin of their own (MediaPipe). */
  readonly ownOrigins: boolean;
}

/** Maps by component and point name, never by place; the first component that fills a place wins. `width` is the picture's. */
export function mapPoints(header: PoseHeader, width: number): PointMap {
  const sources: PointSource[] = [];
  const filled = new Set<number>();
  let first = 0;
  let mediapipe = false;
  for (const component of header.components) {
    const role = componentRole(component.name);
    const [x, y, z] = ['X', 'Y', 'Z'].map((letter) => component.format.indexOf(letter));
    if (role !== undefined && x !== undefined && y !== undefined && x >= 0 && y >= 0) {
      const landmarks = component.name.endsWith('_LANDMARKS');
      mediapipe ||= landmarks;
      const depthScale = landmarks ? width : 1;
      component.points.forEach((name, index) => {
        for (const target of pointTargets(role, name)) {
          if (filled.has(target)) continue;
          filled.add(target);
          sources.push({ target, point: first + index, x, y, z: z ?? -1, depthScale });
        }
      });
    }
    first += component.points.length;
  }
  const hasDepth = sources.some((source) => source.z >= 0);
  return { sources, hasDepth, ownOrigins: mediapipe };
}

/**
 * One person's points from `numbers` (`Float32Array`, `dimensions` numbers a point from `start`) and `confidence` (one a point
 * from `confidenceStart`).
 */
export function readPerson(
  map: PointMap,
  dimensions: number,
  numbers: Float32Array,
  start: number,
  confidence: Float32Array,
  confidenceStart: number,
): PersonPoints {
  const person = nobody();
  const depth = map.hasDepth ? new Float32Array(KEYPOINT_COUNT).fill(Number.NaN) : undefined;
  for (const source of map.sources) {
    const at = start + source.point * dimensions;
    const x = numbers[at + source.x] ?? Number.NaN;
    const y = numbers[at + source.y] ?? Number.NaN;
    setPoint(person.keypoints, source.target, x, y, confidence[confidenceStart + source.point] ?? 0);
    if (depth === undefined || source.z < 0 || person.keypoints[source.target * 3 + 2] === 0) continue;
    const z = numbers[at + source.z] ?? Number.NaN;
    depth[source.target] = Number.isFinite(z) ? z * source.depthScale : Number.NaN;
  }
  if (depth === undefined) return person;
  return { keypoints: person.keypoints, depth: map.ownOrigins ? settleDepth(depth) : depth };
}
