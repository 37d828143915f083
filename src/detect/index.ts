/*
 * MediaPipe Holistic in Node, from its own networks, without Python and without a browser. Used by `pose extract` and by evaluate/.
 *
 *   const detector = await openDetector({ complexity: 1 });          // loads once, in a worker thread
 *   const { found, frame, landmarks } = await detector.detect(picture); // one picture for itself
 *   const clip = detector.openClip({ fps: 25 });                     // or a video: boxes are tracked between frames
 *   for await (const picture of pictures) (await clip.next(picture)).frame;
 *   clip.end();
 *   await detector.close();
 *
 * `frame` is a PoseFrame (133 points, pixels of the picture), `landmarks` are MediaPipe's own 33 + 468 + 21 + 21 points, and with
 * `{ mask: true }` `landmarks.mask` is the person's mask, `Float32Array` [height * width], 0..1.
 */
export {
  type ClipDetector,
  type ClipOptions,
  type Detection,
  type DetectOptions,
  type Detector,
  type DetectorOptions,
  openDetector,
} from './detector.js';
export { type Extracted, type ExtractOptions, extractPose } from './extract-pose.js';
export type { HolisticLandmarks } from './holistic.js';
export type { Complexity } from './models.js';
export type { Points } from './region.js';
