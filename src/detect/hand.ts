import type { Picture } from '../picture.js';
import type { BodyLandmarks } from './body.js';
import { cropPicture } from './crop.js';
import { keepRegion } from './keep-region.js';
import { type Models, output } from './models.js';
import {
  boxOf,
  grown,
  inPicture,
  type Points,
  pointAt,
  type Region,
  regionRound,
  rotationOf,
  toPicture,
} from './region.js';

/** Numbers of wrist, little and index finger among the body's points. */
export interface HandAtBody {
  readonly wrist: number;
  readonly little: number;
  readonly index: number;
}

export const LEFT_HAND: HandAtBody = { wrist: 15, little: 17, index: 19 };
export const RIGHT_HAND: HandAtBody = { wrist: 16, little: 18, index: 20 };

const FINDER_SIZE = 256;
const HAND_SIZE = 224;
const HAND_POINTS = 21;
const VISIBLE_WRIST = 0.1;
const PRESENT = 0.5;
/** The network's z is this many times as deep as its x and y. */
const DEPTH = 0.4;
const UPRIGHT = Math.PI / 2;
/** How far a hand may have moved for its old region to be used again. */
const SAME = { degrees: 40, move: 0.2, scale: 0.4, margin: -0.1 };

/**
 * One hand's landmarks, `Float32Array` [21 * 3] in pixels, or undefined where it is not seen. `before` are the same hand's points in
 * the frame before (MediaPipe: HandLandmarksFromPose).
 */
export async function readHand(
  models: Models,
  picture: Picture,
  { points, visibility }: BodyLandmarks,
  at: HandAtBody,
  before: Points | undefined,
): Promise<Points | undefined> {
  if (!((visibility[at.wrist] ?? 0) > VISIBLE_WRIST)) return undefined;
  const found = await findHand(models, picture, regionAtBody(points, at));
  if (!(found.width > 0)) return undefined;
  const region = before ? keepRegion(before, nextHandRegion(before), found, SAME) : found;
  const crop = cropPicture(picture, region, { size: HAND_SIZE, range: [0, 1], border: 'edge' });
  const outputs = await models.run('hand', crop);
  if (!((output(outputs, 'Identity_1')[0] ?? 0) > PRESENT)) return undefined;
  const shares = output(outputs, 'Identity').map((value, place) =>
    place % 3 === 2 ? value / HAND_SIZE / DEPTH : value / HAND_SIZE,
  );
  return toPicture(region, shares, HAND_POINTS);
}

/** Where the body's points say that the hand is (MediaPipe: HandDetectionsFromPoseToRects). */
function regionAtBody(points: Points, { wrist, little, index }: HandAtBody): Region {
  const [from, a, b] = [pointAt(points, wrist), pointAt(points, index), pointAt(points, little)];
  const middle = { x: (2 * a.x + b.x) / 3, y: (2 * a.y + b.y) / 3 };
  const side = 2 * Math.hypot(middle.x - from.x, middle.y - from.y);
  const rotation = rotationOf(from, middle, UPRIGHT);
  return grown({ ...middle, width: side, height: side, rotation }, 2.7, -0.1);
}

/** A closer region of the hand (MediaPipe: HandRecropByRoi): the network gives the middle of the hand and a point on its edge. */
async function findHand(models: Models, picture: Picture, rough: Region): Promise<Region> {
  const crop = cropPicture(picture, rough, { size: FINDER_SIZE, range: [0, 1], border: 'edge' });
  const [x = 0, y = 0, edgeX = 0, edgeY = 0] = output(await models.run('handFinder', crop), 'output_crop');
  const middle = inPicture(rough, x / FINDER_SIZE, y / FINDER_SIZE);
  const edge = inPicture(rough, edgeX / FINDER_SIZE, edgeY / FINDER_SIZE);
  return grown(regionRound(middle, edge, -UPRIGHT), 1, -0.1);
}

/** Points of wrist, thumb and palm, which move less than the fingertips. */
const PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18];

/** Region of a hand from its points in the frame before: the palm's turned box (MediaPipe: HandLandmarksToRect). */
function nextHandRegion(hand: Points): Region {
  const [wrist, index, middle, ring] = [
    pointAt(hand, 0),
    pointAt(hand, 5),
    pointAt(hand, 9),
    pointAt(hand, 13),
  ];
  const along = {
    x: ((index.x + ring.x) / 2 + middle.x) / 2,
    y: ((index.y + ring.y) / 2 + middle.y) / 2,
  };
  const rotation = rotationOf(wrist, along, UPRIGHT);
  const points = Float32Array.from(PALM.flatMap((point) => [...hand.subarray(point * 3, point * 3 + 3)]));
  const upright = boxOf(points, 0);
  const box = boxOf(turnedBack(points, upright, rotation), 0);
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const region = {
    x: upright.x + box.x * cos - box.y * sin,
    y: upright.y + box.x * sin + box.y * cos,
    width: box.width,
    height: box.height,
    rotation,
  };
  return grown(region, 2, -0.1);
}

/** The points round `centre`, turned back by `rotation`. */
function turnedBack(points: Points, centre: { x: number; y: number }, rotation: number): Points {
  const [cos, sin] = [Math.cos(-rotation), Math.sin(-rotation)];
  const turned = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 3) {
    const x = (points[at] ?? 0) - centre.x;
    const y = (points[at + 1] ?? 0) - centre.y;
    turned[at] = x * cos - y * sin;
    turned[at + 1] = x * sin + y * cos;
  }
  return turned;
}
