/*
 * Small arithmetic of vectors and rotations; angles in radians. Rotation vectors are axis times angle.
 */

export type Vec3 = readonly [number, number, number];

/** A 3 x 3 matrix by its columns: where it carries the three axes. */
export type Mat3 = readonly [Vec3, Vec3, Vec3];

const IDENTITY: Mat3 = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vec3, by: number): Vec3 {
  return [a[0] * by, a[1] * by, a[2] * by];
}

/** The point at a share of the way from `a` to `b`. */
export function mix(a: Vec3, b: Vec3, share: number): Vec3 {
  return add(a, scale(subtract(b, a), share));
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function length(a: Vec3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** `a` at length 1; a zero vector stays zero. */
export function unit(a: Vec3): Vec3 {
  return scale(a, 1 / Math.max(length(a), 1e-12));
}

/** What of `a` is across `axis`, at length 1. */
export function across(a: Vec3, axis: Vec3): Vec3 {
  const along = unit(axis);
  return unit(subtract(a, scale(along, dot(a, along))));
}

/** The mirror image in the body's middle plane. */
export function mirror(a: Vec3): Vec3 {
  return [-a[0], a[1], a[2]];
}

export function apply(matrix: Mat3, [x, y, z]: Vec3): Vec3 {
  return add(add(scale(matrix[0], x), scale(matrix[1], y)), scale(matrix[2], z));
}

/** `first` after `second`: the product `first` x `second`. */
export function multiply(first: Mat3, second: Mat3): Mat3 {
  return [apply(first, second[0]), apply(first, second[1]), apply(first, second[2])];
}

/** The transposed matrix, which is a rotation's inverse. */
export function transpose([a, b, c]: Mat3): Mat3 {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

/** Rotation by an angle about an axis (Rodrigues' formula). */
export function about(axis: Vec3, angle: number): Mat3 {
  const [x, y, z] = unit(axis);
  const s = Math.sin(angle);
  const c = Math.cos(angle);
  const d = 1 - c;
  return [
    [c + d * x * x, d * x * y + s * z, d * x * z - s * y],
    [d * x * y - s * z, c + d * y * y, d * y * z + s * x],
    [d * x * z + s * y, d * y * z - s * x, c + d * z * z],
  ];
}

/** Any direction across `axis`. */
function anyAcross(axis: Vec3): Vec3 {
  return across(Math.abs(axis[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0], axis);
}

/** The smallest rotation that turns one direction into another. */
export function between(start: Vec3, end: Vec3): Mat3 {
  const [a, b] = [unit(start), unit(end)];
  const axis = cross(a, b);
  const sine = length(axis);
  if (sine < 1e-9) return dot(a, b) > 0 ? IDENTITY : about(anyAcross(a), Math.PI);
  return about(axis, Math.atan2(sine, dot(a, b)));
}

/** The rotation vector of a rotation, at most pi long. */
export function toVector(rotation: Mat3): Vec3 {
  const [a, b, c] = rotation;
  const skew: Vec3 = [b[2] - c[1], c[0] - a[2], a[1] - b[0]];
  const angle = Math.atan2(length(skew), a[0] + b[1] + c[2] - 1);
  if (angle < 1e-9) return [0, 0, 0];
  if (angle < Math.PI - 1e-4) return scale(unit(skew), angle);
  // Near half a turn the antisymmetric part vanishes: the axis is the longest column of rotation + identity.
  const columns: Vec3[] = [add(a, [1, 0, 0]), add(b, [0, 1, 0]), add(c, [0, 0, 1])];
  const axis = columns.reduce((best, column) => (length(column) > length(best) ? column : best));
  return scale(unit(axis), dot(axis, skew) < 0 ? -angle : angle);
}

/** The rotation of a rotation vector. */
export function fromVector(vector: Vec3): Mat3 {
  const angle = length(vector);
  return angle < 1e-12 ? IDENTITY : about(vector, angle);
}

/** The part of a rotation about `axis`, -pi..pi (swing-twist decomposition, twist applied first). */
export function twistAngle(rotation: Mat3, axis: Vec3): number {
  const a = unit(axis);
  const side = anyAcross(a);
  const turned = apply(between(apply(rotation, a), a), apply(rotation, side));
  return Math.atan2(dot(cross(side, turned), a), dot(side, turned));
}
