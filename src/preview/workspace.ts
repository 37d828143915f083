import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputError, UsageError } from '../errors.js';
import { makeOwnFolder } from '../own-folder.js';
import type { Caption } from '../video/index.js';

/** A file that the preview may read: uploaded, made by it, or named on the command line. */
export interface StoredFile {
  readonly id: string;
  /** What the user calls it: for sentences and commands, never for the disk. */
  readonly name: string;
  readonly path: string;
  /** What became of it: named on the command line, sent or made here, or a sign of a lexicon that was sent. */
  readonly kind: 'adopted' | 'own' | 'sign';
  /** Commands that make the same file, where it was made here. */
  readonly madeBy?: readonly string[];
  /** What is signed when, where it was made here. */
  readonly captions?: readonly Caption[];
}

/** More than was allowed was sent. */
export class TooLargeError extends UsageError {}

/** What a page sends as a file. */
export interface Sent {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes, as the sender says; 0 where it does not. */
  readonly announced: number;
  readonly limit: number;
}

/** Files that are kept at a time, the oldest goes first; of signs more than the longest phrase has. */
const KEPT_FILES = { own: 40, sign: 400 } as const;

/**
 * The one folder that a preview writes into, removed at its end. Names on the disk are made here: nothing that a page says
 * becomes part of a path.
 */
export class Workspace {
  private readonly files = new Map<string, StoredFile>();

  private constructor(readonly folder: string) {}

  static async open(): Promise<Workspace> {
    const folder = await makeOwnFolder('preview').catch((error: unknown) => {
      throw new OutputError(
        'HF_TEMPORARY_FOLDER',
        `The preview cannot keep files in ${tmpdir()} (${String(error)}): set TMPDIR to a folder that you may write in.`,
        { file: tmpdir() },
      );
    });
    return new Workspace(folder);
  }

  /** A file that the user named on the command line. */
  adopt(path: string): StoredFile {
    return this.keep({ id: randomUUID(), name: path, path, kind: 'adopted' });
  }

  /**
   * Writes what is sent, up to `limit` bytes; of more nothing is kept and `TooLargeError` thrown, before a byte is read where
   * the announced length says so.
   */
  async receive(
    name: string,
    { chunks, announced, limit }: Sent,
    kind: 'own' | 'sign' = 'own',
  ): Promise<StoredFile> {
    const tooLarge = `${plainName(name)} is larger than ${megabytes(limit)}, which is as much as the page takes: name it on the command line instead.`;
    if (announced > limit) throw new TooLargeError('HF_PREVIEW_TOO_LARGE', tooLarge);
    const id = randomUUID();
    const path = join(this.folder, id);
    const file = await open(path, 'wx', 0o600);
    let size = 0;
    try {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > limit) throw new TooLargeError('HF_PREVIEW_TOO_LARGE', tooLarge);
        await file.write(chunk);
      }
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await file.close();
    const stored = this.keep({ id, name: plainName(name), path, kind });
    await this.dropOldest(kind);
    return stored;
  }

  /** Has a keypoint file written into the workspace. */
  async make(
    { name, ...made }: Pick<StoredFile, 'name' | 'madeBy' | 'captions'>,
    write: (path: string) => Promise<void>,
  ): Promise<StoredFile> {
    const id = randomUUID();
    const path = join(this.folder, `${id}.pose`);
    await write(path);
    const stored = this.keep({ id, name: plainName(name), path, kind: 'own', ...made });
    await this.dropOldest('own');
    return stored;
  }

  has(id: string): boolean {
    return this.files.has(id);
  }

  file(id: string): StoredFile {
    const file = this.files.get(id);
    if (file) return file;
    throw new UsageError('HF_PREVIEW_GONE', 'That file is not here any more: choose it again.');
  }

  /** The files that were made here. */
  get made(): StoredFile[] {
    return [...this.files.values()].filter(({ madeBy }) => madeBy !== undefined);
  }

  /** One of them. */
  madeFile(id: string): StoredFile {
    const file = this.file(id);
    if (file.madeBy) return file;
    throw new UsageError('HF_PREVIEW_GONE', `${file.name} was not made here: it is where you have it.`, {
      file: file.name,
    });
  }

  /** A new folder for a run's pictures. */
  async newFolder(): Promise<string> {
    const folder = join(this.folder, randomUUID());
    await mkdir(folder);
    return folder;
  }

  /** The sentence with the user's names instead of the paths in here. */
  inWords(sentence: string): string {
    let said = sentence;
    for (const { path, name, kind } of this.files.values())
      if (kind !== 'adopted') said = said.replaceAll(path, name);
    return said;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  private keep(file: StoredFile): StoredFile {
    this.files.set(file.id, file);
    return file;
  }

  private async dropOldest(kind: 'own' | 'sign'): Promise<void> {
    const mine = [...this.files.values()].filter((file) => file.kind === kind);
    for (const { id, path } of mine.slice(0, Math.max(0, mine.length - KEPT_FILES[kind]))) {
      this.files.delete(id);
      await rm(path, { force: true });
    }
  }
}

/** The last part of a name, on one line, without what a shell or a header could trip over. */
export function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const plain = last.replace(/[\p{C}"'`$;\n\r]+/gu, ' ').trim();
  return plain.replace(/^\.+/, '').slice(-120) || 'keypoints';
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
