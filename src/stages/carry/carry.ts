import { PARTS, type PoseFrame } from '../../pose/pose-frame.js';
import { type Area, cutPlanes, wholeArea } from '../area.js';
import { makePlanes, type Planes, planesFromPicture } from '../planes.js';
import type { Reference } from '../reference/reference.js';
import type { Carried, ClipReference, PictureEncoder } from './carried.js';
import { type CutReference, cutReference } from './cut.js';
import { ARMS, affine, FACE, FACE_END, has, shared, shoulderSpan, withHips, xOf, yOf } from './geometry.js';
import { layAffine, layBone, layHead, type Place, type Sheet } from './lay.js';
import { JAW_FIRST, JAW_LAST } from './outlines.js';

/*
 * The reference carried into a frame: `carry` of the training code's `conditions/carry.py`; a change here is a change there.
 */

/** Radii of the arms, in shoulder widths. */
const UPPER_RADIUS = 0.17;
const FOREARM_RADIUS = 0.135;
/** Regularisation of the affine maps, square pixels in a picture of 256. */
const PULL = 30;
const TRUNK = [5, 6, 11, 12];
const [LEFT, RIGHT] = [PARTS.body.start + 5, PARTS.body.start + 6];

type Layer = 'neck' | 'trunk' | 'head' | 0 | 1 | 2 | 3;

/**
 * The carried picture [size, size, 3], 0..255, and where a part was laid; without both shoulders the plate alone. It is laid on
 * `sheet`: a clip keeps one, since to make 4 MB anew for each frame kept the garbage collector busy.
 */
export function carryParts(
  reference: CutReference,
  keypoints: ArrayLike<number>,
  depth: ArrayLike<number> | undefined,
  sheet: Sheet = emptySheet(reference.size),
): Sheet {
  const { size, keypoints: source } = reference;
  layPlate(sheet, reference.plate);
  const points = withHips(keypoints);
  if (!has(points, LEFT) || !has(points, RIGHT)) return sheet;
  const span = shoulderSpan(source);
  const wide = Math.max(shoulderSpan(points), 0.55 * span);
  const pull = PULL * (size / 256) ** 2;
  for (const layer of layers(depth, points, wide)) {
    if (layer === 'trunk') layAffine(sheet, reference.trunk, affine(points, source, TRUNK, pull));
    else if (layer === 'neck') layNeck(sheet, reference, points, pull);
    else if (layer === 'head') layFace(sheet, reference, points, pull);
    else {
      const [a, b] = ARMS[layer];
      if (![points, source].every((side) => has(side, a) && has(side, b))) continue;
      const radius = (layer % 2 === 0 ? UPPER_RADIUS : FOREARM_RADIUS) * wide;
      const ends = (side: Float64Array) => [place(side, a), place(side, b)] as const;
      layBone(sheet, reference.person, ends(points), ends(source), radius, span / wide);
    }
  }
  return sheet;
}

function emptySheet(size: number, area: Area = wholeArea(size)): Sheet {
  return { size, area, colours: new Float32Array(3 * size * size), cover: new Float32Array(size * size) };
}

function layPlate({ size, area, colours, cover }: Sheet, plate: Float32Array): void {
  const { left, top, width, height } = area;
  for (let y = top; y < top + height; y++) {
    const from = y * size + left;
    colours.set(plate.subarray(3 * from, 3 * (from + width)), 3 * from);
    cover.fill(0, from, from + width);
  }
}

function layNeck(sheet: Sheet, { neck, keypoints }: CutReference, points: Float64Array, pull: number): void {
  const jaw = shared(points, keypoints, JAW_FIRST, JAW_LAST);
  if (jaw.length > 2) layAffine(sheet, neck, affine(points, keypoints, [LEFT, RIGHT, ...jaw], pull));
}

function layFace(sheet: Sheet, { head, keypoints }: CutReference, points: Float64Array, pull: number): void {
  const face = shared(points, keypoints, FACE, FACE_END - 1);
  if (face.length <= 7) return;
  const places = (side: Float64Array): Float64Array => Float64Array.from(face.flatMap((k) => place(side, k)));
  layHead(sheet, head, affine(points, keypoints, face, pull), places(points), places(keypoints));
}

function place(points: Float64Array, k: number): Place {
  return [xOf(points, k), yOf(points, k)];
}

/** Parts from far to near; without depth: neck, trunk, head, arms. */
function layers(depth: ArrayLike<number> | undefined, points: Float64Array, width: number): Layer[] {
  const z = (k: number): number => depth?.[k] ?? Number.NaN;
  const head = has(points, 0) ? z(0) : Number.NaN;
  const keys: [number, Layer][] = [
    [1e6, 'neck'],
    [1e5, 'trunk'],
    [Number.isFinite(head) ? head : 0, 'head'],
  ];
  ([0, 1, 2, 3] as const).forEach((k) => {
    const [a, b] = ARMS[k];
    const near = k % 2 === 0 ? (z(a) + z(b)) / 2 : 0.25 * z(a) + 0.75 * z(b);
    if (!Number.isFinite(near) || !Number.isFinite(head)) keys.push([-10 + 0.1 * (3 - k), k]);
    // An arm lies in front of the trunk unless it is clearly behind it.
    else keys.push([near > 0.35 * width ? 2e5 : Math.min(near, 9e4), k]);
  });
  return keys.sort(([a], [b]) => b - a).map(([, layer]) => layer);
}

/** A reference as a clip's frames take it, in `area` alone. `still`: the reference as it is in every frame, for comparison. */
export function clipReference(
  reference: Reference,
  { still = false, area = wholeArea(reference.size) }: { still?: boolean; area?: Area } = {},
): ClipReference {
  const { size, picture, person } = reference;
  const { width, height } = area;
  const part = (planes: Planes): Planes =>
    makePlanes(planes.channels, width, height, cutPlanes(planes.data, size, area));
  const plate = part(planesFromPicture(reference.plate));
  const cut = still ? undefined : cutReference(reference);
  const shown = { ...picture, height: size, data: picture.data.subarray(0, picture.channels * size * size) };
  const unmoved: Carried = {
    picture: part(planesFromPicture(shown)),
    coverage: part(makePlanes(1, size, size, person.subarray(0, size * size))),
  };
  const sheet = emptySheet(size, area);
  const kept: Carried = { picture: makePlanes(3, width, height), coverage: makePlanes(1, width, height) };
  let latent: Promise<Float32Array> | undefined;
  return {
    plate,
    behind: reference.plate,
    carry({ keypoints, depth }: PoseFrame) {
      if (!cut) return unmoved;
      takeArea(carryParts(cut, keypoints, depth, sheet), kept);
      return kept;
    },
    plateLatent(encoder: PictureEncoder) {
      latent ??= encoder.encode(plate);
      return latent;
    },
  };
}

/** The sheet's area as planes. */
function takeArea({ size, area, colours, cover }: Sheet, { picture, coverage }: Carried): void {
  const { left, top, width, height } = area;
  const { data } = picture;
  const plane = width * height;
  for (let y = 0, to = 0; y < height; y++) {
    const first = (top + y) * size + left;
    coverage.data.set(cover.subarray(first, first + width), y * width);
    for (let from = 3 * first; from < 3 * (first + width); to++) {
      data[to] = (colours[from++] ?? 0) / 127.5 - 1;
      data[plane + to] = (colours[from++] ?? 0) / 127.5 - 1;
      data[2 * plane + to] = (colours[from++] ?? 0) / 127.5 - 1;
    }
  }
}
