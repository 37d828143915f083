import { dilate } from '../../diffusion/index.js';
import type { Picture } from '../../picture.js';
import { makePlanes, type Planes } from '../planes.js';
import { resample } from '../resample.js';
import { fillUnknown } from './fill.js';
import { type Frame, type Placed, photoFrame } from './framing.js';
import { followEdges } from './matte.js';
import { goalOf, type Reference } from './reference.js';

/** A photograph and what a detector saw in it; all in its pixels. */
export interface Photo {
  /** RGB. */
  readonly picture: Picture;
  /** `Float32Array` [133 * 3]: x, y, confidence. Both shoulders are there. */
  readonly keypoints: Float32Array;
  /** Chance that a pixel shows the person: `Float32Array` [height * width], 0..1. */
  readonly mask: Float32Array;
}

/** Elbows, wrists and hands that are less sure than this are guesses. */
const SURE = 0.3;
/** Pixels round the person that the plate does not take from the photograph, as a share of the side: hair and shadow. */
const MARGIN = 1 / 48;
const ELBOWS = 7;
const FACE = 23;
const HANDS = 91;

/** The square of a photograph that a clip is drawn in, in its pixels. */
export function frameOfPhoto(photo: Photo): Frame {
  return photoFrame(photo.picture.width, photo.picture.height, placedIn(photo));
}

/** A photograph as a reference of `size` x `size`: framed, cut out along its edges, and with the place behind the person filled in. */
export function photoReference(photo: Photo, size: number): Reference {
  const frame = frameOfPhoto(photo);
  const { colours, seen, mask } = framed(photo, frame, size);
  const area = size * size;
  const grey = Float32Array.from(
    { length: area },
    (_, i) =>
      (0.299 * (colours[3 * i] ?? 0) +
        0.587 * (colours[3 * i + 1] ?? 0) +
        0.114 * (colours[3 * i + 2] ?? 0)) /
      255,
  );
  // What is nearly nothing or nearly all is noise of the filter.
  const person = followEdges(mask, grey, size).map((value, i) =>
    (seen[i] ?? 0) >= 1 ? Math.min(1, Math.max(0, (value - 0.08) / 0.84)) : 0,
  );
  const around = dilate(
    person.map((value) => (value > 0.05 ? 1 : 0)),
    size,
    size,
    Math.round(size * MARGIN),
  );
  const behind = around.map((value, i) => (value > 0 || (seen[i] ?? 0) < 1 ? 0 : 1));
  const plate = fillUnknown(colours, behind, size);
  // Beyond the photograph there is the plate alone.
  const whole = colours.map((value, at) => ((seen[Math.floor(at / 3)] ?? 0) >= 1 ? value : (plate[at] ?? 0)));
  return {
    size,
    picture: bytes(whole, size),
    plate: bytes(plate, size),
    person,
    skin: Uint8Array.from(person, (share) => (share > 0.5 ? 1 : 0)),
    keypoints: framedPoints(photo, frame, size),
  };
}

function placedIn({ picture: { width }, keypoints, mask }: Photo): Placed {
  const shoulders = goalOf({ keypoints });
  let bottom = 0;
  mask.forEach((chance, i) => {
    if (chance >= 0.5) bottom = Math.max(bottom, Math.floor(i / width) + 1);
  });
  return { shoulders, bottom };
}

/** Colours [size, size, 3] (0..255), how much of each pixel lies in the photograph, and the person's mask [size, size]. */
function framed({ picture, mask }: Photo, { x, y, side }: Frame, size: number) {
  const { width, height, channels, data } = picture;
  const area = width * height;
  const source = makePlanes(5, width, height);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) source.data[c * area + i] = data[i * channels + c] ?? 0;
    source.data[3 * area + i] = 1;
    source.data[4 * area + i] = mask[i] ?? 0;
  }
  const shown: Planes = resample(source, size, size, { x, y, width: side, height: side }, 'zero');
  const out = size * size;
  const shares = shown.data.subarray(3 * out, 4 * out);
  const whole = (plane: number, i: number): number => {
    const share = shares[i] ?? 0;
    return share > 0 ? (shown.data[plane * out + i] ?? 0) / share : 0;
  };
  return {
    colours: Float32Array.from({ length: 3 * out }, (_, at) => whole(at % 3, Math.floor(at / 3))),
    // Pixels of its edge lie half in it. The last row counts: where it cuts the person off, trunks go on below.
    seen: shares.map((share) => (share >= 0.5 ? 1 : share)),
    mask: Float32Array.from(shares, (_, i) => whole(4, i)),
  };
}

/** Keypoints in the frame's pixels. Limbs and hips that the photograph does not show are missing. */
function framedPoints({ picture, keypoints }: Photo, { x, y, side }: Frame, size: number): Float32Array {
  const points = new Float32Array(keypoints.length);
  for (let k = 0; k < keypoints.length / 3; k++) {
    const [px = 0, py = 0, confidence = 0] = keypoints.subarray(k * 3, k * 3 + 3);
    const limb = (k >= ELBOWS && k < FACE) || k >= HANDS;
    const outside = px < 0 || py < 0 || px >= picture.width || py >= picture.height;
    if (confidence <= 0 || (limb && (outside || confidence < SURE))) continue;
    points.set([((px - x) * size) / side, ((py - y) * size) / side, confidence], k * 3);
  }
  return points;
}

function bytes(colours: Float32Array, size: number): Picture {
  const data = Uint8Array.from(colours, (value) => Math.round(Math.min(255, Math.max(0, value))));
  return { width: size, height: size, channels: 3, data };
}
