/*
 * What the product finds in pictures: `node detect_pictures.mjs DIST PICTURE...`, DIST being the folder of the built package. Prints a line of JSON a
 * picture: { frame, keypoints, depth }, frame { x, y, side } being the square that a clip is drawn in where the picture is a reference, keypoints
 * [133 * 3] and depth [133] or null, all in pixels of the picture; null where no person with a face is found.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, ...paths] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { openDetector } = await load('detect/index.js');
const { readPhoto } = await load('pipeline/read-picture.js');
const { frameOfPhoto } = await load('stages/reference/photo.js');

/** Numbers as JSON has them: null for NaN. */
const numbers = (values) => values && Array.from(values, (value) => (Number.isFinite(value) ? value : null));

const detector = await openDetector();
for (const path of paths) {
  const picture = await readPhoto(path, 'reference');
  const { frame, landmarks } = await detector.detect(picture, { mask: true });
  const { keypoints, depth } = frame;
  const seen = landmarks.mask && landmarks.face;
  const placed = seen && frameOfPhoto({ picture, keypoints, mask: landmarks.mask });
  const found = seen ? { frame: placed, keypoints: numbers(keypoints), depth: numbers(depth) ?? null } : null;
  console.log(JSON.stringify(found));
}
await detector.close();
process.exit(0);
