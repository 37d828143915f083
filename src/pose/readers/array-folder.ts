import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import { fileSource } from '../file-source.js';
import { frameFiles, strayRemarks } from './frame-folder.js';
import { arrayClip } from './landmark-array.js';
import { openNpy } from './npy.js';
import type { FolderReader } from './reader.js';

const FRAME_NAME = /(?:^|\D)(\d+)\.npy$/;

/** A folder of `.npy` arrays, one frame each, numbered: `0.npy`, `1.npy`, as tutorials keep Holistic's 1662 numbers. */
export const arrayFolderReader: FolderReader = {
  kind: 'folder',
  format: 'landmarks-folder',
  title: 'folder of .npy arrays of MediaPipe landmarks, one file a frame (0.npy, 1.npy, ...)',
  recognise: (names) => names.some((name) => FRAME_NAME.test(name)),
  async open(folder, options) {
    const names = await readdir(folder);
    const files = frameFiles(folder, names, FRAME_NAME, '17.npy');
    const first = files[0]?.number ?? 0;
    const paths = new Map(files.map(({ name, number }) => [number - first, join(folder, name)]));
    const count = Math.max(...paths.keys()) + 1;
    const inner = (await readFrame(paths.get(0) ?? folder)).inner;
    const size = inner.reduce((product, side) => product * side, 1);
    async function* rows(): AsyncGenerator<Float32Array> {
      for (let frame = 0; frame < count; frame += 1) {
        const path = paths.get(frame);
        const { values } = path === undefined ? { values: new Float32Array(size) } : await readFrame(path);
        if (values.length !== size) {
          throw new PoseFileError(
            'HF_POSE_POINTS',
            `${path} holds ${counted(values.length, 'number')}, and the first frame ${size}: keep one clip a folder.`,
            { file: path, frame },
          );
        }
        yield values;
      }
    }
    const clip = await arrayClip(folder, 'landmarks-folder', { shape: [count, ...inner], rows }, options);
    return { ...clip, remarks: strayRemarks(names, FRAME_NAME) };
  },
};

/** A file's numbers and shape: (N), (1, N), or (points, numbers). */
async function readFrame(path: string): Promise<{ values: Float32Array; inner: readonly number[] }> {
  const source = await fileSource(path);
  try {
    const array = await openNpy(source);
    const rows: number[] = [];
    for await (const row of array.rows()) {
      if (rows.length > 100_000) {
        throw new PoseFileError('HF_POSE_TOO_LARGE', `${path} is too large for one frame.`, { file: path });
      }
      rows.push(...row);
    }
    return {
      values: Float32Array.from(rows),
      inner: array.shape[0] === 1 ? array.shape.slice(1) : array.shape,
    };
  } finally {
    await source.close();
  }
}
