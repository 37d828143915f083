import { join } from 'node:path';
import { PoseFileError } from '../../errors.js';
import { shown } from '../byte-source.js';
import { fileSource } from '../file-source.js';
import { parseJson } from '../json-values.js';
import { isRecord, type JsonRecord } from './json-shape.js';

/** A gap longer than this between two frame numbers is a fault of the names, not a pause. */
const LONGEST_GAP = 100_000;
const LARGEST_FRAME = 16 * 1024 * 1024;

/** A file of a folder that holds one frame a file. */
export interface FrameFile {
  readonly name: string;
  readonly number: number;
}

/** Names that differ but for their numbers from this many others, or fewer, are no frames of the clip. */
const FEW = 2;

/** A name without its numbers. */
function kindOfName(name: string): string {
  return name.replace(/\d+/g, '#');
}

/** Frame files of a folder, without the one or two that are named otherwise than all the rest (such as `metadata_2023.json`). */
function withoutStrays(
  names: readonly string[],
  pattern: RegExp,
): { files: FrameFile[]; strays: readonly string[] } {
  const matching = names.flatMap((name) => {
    const match = pattern.exec(name);
    return match ? [{ name, number: Number(match[1]) }] : [];
  });
  const counts = new Map<string, number>();
  for (const { name } of matching) counts.set(kindOfName(name), (counts.get(kindOfName(name)) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const isStray = ({ name }: FrameFile) => {
    const count = counts.get(kindOfName(name)) ?? 0;
    return count <= FEW && count * 2 <= most;
  };
  const strayNumbers = new Set(matching.filter(isStray).map(({ number }) => number));
  const twice = matching.some((file) => !isStray(file) && strayNumbers.has(file.number));
  // A number that comes twice is of another clip, not of another kind of file.
  if (twice) return { files: matching, strays: [] };
  return {
    files: matching.filter((file) => !isStray(file)),
    strays: matching.filter(isStray).map(({ name }) => name),
  };
}

/** What is said of files that were left out. */
export function strayRemarks(names: readonly string[], pattern: RegExp): string[] {
  const { strays } = withoutStrays(names, pattern);
  if (strays.length === 0) return [];
  const shownNames = strays.slice(0, 3).map((name) => shown(name));
  return [
    `Left out, since named otherwise than the frames: ${shownNames.join(', ')}${strays.length > 3 ? ` and ${strays.length - 3} more` : ''}.`,
  ];
}

/**
 * The files whose name matches `pattern`, whose first group is the frame's number, in order. Throws PoseFileError for none, for two
 * clips in one folder and for absurd gaps; `example` is a right name for the sentence.
 */
export function frameFiles(
  folder: string,
  names: readonly string[],
  pattern: RegExp,
  example: string,
): FrameFile[] {
  const { files } = withoutStrays(names, pattern);
  if (files.length === 0)
    throw new PoseFileError('HF_POSE_NO_FRAMES', `${folder} holds no file named like ${example}.`, {
      file: folder,
    });
  files.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
  files.forEach((file, index) => {
    const before = files[index - 1];
    if (!before) return;
    if (before.number === file.number) {
      throw new PoseFileError(
        'HF_POSE_FRAME_ORDER',
        `${folder} holds frame ${file.number} twice, ${before.name} and ${file.name}; keep one clip a folder.`,
        { file: folder, frame: file.number },
      );
    }
    if (file.number - before.number > LONGEST_GAP) {
      throw new PoseFileError(
        'HF_POSE_FRAME_ORDER',
        `${folder} jumps from frame ${before.number} to frame ${file.number}; keep one clip a folder.`,
        { file: folder, frame: before.number },
      );
    }
  });
  return files;
}

/** Frames between the first and the last number. */
export function frameSpan(files: readonly FrameFile[]): number {
  return (files.at(-1)?.number ?? -1) - (files[0]?.number ?? 0) + 1;
}

/** The frames' objects in order, with the path they came from; undefined for a number without a file. */
export async function* folderFrames(
  folder: string,
  files: readonly FrameFile[],
): AsyncGenerator<{ frame: JsonRecord; path: string } | undefined> {
  let next = files[0]?.number ?? 0;
  for (const file of files) {
    for (; next < file.number; next += 1) yield undefined;
    const path = join(folder, file.name);
    yield { frame: await readFrame(path), path };
    next += 1;
  }
}

async function readFrame(path: string): Promise<JsonRecord> {
  const source = await fileSource(path);
  try {
    if (source.size > LARGEST_FRAME)
      throw new PoseFileError(
        'HF_POSE_TOO_LARGE',
        `${path} is too large for one frame: ${source.size} bytes.`,
        { file: path },
      );
    const text = (await source.read(0, source.size)).toString('utf8');
    if (text.trim() === '')
      throw new PoseFileError('HF_POSE_EMPTY', `${path} is empty; write or copy the frame again.`, {
        file: path,
      });
    const frame = parseJson(source, { path: [], text, offset: 0 });
    if (!isRecord(frame))
      throw new PoseFileError('HF_POSE_DAMAGED', `${path} holds no frame: a JSON object should be there.`, {
        file: path,
      });
    return frame;
  } finally {
    await source.close();
  }
}
