import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OutputError } from '../errors.js';
import { hashFile } from '../file-hash.js';
import { makeFolder } from '../make-folder.js';
import { reasonOf } from '../reason.js';
import { STORE_FOLDER, type Store } from './store.js';

/** What a writer that was killed has left aside is removed after this time. */
const STALE_MS = 24 * 3600 * 1000;

/** A store in a folder, which several machines may have mounted. Files are written aside, synced and renamed. */
export class FolderStore implements Store {
  private readonly root: string;

  private constructor(readonly name: string) {
    this.root = resolve(name);
  }

  /** Makes the folder where it is missing, unless it is only `look`ed into. Throws `OutputError`. */
  static async open(name: string, { look = false } = {}): Promise<FolderStore> {
    const store = new FolderStore(name);
    if (look) return store;
    await store.guarded(async () => {
      await makeFolder(store.aside);
      for (const left of await readdir(store.aside)) {
        const path = join(store.aside, left);
        const found = await stat(path).catch(() => undefined);
        if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
      }
    });
    return store;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.path(key));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.failure(error);
    }
  }

  async write(key: string, bytes: Uint8Array | string): Promise<void> {
    await this.whole(key, (path) => writeFile(path, bytes));
  }

  async put(key: string, file: string): Promise<void> {
    await this.whole(key, (path) => copyFile(file, path, constants.COPYFILE_FICLONE));
  }

  async get(key: string, file: string): Promise<void> {
    await this.guarded(() => copyFile(this.path(key), file, constants.COPYFILE_FICLONE));
  }

  async sha256(key: string): Promise<string | undefined> {
    return hashFile(this.path(key)).catch(() => undefined);
  }

  async remove(key: string): Promise<void> {
    await this.guarded(() => rm(this.path(key), { recursive: true, force: true }));
  }

  async close(): Promise<void> {}

  private get aside(): string {
    return join(this.root, STORE_FOLDER, 'aside');
  }

  private path(key: string): string {
    return join(this.root, ...key.split('/'));
  }

  private async whole(key: string, make: (path: string) => Promise<void>): Promise<void> {
    const temporary = join(this.aside, randomUUID());
    const target = this.path(key);
    await this.guarded(async () => {
      try {
        await make(temporary);
        await sync(temporary);
        await makeFolder(dirname(target));
        await rename(temporary, target);
        await sync(dirname(target));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    });
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): OutputError {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return new OutputError(
        'HF_OUTPUT_FULL',
        `The disk that holds ${this.name} is full: free some space, then run the same command again.`,
        { file: this.name },
      );
    return new OutputError(
      'HF_OUTPUT_UNWRITABLE',
      `The folder ${this.name} cannot be used (${reasonOf(error)}): look at its permissions, or name another.`,
      { file: this.name },
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function sync(path: string): Promise<void> {
  if (process.platform === 'win32' && (await stat(path)).isDirectory()) return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
