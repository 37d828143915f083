import { dwposeJsonReader } from './dwpose-json.js';
import { handfirstLinesReader } from './handfirst-lines.js';
import { kaggleParquetReader } from './kaggle/reader.js';
import { landmarkArrayReader } from './landmark-array.js';
import { mediapipeFolderReader } from './mediapipe-folder.js';
import { mediapipeJsonReader } from './mediapipe-json.js';
import { mmposeJsonReader } from './mmpose-json.js';
import { landmarkArchiveReader } from './npz.js';
import { openposeFolderReader } from './openpose-folder.js';
import { openposeJsonReader } from './openpose-json.js';
import { poseFileReader } from './pose-file.js';
import type { PoseReader } from './reader.js';

/** Every layout that can be read. The first whose `recognise` says yes reads a file, so the surest come first. */
export const POSE_READERS: readonly PoseReader[] = [
  landmarkArrayReader,
  landmarkArchiveReader,
  kaggleParquetReader,
  handfirstLinesReader,
  mmposeJsonReader,
  dwposeJsonReader,
  openposeJsonReader,
  mediapipeJsonReader,
  poseFileReader,
  openposeFolderReader,
  mediapipeFolderReader,
];
