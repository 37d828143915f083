/**
 * A turned rectangle of a picture that a model looks at: centre and sides in pixels, rotation in radians clockwise.
 * MediaPipe keeps the same in shares of the picture (`NormalizedRect`).
 */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rotation: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points of one model: `Float32Array` [n * 3] of x, y, z in pixels of the picture; z is smaller nearer to the camera. */
export type Points = Float32Array;

/** Angle within -pi..pi. */
function turned(angle: number): number {
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}

/** The turn that brings the direction from one point to another to `target` (radians, counter-clockwise from the right). */
export function rotationOf(from: Point, to: Point, target: number): number {
  return turned(target - Math.atan2(from.y - to.y, to.x - from.x));
}

export function pointAt(points: Points, index: number): Point {
  return { x: points[index * 3] ?? 0, y: points[index * 3 + 1] ?? 0 };
}

/** A square round `centre` whose half side reaches `edge` (MediaPipe: AlignmentPointsRectsCalculator). */
export function regionRound(centre: Point, edge: Point, target: number): Region {
  const side = 2 * Math.hypot(edge.x - centre.x, edge.y - centre.y);
  return { ...centre, width: side, height: side, rotation: rotationOf(centre, edge, target) };
}

/** The upright box of the points, to be turned by `rotation` (MediaPipe: DetectionsToRectsCalculator). */
export function boxOf(points: Points, rotation: number): Region {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at + 2 < points.length; at += 3) {
    const [x = 0, y = 0] = [points[at], points[at + 1]];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    width: right - left,
    height: bottom - top,
    rotation,
  };
}

/** A square `scale` times the longer side, moved by `shift` of the height along the region's own axis (MediaPipe: RectTransformationCalculator). */
export function grown(region: Region, scale: number, shift = 0): Region {
  const { x, y, width, height, rotation } = region;
  const side = Math.max(width, height) * scale;
  return {
    x: x - height * shift * Math.sin(rotation),
    y: y + height * shift * Math.cos(rotation),
    width: side,
    height: side,
    rotation,
  };
}

/** The whole picture, with bars above and below or beside that make it square. */
export function wholePicture({ width, height }: { width: number; height: number }): Region {
  const side = Math.max(width, height);
  return { x: width / 2, y: height / 2, width: side, height: side, rotation: 0 };
}

/** Point of the picture where `u`, `v` (0..1 across the region) lie. */
export function inPicture(region: Region, u: number, v: number): Point {
  const { x, y, width, height, rotation } = region;
  const across = (u - 0.5) * width;
  const down = (v - 0.5) * height;
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  return { x: x + across * cos - down * sin, y: y + across * sin + down * cos };
}

/** A model's points (x, y, z each 0..1 across the region, `stride` numbers a point) as pixels of the picture. */
export function toPicture(region: Region, values: Float32Array, count: number, stride = 3): Points {
  const points = new Float32Array(count * 3);
  for (let index = 0; index < count; index += 1) {
    const { x, y } = inPicture(region, values[index * stride] ?? 0, values[index * stride + 1] ?? 0);
    points[index * 3] = x;
    points[index * 3 + 1] = y;
    points[index * 3 + 2] = (values[index * stride + 2] ?? 0) * region.width;
  }
  return points;
}
