import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { UsageError } from '../../errors.js';
import { reasonOf } from '../../reason.js';

/** Pictures and the keypoints that belong to them. */
export interface Source {
  readonly name: string;
  /** A video, the pictures of a video in order, or one picture. */
  readonly kind: 'video' | 'frames' | 'picture';
  readonly pictures: readonly string[];
  readonly pose: string;
  /** The folder that it lies in, where folders are classes. */
  readonly className?: string;
  /** From `NAME.txt` beside the pictures. */
  readonly caption?: string;
}

const PICTURES = /\.(png|jpe?g|webp)$/i;
const VIDEOS = /\.(mp4|m4v|mov|webm|mkv|avi)$/i;
const TEXTS = /\.txt$/i;

/**
 * Finds what belongs together by name: `NAME.mp4`, `NAME.jpg` or a folder `NAME` of pictures, with keypoints `NAME.pose` (`.json`, `.npy`
 * ...) beside it or in the folder `poses`. `input` may also be a single video, picture or folder of pictures, and `poses` its keypoint
 * file. Sorted by name. Throws `UsageError` where nothing belongs together.
 */
export async function findSources(input: string, poses = input): Promise<Source[]> {
  const [whole, keypoints] = [await kindOf(input), await stat(poses).catch(() => undefined)];
  if (!keypoints)
    throw new UsageError('HF_INPUT_MISSING', `There is no ${poses}: name the keypoints with \`poses\`.`, {
      file: poses,
      field: 'poses',
    });
  if (whole && poses !== input && (keypoints.isFile() || whole.kind !== 'folder'))
    return [{ ...whole.source, pose: poses }];
  const entries = await list(input);
  const files = poses === input ? entries : await list(poses);
  const sources: Source[] = [];
  for (const entry of entries) {
    const shown = await kindOf(join(input, entry));
    const name = nameOf(entry);
    const pose = files.find(
      (file) =>
        nameOf(file) === name &&
        (poses !== input || file !== entry) &&
        ![PICTURES, VIDEOS, TEXTS].some((kind) => kind.test(file)),
    );
    if (!shown || pose === undefined) continue;
    const caption = await readCaption(join(input, `${name}.txt`));
    sources.push({ ...shown.source, pose: join(poses, pose), ...(caption ? { caption } : {}) });
  }
  if (sources.length === 0)
    throw new UsageError(
      'HF_BENCHMARK_SOURCE',
      `${input} holds no pictures with keypoints: it needs videos, pictures or folders of frames, and keypoint files of the same names beside them or in the folder that \`poses\` names.`,
      { file: input, field: 'poses' },
    );
  return sources;
}

/**
 * The pictures of a folder of folders, a class each: `input/CLASS/NAME.jpg`, with keypoints beside it or in `poses/CLASS/`. Throws
 * `UsageError` where there is none.
 */
export async function findClasses(input: string, poses = input): Promise<Source[]> {
  const sources: Source[] = [];
  for (const className of await list(input)) {
    const folder = join(input, className);
    // Beside the classes may lie what is none, such as HaGRID's annotations.
    if (!(await stat(folder)).isDirectory() || !(await list(folder)).some((file) => PICTURES.test(file)))
      continue;
    const found = await findSources(folder, join(poses, className));
    for (const source of found)
      if (source.kind === 'picture')
        sources.push({ ...source, name: `${className}-${source.name}`, className });
  }
  if (sources.length > 0) return sources;
  throw new UsageError(
    'HF_BENCHMARK_SOURCE',
    `${input} holds no folders of pictures: \`byClass\` needs a folder a class, such as HaGRID's gestures.`,
    { file: input, field: 'byClass' },
  );
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort(byNumber);
  } catch (error) {
    throw new UsageError(
      'HF_FOLDER_UNREADABLE',
      `${folder} cannot be listed (${reasonOf(error)}): name a folder.`,
      { file: folder },
    );
  }
}

/** What a path shows; undefined for what is no picture. */
async function kindOf(
  path: string,
): Promise<{ kind: 'file' | 'folder'; source: Omit<Source, 'pose'> } | undefined> {
  const there = await stat(path).catch(() => undefined);
  if (!there)
    throw new UsageError('HF_INPUT_MISSING', `There is no ${path}: name a folder, a video or a picture.`, {
      file: path,
    });
  const name = nameOf(basename(path));
  if (there.isFile()) {
    const kind = VIDEOS.test(path) ? 'video' : PICTURES.test(path) ? 'picture' : undefined;
    return kind && { kind: 'file', source: { name, kind, pictures: [path] } };
  }
  const pictures = (await readdir(path)).filter((file) => PICTURES.test(file)).sort(byNumber);
  if (pictures.length === 0) return undefined;
  return {
    kind: 'folder',
    source: { name, kind: 'frames', pictures: pictures.map((file) => join(path, file)) },
  };
}

function nameOf(entry: string): string {
  return entry.replace(/\.gz$/i, '').slice(0, -extname(entry.replace(/\.gz$/i, '')).length || undefined);
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

async function readCaption(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim().replace(/\s+/g, ' ') || undefined;
}
