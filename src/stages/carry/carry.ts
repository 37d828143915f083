import type { Picture } from '../../picture.js';
import { PARTS, type PoseFrame } from '../../pose/pose-frame.js';
import { type Area, cutPlanes, wholeArea } from '../area.js';
import { handLength, handOf, type Keypoints, keypointsOf } from '../conditions/points.js';
import { makePlanes, planesFromPicture } from '../planes.js';
import type { Reference } from '../reference/reference.js';
import type { ClipReference, PictureEncoder } from './carried.js';
import { type CutReference, cutReference } from './cut.js';
import { ARMS, affine, FACE, FACE_END, has, shared, shoulderSpan, withHipsOf, xOf, yOf } from './geometry.js';
import { layAffine, layBone, layHead, type Place } from './lay.js';
import { endWidth, type Limb } from './limbs.js';
import { CarryBench, type Ellipse } from './workbench.js';

/*
 * The reference carried into a frame: `carry` of the training code's `conditions/carry.py`; a change here is a change there.
 */

/** Over which share of their half width limbs fade out at their first and last ends; 1: they end round. */
const UPPER_FADES = [0.8, 1] as const;
const FOREARM_FADES = [0.8, 0.6] as const;
/** How much of its turn since the reference an upper arm has not yet made where it leaves the shoulder; turned farther, radians, it is as if turned so far. */
const UNTURNED = 0.8;
const MOST_TURN = 2;
/** From the signer to the camera, in shoulder widths, and how much smaller the nearest thing is shown and the farthest. */
const CAMERA = 6;
const NEAREST = 0.85;
const FARTHEST = 1.1;
/** How much a limb darkens what it lies on, once one of its ends has moved so far, in shoulder widths; where it has not, the reference has its shade. */
const SHADE = 0.35;
const SHADE_MOVED = 0.5;
/** Half the width of a wrist, in hand lengths, and how much wider or narrower than the reference's arm a forearm gets to meet its hand. */
const WRIST = 0.28;
const WIDENS = 1.3;
const NARROWS = 0.9;
/** Regularisation of the affine maps, square pixels in a picture of 256. */
const PULL = 30;
const TRUNK = [5, 6, 11, 12];
const [LEFT, RIGHT] = [PARTS.body.start + 5, PARTS.body.start + 6];
/** Brows and outer lips: their points, and how far the ellipse round them reaches beyond them, up and down, in shares of its own width. */
const KEPT = [
  { from: FACE + 17, count: 5, above: 0.15 },
  { from: FACE + 22, count: 5, above: 0.15 },
  { from: FACE + 48, count: 12, above: 0.4 },
];
/** The face's outline ends at the ears. */
const EARS = [FACE, FACE + 16] as const;

type Layer = 'neck' | 'trunk' | 'head' | 0 | 1 | 2 | 3;

/** Lays the reference's parts over the plate; without both shoulders the plate alone. */
function carryParts(
  bench: CarryBench,
  { keypoints: source, limbs }: CutReference,
  { keypoints, depth }: Pick<PoseFrame, 'keypoints' | 'depth'>,
  size: number,
): void {
  bench.layPlate();
  const { sheet } = bench;
  if (!has(keypoints, LEFT) || !has(keypoints, RIGHT)) return;
  const span = shoulderSpan(source);
  const wide = Math.max(shoulderSpan(keypoints), 0.55 * span);
  const points = withHipsOf(keypoints, source, wide / span);
  const pull = PULL * (size / 256) ** 2;
  for (const layer of layers(depth, points, wide)) {
    if (layer === 'trunk') layAffine(sheet, bench.part('trunk'), affine(points, source, TRUNK, pull));
    else if (layer === 'neck') layNeck(bench, source, points, pull);
    else if (layer === 'head') layFace(bench, source, points, pull);
    else {
      const limb = limbs[layer];
      const [a, b] = ARMS[layer];
      if (!limb || !has(points, a) || !has(points, b)) continue;
      const [first, wrist] = [a, b].map((k) => (span / wide) * nearness(depth, k, wide)) as [number, number];
      const hand = handOf(keypointsOf(keypoints, undefined), layer < 2 ? 0 : 1);
      const second = layer % 2 === 0 ? wrist : wrist / toWrist(hand, endWidth(limb) / wrist);
      const fades = layer % 2 === 0 ? UPPER_FADES : FOREARM_FADES;
      const moved = Math.max(...[a, b].map((k) => apart(place(points, k), place(source, k))));
      const shade = SHADE * Math.min(1, moved / (SHADE_MOVED * wide));
      const goal = [place(points, a), place(points, b)] as const;
      // An arm that was borrowed from the other side lay another way.
      const own = limb.ends[0] === xOf(source, a) && limb.ends[1] === yOf(source, a);
      const turn = layer % 2 === 0 && own ? turnAtShoulder(goal, limb.ends, points, source) : 0;
      layBone(sheet, bench.part('person'), goal, { ...limb, scales: [first, second], fades, shade, turn });
    }
  }
}

/** How much smaller than at the depth of the shoulders point k looks, within limits, since detectors exaggerate; 1 where depth is unknown. */
function nearness(depth: ArrayLike<number> | undefined, k: number, width: number): number {
  const [own, left, right] = [k, 5, 6].map((point) => depth?.[point] ?? Number.NaN) as [
    number,
    number,
    number,
  ];
  const deeper = own - (left + right) / 2;
  if (!Number.isFinite(deeper)) return 1;
  return Math.min(FARTHEST, Math.max(NEAREST, 1 + deeper / (CAMERA * width)));
}

/**
 * How much wider a forearm that ends with this half width, pixels, has to end to be as wide as its `hand`, within limits; 1 without a hand. Hands
 * are nearer or larger than the reference says, and would stand on a thinner arm like a glove.
 */
function toWrist(hand: Keypoints, half: number): number {
  const length = handLength(hand);
  return length > 0 ? Math.min(WIDENS, Math.max(NARROWS, (WRIST * length) / half)) : 1;
}

/** By how much an upper arm still lies as in the reference where it leaves the shoulder: radians, from its own way there. */
function turnAtShoulder(
  [[ax, ay], [bx, by]]: readonly [Place, Place],
  [ux, uy, vx, vy]: Limb['ends'],
  points: Float64Array,
  source: Float64Array,
): number {
  const shoulders = (of: Float64Array): number =>
    Math.atan2(yOf(of, LEFT) - yOf(of, RIGHT), xOf(of, LEFT) - xOf(of, RIGHT));
  let turn =
    Math.atan2(vy - uy, vx - ux) - shoulders(source) + shoulders(points) - Math.atan2(by - ay, bx - ax);
  turn -= 2 * Math.PI * Math.floor(turn / (2 * Math.PI) + 0.5);
  return UNTURNED * Math.min(MOST_TURN, Math.max(-MOST_TURN, turn));
}

function layNeck(bench: CarryBench, source: Float64Array, points: Float64Array, pull: number): void {
  // The neck follows the skull, not the chin, which turns more.
  if (!EARS.every((k) => has(points, k) && has(source, k))) return;
  layAffine(bench.sheet, bench.part('neck'), affine(points, source, [LEFT, RIGHT, ...EARS], pull));
}

function layFace(bench: CarryBench, source: Float64Array, points: Float64Array, pull: number): void {
  const face = shared(points, source, FACE, FACE_END - 1);
  if (face.length <= 7) return;
  const places = (side: Float64Array): Float64Array =>
    Float64Array.from(
      { length: 2 * (FACE_END - FACE) },
      (_, i) => side[3 * (FACE + (i >> 1)) + (i & 1)] ?? 0,
    );
  const back = affine(points, source, face, pull);
  const goal = { places: places(points), ids: face.map((k) => k - FACE) };
  layHead(bench.sheet, bench.part('head'), back, goal, places(source));
  bench.kept = KEPT.flatMap((feature) => roundFeature(points, feature));
}

/** An ellipse round a feature of the face; none where one of its points is missing. */
function roundFeature(points: Float64Array, { from, count, above }: (typeof KEPT)[number]): Ellipse[] {
  const ids = Array.from({ length: count }, (_, k) => from + k);
  if (!ids.every((k) => has(points, k))) return [];
  const [xs, ys] = [ids.map((k) => xOf(points, k)), ids.map((k) => yOf(points, k))];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const across = 0.6 * (right - left);
  return [
    { x: (left + right) / 2, y: (top + bottom) / 2, across, down: 0.5 * (bottom - top) + above * across },
  ];
}

function place(points: Float64Array, k: number): Place {
  return [xOf(points, k), yOf(points, k)];
}

function apart([x, y]: Place, [u, v]: Place): number {
  return Math.hypot(x - u, y - v);
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
    // Both limbs of an arm are known or neither is.
    const known = z(a) + z(b) + z(k < 2 ? 9 : 10) + z(k < 2 ? 5 : 6) + head;
    if (!Number.isFinite(known)) keys.push([-1e5 + 0.1 * (3 - k), k]);
    // An arm lies in front of the trunk unless it is clearly behind it.
    else keys.push([near > 0.35 * width ? 2e5 : Math.min(near, 9e4), k]);
  });
  return keys.sort(([a], [b]) => b - a).map(([, layer]) => layer);
}

/**
 * A reference as a clip's frames take it, in `area` alone. `still`: the reference as it is in every frame, for comparison. `cut`: its parts,
 * where they have been cut already.
 */
export function clipReference(
  reference: Reference,
  {
    still = false,
    area = wholeArea(reference.size),
    cut = cutReference(reference),
  }: { still?: boolean; area?: Area; cut?: CutReference } = {},
): ClipReference {
  const { size, picture } = reference;
  const bench = new CarryBench(area, pixelsOf(reference.plate, undefined, area), cut);
  if (still) bench.layWhole(pixelsOf(picture, reference.person, area));
  const unmoved = still ? bench.spread() : undefined;
  const { width, height } = area;
  const plate = planesFromPicture(reference.plate);
  const plateHere = makePlanes(3, width, height, cutPlanes(plate.data, size, area));
  let latent: Promise<Float32Array> | undefined;
  return {
    plate: plateHere,
    behind: reference.plate,
    carry(pose: PoseFrame) {
      if (unmoved) return unmoved;
      carryParts(bench, cut, pose, size);
      return bench.spread();
    },
    mix: (maps) => bench.mix(maps),
    plateLatent(encoder: PictureEncoder) {
      latent ??= encoder.encode(plateHere);
      return latent;
    },
  };
}

/** The area of a picture as [height, width, 4]: its colours, and `cover` [height, width] or nothing. */
function pixelsOf(picture: Picture, cover: Float32Array | undefined, area: Area): Float32Array {
  const { left, top, width, height } = area;
  const pixels = new Float32Array(4 * width * height);
  for (let to = 0; to < pixels.length; to += 4) {
    const at = to >> 2;
    const from = (top + Math.floor(at / width)) * picture.width + left + (at % width);
    for (let c = 0; c < 3; c++) pixels[to + c] = picture.data[from * picture.channels + c] ?? 0;
    pixels[to + 3] = cover?.[from] ?? 0;
  }
  return pixels;
}
