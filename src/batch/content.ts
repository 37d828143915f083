import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PoseFileError } from '../errors.js';
import { addFile, hashFile } from '../file-hash.js';
import { reasonOf } from '../reason.js';
import type { ClipOptions } from './items.js';

/** What a named file or folder holds. */
export interface Content {
  /** SHA-256 of a file, or of a folder's names and files in order. */
  readonly sha256: string;
  /** Names within the folder, with `/`; undefined for a file. */
  readonly names?: readonly string[];
}

/** Kept, because many clips come from one parquet file or show one picture. */
const MOST_KEPT = 10_000;

/** SHA-256 of plain values. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

async function read(path: string): Promise<Content> {
  try {
    if (!(await stat(path)).isDirectory()) return { sha256: await hashFile(path) };
    const inside = await readdir(path, { recursive: true, withFileTypes: true });
    const names = inside
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(path, sep).length))
      .map((name) => name.split(sep).join('/'))
      .sort();
    const hash = createHash('sha256');
    for (const name of names) await addFile(hash.update(`${name}\n`), join(path, name));
    return { sha256: hash.digest('hex'), names };
  } catch (error) {
    throw new PoseFileError('HF_POSE_UNREADABLE', `${path} cannot be read: ${reasonOf(error)}.`, {
      file: path,
    });
  }
}

/** Hashes files, each once as long as it is asked for again soon. */
export class Contents {
  private readonly kept = new Map<string, Promise<Content>>();

  /** Rejects with `PoseFileError`. */
  of(path: string): Promise<Content> {
    const known = this.kept.get(path);
    if (known) return known;
    const content = read(path);
    content.catch(() => this.kept.delete(path));
    this.kept.set(path, content);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return content;
  }
}

/** Every file and folder that a clip names and that decides its video; a signer's key does not. */
export function filesOf({ input, look, method, output }: ClipOptions): string[] {
  const background = look?.background;
  const preset = method?.preset;
  return [
    input,
    ...(look?.reference === undefined ? [] : [look.reference]),
    ...(typeof background === 'object' && 'file' in background ? [background.file] : []),
    ...(preset?.endsWith('.json') ? [preset] : []),
    ...(output.sourceVideo === undefined ? [] : [output.sourceVideo]),
    ...(output.audio === undefined ? [] : [output.audio]),
    ...(output.credentials === undefined ? [] : [output.credentials.certificate]),
  ];
}

/** The same clip with its files where `place` says. */
export function withFiles(clip: ClipOptions, place: (path: string) => string): ClipOptions {
  const { look = {}, method = {}, output } = clip;
  const { reference, background } = look;
  const { preset } = method;
  const { sourceVideo, audio } = output;
  return {
    ...clip,
    input: place(clip.input),
    look: {
      ...look,
      ...(reference === undefined ? {} : { reference: place(reference) }),
      ...(typeof background === 'object' && 'file' in background
        ? { background: { file: place(background.file) } }
        : {}),
    },
    method: { ...method, ...(preset?.endsWith('.json') ? { preset: place(preset) } : {}) },
    output: {
      ...output,
      ...(sourceVideo === undefined ? {} : { sourceVideo: place(sourceVideo) }),
      ...(audio === undefined ? {} : { audio: place(audio) }),
    },
  };
}
