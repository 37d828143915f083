import type { Picture } from '../picture.js';
import { anchorCentres, type BoxLayout, decodeBoxes, surestBox } from './boxes.js';
import { cropPicture } from './crop.js';
import { keepRegion } from './keep-region.js';
import { type Models, output, sigmoid } from './models.js';
import { boxOf, grown, type Points, pointAt, type Region, rotationOf, toPicture } from './region.js';

const FINDER: BoxLayout = { size: 128, strides: [8, 16, 16, 16], keypoints: 6, threshold: 0.5 };
const ANCHORS = anchorCentres(FINDER);
const FACE_SIZE = 192;
const FACE_POINTS = 468;
const PRESENT = 0.5;
/** Body points of the face. */
const AT_BODY = 11;
/** How far a face may have moved for its old region to be used again. */
const SAME = { degrees: 15, move: 0.1, scale: 0.3, margin: -0.2 };

/**
 * The face mesh, `Float32Array` [468 * 3] in pixels, or undefined where no face is seen. `body` are the body's 33 points, `before`
 * the mesh in the frame before (MediaPipe: FaceLandmarksFromPose).
 */
export async function readFace(
  models: Models,
  picture: Picture,
  body: Points,
  before: Points | undefined,
): Promise<Points | undefined> {
  const found = await findFace(models, picture, regionAtBody(body));
  if (!found) return undefined;
  const region = before ? keepRegion(before, nextFaceRegion(before), found, SAME) : found;
  const crop = cropPicture(picture, region, { size: FACE_SIZE, range: [0, 1], border: 'edge' });
  const outputs = await models.run('face', crop);
  if (!(sigmoid(output(outputs, 'conv2d_31')[0] ?? 0) > PRESENT)) return undefined;
  return toPicture(
    region,
    output(outputs, 'conv2d_21').map((value) => value / FACE_SIZE),
    FACE_POINTS,
  );
}

function regionAtBody(body: Points): Region {
  const rotation = rotationOf(pointAt(body, 5), pointAt(body, 2), 0);
  return grown(boxOf(body.slice(0, AT_BODY * 3), rotation), 3);
}

/** A closer region of the face (MediaPipe: FaceDetectionShortRangeByRoi, FaceDetectionFrontDetectionsToRoi). */
async function findFace(models: Models, picture: Picture, rough: Region): Promise<Region | undefined> {
  if (!(rough.width > 0)) return undefined;
  const crop = cropPicture(picture, rough, { size: FINDER.size, range: [-1, 1], border: 'black' });
  const outputs = await models.run('faceFinder', crop);
  const boxes = decodeBoxes(
    output(outputs, 'regressors'),
    output(outputs, 'classificators'),
    ANCHORS,
    FINDER,
  );
  const best = surestBox(boxes);
  if (!best) return undefined;
  const points = toPicture(rough, best.keypoints, FINDER.keypoints, 2);
  return grown(boxOf(points, rotationOf(pointAt(points, 0), pointAt(points, 1), 0)), 2, -0.1);
}

function nextFaceRegion(points: Points): Region {
  return grown(boxOf(points, rotationOf(pointAt(points, 33), pointAt(points, 263), 0)), 1.5);
}
