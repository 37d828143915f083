/*
 * Where the product places pictures that it is given as a reference: `node reference_frame.mjs DIST PICTURE...`, DIST being the folder of the built
 * package. Prints a line of JSON a picture: { x, y, side }, the square of the picture, in its pixels, that a clip is drawn in; null where nobody is found.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, ...paths] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { openDetector } = await load('detect/index.js');
const { readPhoto } = await load('pipeline/read-picture.js');
const { frameOfPhoto } = await load('stages/reference/photo.js');

const detector = await openDetector();
for (const path of paths) {
  const picture = await readPhoto(path, 'reference');
  const { frame, landmarks } = await detector.detect(picture, { mask: true });
  const seen = landmarks.mask && landmarks.face;
  console.log(JSON.stringify(seen ? frameOfPhoto({ picture, keypoints: frame.keypoints, mask: landmarks.mask }) : null));
}
await detector.close();
process.exit(0);
