import type { Picture } from '../../src/picture.js';
import { METADATA, patches } from './pictures.js';

/** The clip that tests of resuming write: 4 whole segments and a short one. */
export const CLIP = {
  width: 64,
  height: 48,
  fps: 25,
  frames: 35,
  metadata: METADATA,
  encoding: { segmentFrames: 8 },
};

export function drawClip(index: number): Picture {
  return patches(index, CLIP.width, CLIP.height);
}
