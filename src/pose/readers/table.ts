import { arrayFolderReader } from './array-folder.js';
import { BYTE_READERS } from './byte-table.js';
import { kaggleParquetReader } from './kaggle/reader.js';
import { mediapipeFolderReader } from './mediapipe-folder.js';
import { openposeFolderReader } from './openpose-folder.js';
import type { PoseReader } from './reader.js';

/** Every layout that can be read. The first whose `recognise` says yes reads a file, so the surest come first. */
export const POSE_READERS: readonly PoseReader[] = [
  kaggleParquetReader,
  ...BYTE_READERS,
  openposeFolderReader,
  arrayFolderReader,
  mediapipeFolderReader,
];
