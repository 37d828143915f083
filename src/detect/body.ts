import type { Picture } from '../picture.js';
import { anchorCentres, type BoxLayout, countFinds, decodeBoxes, surestBox } from './boxes.js';
import { cropPicture } from './crop.js';
import { type Models, output, sigmoid } from './models.js';
import {
  grown,
  inPicture,
  type Points,
  pointAt,
  type Region,
  regionRound,
  toPicture,
  wholePicture,
} from './region.js';

/** What the body network sees of one person. */
export interface BodyLandmarks {
  /** `Float32Array` [33 * 3]: x, y, z in pixels, MediaPipe's order. */
  readonly points: Points;
  /** `Float32Array` [33]: chance that the point can be seen, 0..1. */
  readonly visibility: Float32Array;
  /** `Float32Array` [2 * 3]: two helping points, the middle of the body and how far it reaches. */
  readonly helpers: Points;
  /** Logits of the person's mask, `Float32Array` [256, 256], over the region. */
  readonly mask: Float32Array;
}

const FINDER: BoxLayout = { size: 224, strides: [8, 16, 32, 32, 32], keypoints: 4, threshold: 0.5 };
const ANCHORS = anchorCentres(FINDER);
export const BODY_SIZE = 256;
const BODY_POINTS = 33;
const HELPERS = 2;
/** Numbers a point: x, y, z (pixels of the crop), visibility, presence (logits). */
const STRIDE = 5;
/** Points the network gives; the last four are not used. */
const ALL_POINTS = 39;
const PRESENT = 0.5;
const UPRIGHT = Math.PI / 2;

/** Where a person is, and how many there are. */
export interface FoundBody {
  readonly region: Region;
  readonly people: number;
}

/** Where in the picture the most prominent person is, or undefined (MediaPipe: PoseDetection, PoseDetectionToRoi). */
export async function findBody(models: Models, picture: Picture): Promise<FoundBody | undefined> {
  const whole = wholePicture(picture);
  const crop = cropPicture(picture, whole, { size: FINDER.size, range: [-1, 1], border: 'black' });
  const outputs = await models.run('bodyFinder', crop);
  const boxes = decodeBoxes(output(outputs, 'Identity'), output(outputs, 'Identity_1'), ANCHORS, FINDER);
  const best = surestBox(boxes);
  if (!best) return undefined;
  const [x = 0, y = 0, edgeX = 0, edgeY = 0] = best.keypoints;
  const region = bodyRegion(inPicture(whole, x, y), inPicture(whole, edgeX, edgeY));
  return { region, people: countFinds(boxes) };
}

/** Region of a body from its middle and its reach (MediaPipe: PoseLandmarksToRoi). */
function bodyRegion(middle: { x: number; y: number }, reach: { x: number; y: number }): Region {
  return grown(regionRound(middle, reach, UPRIGHT), 1.25);
}

/** The region for the next frame of a video, from this one's helping points. */
export function nextBodyRegion(helpers: Points): Region {
  return bodyRegion(pointAt(helpers, 0), pointAt(helpers, 1));
}

/** The body's landmarks, or undefined where the region shows no person (MediaPipe: PoseLandmarkByRoi). */
export async function readBody(
  models: Models,
  picture: Picture,
  region: Region,
): Promise<BodyLandmarks | undefined> {
  const crop = cropPicture(picture, region, { size: BODY_SIZE, range: [0, 1], border: 'edge' });
  const outputs = await models.run('body', crop);
  if (!((output(outputs, 'Identity_1')[0] ?? 0) > PRESENT)) return undefined;
  const values = output(outputs, 'Identity').slice();
  const visibility = new Float32Array(BODY_POINTS);
  for (let index = 0; index < ALL_POINTS; index += 1) {
    for (let axis = 0; axis < 3; axis += 1)
      values[index * STRIDE + axis] = (values[index * STRIDE + axis] ?? 0) / BODY_SIZE;
    if (index < BODY_POINTS) visibility[index] = sigmoid(values[index * STRIDE + 3] ?? 0);
  }
  refine(values, output(outputs, 'Identity_3'));
  const points = toPicture(region, values, BODY_POINTS + HELPERS, STRIDE);
  return {
    points: points.slice(0, BODY_POINTS * 3),
    helpers: points.slice(BODY_POINTS * 3),
    visibility,
    mask: output(outputs, 'Identity_2'),
  };
}

const HEAT_SIZE = 64;
/** Reach of the window round a point, in cells. */
const WINDOW = 4;
const SURE_HEAT = 0.5;

/**
 * Moves each point to the centre of mass of its heat map close by, where that is sure. `values` is [39, 5] with x, y 0..1,
 * `heat` logits [64, 64, 39] (MediaPipe: RefineLandmarksFromHeatmapCalculator, kernel 9).
 */
function refine(values: Float32Array, heat: Float32Array): void {
  for (let index = 0; index < ALL_POINTS; index += 1) {
    const column = Math.trunc((values[index * STRIDE] ?? 0) * HEAT_SIZE);
    const row = Math.trunc((values[index * STRIDE + 1] ?? 0) * HEAT_SIZE);
    if (column < 0 || row < 0 || column >= HEAT_SIZE || row >= HEAT_SIZE) continue;
    let [sum, acrossSum, downSum, highest] = [0, 0, 0, 0];
    for (let y = Math.max(0, row - WINDOW); y <= Math.min(HEAT_SIZE - 1, row + WINDOW); y += 1) {
      for (let x = Math.max(0, column - WINDOW); x <= Math.min(HEAT_SIZE - 1, column + WINDOW); x += 1) {
        const sure = sigmoid(heat[(y * HEAT_SIZE + x) * ALL_POINTS + index] ?? 0);
        sum += sure;
        acrossSum += sure * x;
        downSum += sure * y;
        highest = Math.max(highest, sure);
      }
    }
    if (highest < SURE_HEAT || sum === 0) continue;
    values[index * STRIDE] = acrossSum / HEAT_SIZE / sum;
    values[index * STRIDE + 1] = downSum / HEAT_SIZE / sum;
  }
}
