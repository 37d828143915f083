import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ClipOptions } from '../batch/index.js';
import { type ClipOrder, type Store, withFiles } from '../batch/index.js';
import { HandfirstError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { exists, inputKey } from './segment-store.js';

/** Name of a file within its folder of the store: readers look at the extension. */
const nameOf = (path: string): string => basename(path) || 'input';

/** Key whose presence says that all of an input is in the store. */
const wholeKey = (sha256: string): string => `${inputKey(sha256)}.whole`;

/** Puts the files of an order into the store, each once; `known` remembers what is there. */
export async function storeInputs(store: Store, order: ClipOrder, known: Set<string>): Promise<void> {
  for (const [path, { sha256, names }] of Object.entries(order.files)) {
    const key = wholeKey(sha256) + nameOf(path);
    if (known.has(key)) continue;
    if (!(await store.read(key))) {
      const folder = inputKey(sha256, nameOf(path));
      if (names) for (const name of names) await store.put(`${folder}/${name}`, join(path, name));
      else await store.put(folder, path);
      await store.write(key, '\n');
    }
    known.add(key);
  }
}

/** Inputs that are kept after use, since the next clip may have the same reference, or be of the same file. */
const MOST_KEPT = 100;

/** Copies of inputs on this machine, in a folder of this worker alone. */
export class InputCache {
  /** By SHA-256, the least recently used first. */
  private readonly entries = new Map<string, { users: number; ready: Promise<unknown> }>();

  constructor(
    private readonly store: Store,
    private readonly folder: string,
  ) {}

  /** The clip with its files on this machine, which stay until they are released. */
  async take(order: ClipOrder): Promise<ClipOptions> {
    const files = Object.entries(order.files);
    for (const [, { sha256 }] of files) this.use(sha256);
    try {
      for (const [path, content] of files) {
        const entry = this.use(content.sha256, 0);
        entry.ready = entry.ready.catch(() => undefined).then(() => this.fetch(path, content));
        await entry.ready;
      }
    } catch (error) {
      await this.release(order);
      throw error;
    }
    return withFiles(order.clip, (path) => this.placeOf(order.files[path]?.sha256 ?? '', path));
  }

  /** Lets go of a clip's files: those of long ago are removed. */
  async release(order: ClipOrder): Promise<void> {
    for (const { sha256 } of Object.values(order.files)) this.use(sha256, -1);
    for (const [sha256, { users }] of this.entries) {
      if (this.entries.size <= MOST_KEPT) return;
      if (users > 0) continue;
      this.entries.delete(sha256);
      await rm(join(this.folder, sha256), { recursive: true, force: true });
    }
  }

  /** The error, which speaks of this worker's copies, in the names that the order has for them. */
  inNamesOf(order: ClipOrder, error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    error.message = this.inNames(order, error.message);
    for (const [path, { sha256 }] of Object.entries(order.files))
      if (error instanceof HandfirstError && error.file === this.placeOf(sha256, path))
        Object.assign(error, { file: path });
    return error;
  }

  /** A sentence with the files' own names in place of their copies'. */
  inNames(order: ClipOrder, sentence: string): string {
    return Object.entries(order.files).reduce(
      (said, [path, { sha256 }]) => said.replaceAll(this.placeOf(sha256, path), path),
      sentence,
    );
  }

  /** Removes a copy that turned out to be damaged. */
  async forget(sha256: string): Promise<void> {
    await rm(join(this.folder, sha256), { recursive: true, force: true });
  }

  private use(sha256: string, users = 1): { users: number; ready: Promise<unknown> } {
    const entry = this.entries.get(sha256) ?? { users: 0, ready: Promise.resolve() };
    entry.users += users;
    this.entries.delete(sha256);
    this.entries.set(sha256, entry);
    return entry;
  }

  private async fetch(path: string, { sha256, names }: ClipOrder['files'][string]): Promise<void> {
    const target = this.placeOf(sha256, path);
    if (await exists(target)) return;
    const aside = `${target}.part`;
    await makeFolder(names ? aside : dirname(aside));
    const key = inputKey(sha256, nameOf(path));
    for (const name of names ?? []) {
      await makeFolder(dirname(join(aside, name)));
      await this.store.get(`${key}/${name}`, join(aside, name));
    }
    if (!names) await this.store.get(key, aside);
    await rename(aside, target);
  }

  private placeOf(sha256: string, path: string): string {
    return join(this.folder, sha256, nameOf(path));
  }
}
