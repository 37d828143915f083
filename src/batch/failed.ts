import { z } from 'zod';
import { hashOf } from './content.js';
import { type ClipFailure, clipFailureSchema } from './failure.js';
import type { ClipOrder } from './order.js';
import { STORE_FOLDER, type Store } from './store.js';

const failedSchema = z.object({
  /** Name of the video in the store. */
  output: z.string(),
  /** The order's. */
  key: z.string(),
  failure: clipFailureSchema,
});

function recordKey(output: string): string {
  const hash = hashOf(output);
  return `${STORE_FOLDER}/failed/${hash.slice(0, 2)}/${hash}.json`;
}

/** Why the last batch could not draw a clip as it is ordered; undefined where none has tried, or where none has failed. */
export async function readFailed(store: Store, { key, clip }: ClipOrder): Promise<ClipFailure | undefined> {
  const bytes = await store.read(recordKey(clip.output.path));
  if (!bytes) return undefined;
  try {
    const failed = failedSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return failed.key === key ? failed.failure : undefined;
  } catch {
    return undefined;
  }
}

export async function writeFailed(
  store: Store,
  { key, clip }: ClipOrder,
  failure: ClipFailure,
): Promise<void> {
  const output = clip.output.path;
  await store.write(recordKey(output), `${JSON.stringify({ output, key, failure })}\n`);
}

/** A clip that is drawn has not failed. */
export async function removeFailed(store: Store, order: ClipOrder): Promise<void> {
  if (await readFailed(store, order)) await store.remove(recordKey(order.clip.output.path));
}
