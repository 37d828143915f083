import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DeviceError } from '../errors.js';
import type { Complexity, ModelName } from './models.js';

/*
 * The networks' files lie inside the npm package @mediapipe/holistic (Apache-2.0): the body's as they are, the others packed into
 * one file whose table stands in the loader that belongs to it.
 */

const PACKED = 'holistic_solution_packed_assets';
const BODY_FILES = ['pose_landmark_lite.tflite', 'pose_landmark_full.tflite', 'pose_landmark_heavy.tflite'];
const PACKED_FILES: readonly (readonly [ModelName, string])[] = [
  ['bodyFinder', 'pose_detection.tflite'],
  ['handFinder', 'hand_recrop.tflite'],
  ['hand', 'hand_landmark_full.tflite'],
  ['faceFinder', 'face_detection_short_range.tflite'],
  ['face', 'face_landmark.tflite'],
];

const require = createRequire(import.meta.url);

/** Folder of an installed package; `openDetector` has made sure that it is there. */
export function packageFolder(name: string): string {
  return path.dirname(require.resolve(`${name}/package.json`));
}

/** Bytes of every network. Throws DeviceError where the package is of another kind. */
export async function readModelFiles(complexity: Complexity): Promise<ReadonlyMap<ModelName, Uint8Array>> {
  const folder = packageFolder('@mediapipe/holistic');
  const read = (name: string) => readFile(path.join(folder, name));
  try {
    const [packed, loader, body] = await Promise.all([
      read(`${PACKED}.data`),
      read(`${PACKED}_loader.js`),
      read(BODY_FILES[complexity] ?? ''),
    ]);
    const table = loader.toString('utf8');
    const files = new Map<ModelName, Uint8Array>([['body', body]]);
    for (const [model, name] of PACKED_FILES) files.set(model, slice(packed, table, name));
    return files;
  } catch (error) {
    if (error instanceof DeviceError) throw error;
    throw new DeviceError(
      'HF_DETECTOR_MISSING',
      `The networks of @mediapipe/holistic cannot be read (${String(error)}): install that package again.`,
    );
  }
}

/** The bytes of one file; its entry in the loader reads `{"filename": "/.../NAME", "start": 1, "end": 2}`. */
function slice(packed: Buffer, table: string, name: string): Uint8Array {
  const escaped = name.replaceAll('.', '\\.');
  const entry = new RegExp(`/${escaped}",\\s*"start":\\s*(\\d+),\\s*"end":\\s*(\\d+)`).exec(table);
  const [start, end] = [Number(entry?.[1]), Number(entry?.[2])];
  if (!(end > start && end <= packed.length)) {
    throw new DeviceError(
      'HF_DETECTOR_MISSING',
      `@mediapipe/holistic does not hold ${name} where it says: install that package again.`,
    );
  }
  return Uint8Array.from(packed.subarray(start, end));
}
