import { alphaposeJsonReader } from './alphapose-json.js';
import { dwposeJsonReader } from './dwpose-json.js';
import { handfirstLinesReader } from './handfirst-lines.js';
import { landmarkArrayReader } from './landmark-array.js';
import { mediapipeJsonReader } from './mediapipe-json.js';
import { mmposeJsonReader } from './mmpose-json.js';
import { landmarkArchiveReader } from './npz.js';
import { openposeJsonReader } from './openpose-json.js';
import { poseFileReader } from './pose-file.js';
import type { FileReader } from './reader.js';

/** The layouts that are read from bytes alone, in a browser too. The surest come first. */
export const BYTE_READERS: readonly FileReader[] = [
  landmarkArrayReader,
  landmarkArchiveReader,
  handfirstLinesReader,
  mmposeJsonReader,
  alphaposeJsonReader,
  dwposeJsonReader,
  openposeJsonReader,
  mediapipeJsonReader,
  poseFileReader,
];
