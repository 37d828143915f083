import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../../errors.js';
import { reasonOf } from '../../../reason.js';
import type { FeatureFiles } from './feature-reader.js';

/** The files' names, as the exporter writes them (models/training: judge/export_features.py). */
const NAMES: Readonly<Record<keyof FeatureFiles, string>> = {
  inception192: 'inception-192.onnx',
  inception768: 'inception-768.onnx',
  clipPicture: 'clip-picture.onnx',
  clipText: 'clip-text.onnx',
};

/** The networks that a folder holds. Throws `UsageError` where it holds none. */
export async function findFeatureFiles(folder: string): Promise<FeatureFiles> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new UsageError(
      'HF_FOLDER_UNREADABLE',
      `${folder} cannot be listed (${reasonOf(error)}): name the folder of the networks.`,
      { file: folder, field: 'features' },
    );
  });
  const found = Object.entries(NAMES).filter(([, name]) => names.includes(name));
  if (found.length === 0)
    throw new UsageError(
      'HF_FEATURES_FOLDER',
      `${folder} holds no network that features are read by: it needs ${Object.values(NAMES).join(', ')}, or some of them.`,
      { file: folder, field: 'features' },
    );
  return Object.fromEntries(found.map(([key, name]) => [key, join(folder, name)]));
}
