import type { ByteSource } from '../byte-source.js';
import { anyKnown } from '../person.js';
import { areShares, holisticPerson } from './holistic-points.js';
import { isWrapped, jsonAbout, jsonFrames, sizeIn } from './json-frames.js';
import { mediapipeCoordinates, mediapipeLandmarks } from './mediapipe-frame.js';
import { type FileReader, type RawFrame, requirePicture } from './reader.js';

/**
 * MediaPipe landmarks as JSON: a list of frames, JSON lines, one frame alone, or an object with `frames`; the Tasks API's names or
 * Python's (format page: MediaPipe JSON; YouTube-ASL extracts, 1).
 */
export const mediapipeJsonReader: FileReader = {
  kind: 'file',
  format: 'mediapipe-json',
  title: 'JSON of MediaPipe Holistic landmarks (Tasks API, Python dumps, WMT-SLT, YouTube-ASL clip sets)',
  recognise: (head) => /"(?:pose|face|left_?hand|right_?hand)_?landmarks":/i.test(head.json),
  async open(source, options) {
    const wrapped = isWrapped((await source.read(0, 8192)).toString('utf8').replace(/\s+/g, ''));
    const about = await jsonAbout(source);
    const picture = requirePicture(source.name, 'MediaPipe landmarks', options, {
      fps: about.fps,
      size: sizeIn(about),
    });
    const scale = (await inShares(source, wrapped))
      ? { x: picture.width, y: picture.height }
      : { x: 1, y: 1 };
    async function* frames(): AsyncGenerator<RawFrame> {
      for await (const { frame } of jsonFrames(source, wrapped)) {
        const person = holisticPerson(mediapipeLandmarks(frame), scale);
        yield { people: anyKnown(person.keypoints) ? [person] : [] };
      }
    }
    return { format: 'mediapipe-json', ...picture, tracked: true, people: 1, frames };
  },
};

/** Whether coordinates are shares of the picture, by the first frame that has any. */
async function inShares(source: ByteSource, wrapped: boolean): Promise<boolean> {
  for await (const { frame } of jsonFrames(source, wrapped)) {
    const coordinates = mediapipeCoordinates(frame);
    if (coordinates.length > 0) return areShares(coordinates);
  }
  return true;
}
