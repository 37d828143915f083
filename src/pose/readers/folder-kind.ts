import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { shown } from '../byte-source.js';
import type { FolderReader } from './reader.js';
import { POSE_READERS } from './table.js';

/** Folders within folders that are looked into, and folders that are looked at in all. */
const DEEPEST = 3;
const MOST_FOLDERS = 200;

/** What a folder that no reader knows holds, and the way out, after its name; undefined where that is unknown. */
export async function folderKind(folder: string, names: readonly string[]): Promise<string | undefined> {
  const files = names.filter((name) => /\.(pose|npy|npz|parquet|jsonl?|gz)$/i.test(name));
  if (files.length > 0) {
    const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
    return `a folder of keypoint files (${shown(files.sort()[0] ?? '')}${more}): name one of them`;
  }
  const clips = await clipFolders(folder);
  const [first] = clips;
  if (first === undefined) return names.length === 0 ? 'an empty folder; name a keypoint file' : undefined;
  const more = clips.length > 1 ? ` and ${clips.length - 1} more` : '';
  return `a folder of clips, each a folder of frames (${shown(relative(folder, first))}${more}): name one of them`;
}

/** Folders below that hold frames, nearest first. */
async function clipFolders(folder: string): Promise<string[]> {
  const readers = POSE_READERS.filter((reader): reader is FolderReader => reader.kind === 'folder');
  const found: string[] = [];
  let level = [folder];
  let looked = 0;
  for (let depth = 0; depth < DEEPEST && found.length === 0; depth += 1) {
    const next: string[] = [];
    for (const path of level) {
      looked += 1;
      if (looked > MOST_FOLDERS) return found;
      const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
      for (const entry of entries.filter((each) => each.isDirectory())) next.push(join(path, entry.name));
    }
    for (const path of next.slice(0, MOST_FOLDERS)) {
      const names = await readdir(path).catch(() => []);
      if (readers.some((reader) => reader.recognise(names))) found.push(path);
    }
    level = next;
  }
  return found.sort();
}
