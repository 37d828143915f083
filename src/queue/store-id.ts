import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { STORE_FOLDER, type Store } from '../batch/index.js';

const idSchema = z.object({ id: z.string().regex(/^[0-9a-f]{8}$/) });
const KEY = `${STORE_FOLDER}/store.json`;

/** What a store is known by; undefined where no queue was ever given it. */
export async function knownStoreId(store: Store): Promise<string | undefined> {
  const bytes = await store.read(KEY);
  if (!bytes) return undefined;
  const parsed = idSchema.safeParse(jsonOf(Buffer.from(bytes).toString('utf8')));
  return parsed.success ? parsed.data.id : undefined;
}

/** Undefined for what is no JSON: a store whose file was cut off gets a new name. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a store is known by, whatever machines call it; it is given a name where it has none. */
export async function storeId(store: Store): Promise<string> {
  const known = await knownStoreId(store);
  if (known !== undefined) return known;
  await store.write(KEY, `${JSON.stringify({ id: randomUUID().slice(0, 8) })}\n`);
  // Of two that begin at once, the later name holds for both.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return (await knownStoreId(store)) ?? (await storeId(store));
}
