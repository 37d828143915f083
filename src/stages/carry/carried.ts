import type { PoseFrame } from '../../pose/pose-frame.js';
import type { Planes } from '../planes.js';

/** The reference carried into one frame, at the size of the body stage's picture. */
export interface Carried {
  /** The parts laid over the plate: [3, size, size], -1..1. */
  readonly picture: Planes;
  /** Where a part was laid: [1, size, size], 0..1. */
  readonly coverage: Planes;
}

/** Encodes a picture [3, size, size] in -1..1. */
export interface PictureEncoder {
  encode(picture: Planes): Promise<Float32Array>;
}

/** A clip's reference as its frames take it. */
export interface ClipReference {
  carry(pose: PoseFrame): Carried;
  /** What stands behind the person: [3, size, size], -1..1. */
  readonly plate: Planes;
  /** The plate as a latent, encoded once a clip. */
  plateLatent(encoder: PictureEncoder): Promise<Float32Array>;
}
