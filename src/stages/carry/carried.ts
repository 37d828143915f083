import type { Picture } from '../../picture.js';
import type { PoseFrame } from '../../pose/pose-frame.js';
import type { Grid } from '../conditions/raster.js';
import type { Planes } from '../planes.js';

/** The reference carried into one frame, at the size of the body stage's picture or of the area of it that is drawn. Kept until the next frame. */
export interface Carried {
  /** The parts laid over the plate: [3, height, width], -1..1. */
  readonly picture: Planes;
  /** Where a part was laid: [1, height, width], 0..1. */
  readonly coverage: Planes;
  /** Both at another size, as means of whole cells: [4, height, width]. */
  means(size: Grid): Planes;
}

/** What a decoder with `maps` gives for a picture, which is to be mixed with what was carried. */
export interface CarriedMaps {
  /** [5, height / 2, width / 2]: own red, green, blue, gate, person. */
  readonly half: Float32Array;
  /** [3, height / 4, width / 4]: across, down and light; two of a decoder that has no light. */
  readonly flow: Float32Array;
  /** Longest flow in pixels. */
  readonly reach: number;
  /** By how much of itself the carried picture is brightened or darkened at most; 0 for none. */
  readonly light: number;
  /** How much steeper gate and person are taken than they are. */
  readonly slopes: { readonly gate: number; readonly person: number };
}

export interface Mixed {
  /** RGB, [height, width] pixels. */
  readonly picture: Picture;
  /** Where the person is: [height, width], 0..1. Kept until the next picture is mixed. */
  readonly personMask: Float32Array;
}

/** Encodes a picture [3, size, size] in -1..1. */
export interface PictureEncoder {
  encode(picture: Planes): Promise<Float32Array>;
}

/** A clip's reference as its frames take it. */
export interface ClipReference {
  carry(pose: PoseFrame): Carried;
  /**
   * The picture that was carried last, moved by a small flow and lit, and where that is wrong the network's own colours, or the plate: the end of
   * `CarriedDecoder` of the training code (`networks/autoencoder.py`).
   */
  mix(maps: CarriedMaps): Mixed;
  /** What stands behind the person: [3, height, width], -1..1. */
  readonly plate: Planes;
  /** The same, of the whole picture: RGB. */
  readonly behind: Picture;
  /** The plate as a latent, encoded once a clip. */
  plateLatent(encoder: PictureEncoder): Promise<Float32Array>;
}
