import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ClipOptions } from '../batch/index.js';
import { type ClipOrder, type Store, withFiles } from '../batch/index.js';
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

/** The clip with its files on this machine: each is fetched into `cache` once. */
export async function fetchInputs(store: Store, order: ClipOrder, cache: string): Promise<ClipOptions> {
  for (const [path, { sha256, names }] of Object.entries(order.files)) {
    const target = placeOf(cache, sha256, path);
    if (await exists(target)) continue;
    const aside = `${target}.${process.pid}.part`;
    await mkdir(names ? aside : dirname(aside), { recursive: true });
    const key = inputKey(sha256, nameOf(path));
    for (const name of names ?? []) {
      await mkdir(dirname(join(aside, name)), { recursive: true });
      await store.get(`${key}/${name}`, join(aside, name));
    }
    if (!names) await store.get(key, aside);
    // Another process of this machine may have been faster.
    await rename(aside, target).catch(() => rm(aside, { recursive: true, force: true }));
  }
  return withFiles(order.clip, (path) => placeOf(cache, order.files[path]?.sha256 ?? '', path));
}

function placeOf(cache: string, sha256: string, path: string): string {
  return join(cache, sha256, nameOf(path));
}
