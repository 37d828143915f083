import { readdir } from 'node:fs/promises';
import { PoseFileError } from '../../errors.js';
import { type FrameFile, folderFrames, frameFiles, frameSpan, strayRemarks } from './frame-folder.js';
import { openposePeople } from './openpose-person.js';
import { type FolderReader, type RawFrame, requirePicture } from './reader.js';

const FRAME_NAME = /(?:^|\D)(\d+)_keypoints\.json$/;

/** A folder of OpenPose frames, `<clip>_000000000017_keypoints.json` (format page: OpenPose JSON). Missing numbers are empty frames. */
export const openposeFolderReader: FolderReader = {
  kind: 'folder',
  format: 'openpose-folder',
  title: 'folder of OpenPose JSON, one file a frame (How2Sign)',
  recognise: (names) => names.some((name) => FRAME_NAME.test(name)),
  async open(folder, options) {
    const names = await readdir(folder);
    const files = frameFiles(folder, names, FRAME_NAME, 'clip_000000000017_keypoints.json');
    const picture = requirePicture(folder, 'OpenPose frames', options);
    const frames = () => readFrames(folder, files);
    const remarks = strayRemarks(names, FRAME_NAME);
    const frameCount = frameSpan(files);
    return { format: 'openpose-folder', ...picture, frameCount, tracked: false, remarks, frames };
  },
};

async function* readFrames(folder: string, files: readonly FrameFile[]): AsyncGenerator<RawFrame> {
  for await (const found of folderFrames(folder, files)) {
    const people = found === undefined ? [] : openposePeople(found.frame);
    if (!people)
      throw new PoseFileError(
        'HF_POSE_DAMAGED',
        `${found?.path} is no OpenPose frame: it has no list "people".`,
        { file: found?.path },
      );
    yield { people };
  }
}
