import type { Picture } from '../../picture.js';
import type { PoseFrame } from '../../pose/pose-frame.js';
import type { Planes } from '../planes.js';

/** The reference carried into one frame, at the size of the body stage's picture or of the area of it that is drawn. Kept until the next frame. */
export interface Carried {
  /** The parts laid over the plate: [3, height, width], -1..1. */
  readonly picture: Planes;
  /** Where a part was laid: [1, height, width], 0..1. */
  readonly coverage: Planes;
}

/** Encodes a picture [3, size, size] in -1..1. */
export interface PictureEncoder {
  encode(picture: Planes): Promise<Float32Array>;
}

/** A clip's reference as its frames take it. */
export interface ClipReference {
  carry(pose: PoseFrame): Carried;
  /** What stands behind the person: [3, height, width], -1..1. */
  readonly plate: Planes;
  /** The same, of the whole picture: RGB. */
  readonly behind: Picture;
  /** The plate as a latent, encoded once a clip. */
  plateLatent(encoder: PictureEncoder): Promise<Float32Array>;
}
