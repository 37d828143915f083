import { readdir } from 'node:fs/promises';
import { anyKnown } from '../person.js';
import { type FrameFile, folderFrames, frameFiles, frameSpan, strayRemarks } from './frame-folder.js';
import { areShares, holisticPerson } from './holistic-points.js';
import { mediapipeCoordinates, mediapipeLandmarks } from './mediapipe-frame.js';
import { type FolderReader, type RawFrame, requirePicture } from './reader.js';

const FRAME_NAME = /(\d+)[^\d/]*\.json$/;

/** A folder of MediaPipe frames, one JSON file each, numbered (format page: MediaPipe JSON, WMT-SLT). */
export const mediapipeFolderReader: FolderReader = {
  kind: 'folder',
  format: 'mediapipe-folder',
  title: 'folder of MediaPipe JSON, one file a frame (WMT-SLT)',
  recognise: (names) => names.some((name) => FRAME_NAME.test(name) && !name.endsWith('_keypoints.json')),
  async open(folder, options) {
    const names = await readdir(folder);
    const files = frameFiles(folder, names, FRAME_NAME, 'clip.000017.json');
    const picture = requirePicture(folder, 'MediaPipe frames', options);
    const scale = (await inShares(folder, files)) ? { x: picture.width, y: picture.height } : { x: 1, y: 1 };
    async function* frames(): AsyncGenerator<RawFrame> {
      for await (const found of folderFrames(folder, files)) {
        const person = found ? holisticPerson(mediapipeLandmarks(found.frame), scale) : undefined;
        yield { people: person && anyKnown(person.keypoints) ? [person] : [] };
      }
    }
    return {
      format: 'mediapipe-folder',
      ...picture,
      frameCount: frameSpan(files),
      tracked: true,
      people: 1,
      remarks: strayRemarks(names, FRAME_NAME),
      frames,
    };
  },
};

async function inShares(folder: string, files: readonly FrameFile[]): Promise<boolean> {
  for await (const found of folderFrames(folder, files)) {
    const coordinates = found ? mediapipeCoordinates(found.frame) : [];
    if (coordinates.length > 0) return areShares(coordinates);
  }
  return true;
}
