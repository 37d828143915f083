import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { writeWhole } from '../write-whole.js';

/** The key of everything that decides a result: SHA-256 of its JSON. */
export function keyOf(parts: object): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Results by key in a folder. Each appears whole or not at all, so that a killed run goes on with what it had. */
export class Kept<T> {
  constructor(
    private readonly folder: string,
    private readonly schema: z.ZodType<T>,
  ) {}

  /** What is kept under the key; undefined where nothing usable is. */
  async read(key: string): Promise<T | undefined> {
    try {
      const parsed = this.schema.safeParse(JSON.parse(await readFile(this.path(key), 'utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  async write(key: string, value: T): Promise<void> {
    await writeWhole(this.path(key), JSON.stringify(value));
  }

  private path(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}
