/** Name, within a store, of the folder for what is not a video. */
export const STORE_FOLDER = '.handfirst';

/**
 * Where the videos of a batch go, and what machines share of it: a folder, or a bucket. Keys are names with `/`. What is written appears
 * whole or not at all, and writing the same again does no harm.
 */
export interface Store {
  /** As the user named it. */
  readonly name: string;
  /** The bytes under a key; undefined where there are none. */
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, bytes: Uint8Array | string): Promise<void>;
  /** Takes a copy of a file. */
  put(key: string, file: string): Promise<void>;
  /** Copies what is under a key to a file, whose folder exists. Rejects with `OutputError` where there is nothing. */
  get(key: string, file: string): Promise<void>;
  /** SHA-256 of what is under a key; undefined where there is nothing. */
  sha256(key: string): Promise<string | undefined>;
  /** Removes a key and all below it. */
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

/** Whether a name with `/` stays within the folder that it is meant for. */
export function isWithin(name: string): boolean {
  return !/^([a-z]:|\/|\\)/i.test(name) && !name.split(/[\\/]/).includes('..');
}
