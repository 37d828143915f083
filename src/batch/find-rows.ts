import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UsageError } from '../errors.js';
import { recognisesFolder } from '../pose/index.js';
import { reasonOf } from '../reason.js';
import { type BatchRow, csvRows, isJsonManifest, jsonRows, type ManifestLine } from './rows.js';

const KEYPOINTS = /\.(pose|npy|npz|parquet|jsonl|ndjson|json)(\.gz)?$/i;
/** As much of a file of JSON lines as tells a manifest from keypoints. */
const HEAD_BYTES = 64 * 1024;

/** A clip, and the name of its video where the manifest gives none: without extension, `/` between folders. */
export interface FoundRow extends BatchRow {
  readonly stem: string;
  /** The line that names it, `line 3 of clips.csv`; undefined where no manifest does. */
  readonly place?: string;
}

/** A line of a manifest that no clip can be made of. */
export interface FaultyRow {
  /** The manifest. */
  readonly file: string;
  readonly error: UsageError;
}

/**
 * The clips that are meant by names: manifests (`.csv`, `.jsonl`), folders (every keypoint file and folder of frames in them), patterns
 * such as `signs/*.pose`, keypoint files. Throws `UsageError`, also where one of the names leads to nothing.
 */
export async function findRows(inputs: readonly string[]): Promise<(FoundRow | FaultyRow)[]> {
  const found: (FoundRow | FaultyRow)[] = [];
  for (const input of inputs) {
    const rows = await rowsOf(input);
    if (rows.length === 0)
      throw new UsageError(
        'HF_BATCH_EMPTY',
        `There is nothing to draw in ${input}: name a manifest, a folder or a pattern that leads to keypoint files.`,
        { file: input },
      );
    for (const row of rows) found.push(row);
  }
  return found;
}

async function rowsOf(input: string): Promise<(FoundRow | FaultyRow)[]> {
  const kind = await stat(input).catch(() => undefined);
  if (kind?.isDirectory()) return folderRows(input);
  if (kind) return (await manifestRows(input)) ?? [plainRow(input, dirname(input))];
  if (!isDynamicPattern(input))
    throw new UsageError('HF_INPUT_MISSING', `${input} does not exist: name a file, a folder or a pattern.`, {
      file: input,
    });
  const paths = await glob(input.replaceAll(sep, '/'), {
    onlyFiles: false,
    expandDirectories: false,
    dot: false,
  });
  const clips: string[] = [];
  for (const path of paths.sort()) if (await isClip(path)) clips.push(path);
  const base = commonFolder(clips);
  return clips.map((path) => plainRow(path, base));
}

function plainRow(file: string, base: string): FoundRow {
  const name = relative(base, file).split(sep).join('/') || basename(file);
  return { file, stem: name.replace(/\/+$/, '').replace(KEYPOINTS, '') };
}

/** The rows of a manifest; undefined for a file of keypoints. */
async function manifestRows(file: string): Promise<(FoundRow | FaultyRow)[] | undefined> {
  const lines = await readManifest(file);
  return lines?.map((line) =>
    'error' in line
      ? { file, error: line.error }
      : { ...foundRow(line.row, file), place: `line ${line.line} of ${file}` },
  );
}

function foundRow(row: BatchRow, manifest: string): FoundRow {
  const { range, sequence } = row;
  const part = range ? `-${range.from}-${range.to ?? 'end'}` : '';
  const { stem } = plainRow(row.file, isAbsolute(row.file) ? dirname(row.file) : '.');
  return {
    ...row,
    file: within(manifest, row.file),
    ...(row.reference === undefined ? {} : { reference: within(manifest, row.reference) }),
    stem: `${stem.replaceAll('../', '')}${sequence === undefined ? '' : `-${sequence.replace(/[^\w.-]+/g, '_')}`}${part}`,
  };
}

/** A manifest names files from where it lies. */
function within(manifest: string, file: string): string {
  return isAbsolute(file) ? file : join(dirname(manifest), file);
}

async function readManifest(file: string): Promise<ManifestLine[] | undefined> {
  if (/\.csv$/i.test(file)) return csvRows(await textOf(file), file);
  if (!/\.(jsonl|ndjson)$/i.test(file) || !isJsonManifest(await headOf(file))) return undefined;
  return jsonRows(await textOf(file), file);
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError('HF_BATCH_MANIFEST', `${file} cannot be read: ${reasonOf(error)}.`, { file });
  });
}

async function headOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Every clip below a folder, or the folder itself where it is one. */
async function folderRows(folder: string): Promise<FoundRow[]> {
  const clips: string[] = [];
  const look = async (path: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true });
    if (recognisesFolder(entries.map(({ name }) => name))) {
      clips.push(path);
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || entry.name.endsWith('.handfirst')) continue;
      const inside = join(path, entry.name);
      if (entry.isDirectory()) await look(inside);
      else if (await isClip(inside)) clips.push(inside);
    }
  };
  await look(folder);
  return clips.map((path) => plainRow(path, path === folder ? dirname(folder) : folder));
}

async function isClip(path: string): Promise<boolean> {
  if ((await stat(path)).isDirectory()) return recognisesFolder(await readdir(path));
  if (!KEYPOINTS.test(path)) return false;
  return !(/\.(jsonl|ndjson)$/i.test(path) && isJsonManifest(await headOf(path)));
}

/** The innermost folder that holds all paths. */
function commonFolder(paths: readonly string[]): string {
  const [first = '.', ...rest] = paths.map((path) => dirname(path).split(sep));
  const parts = Array.isArray(first) ? first : [first];
  const shared = parts.findIndex((part, at) => rest.some((other) => other[at] !== part));
  return (shared < 0 ? parts : parts.slice(0, shared)).join(sep) || (parts[0] === '' ? sep : '.');
}
