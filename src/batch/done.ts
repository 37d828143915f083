import { z } from 'zod';
import { formatOf } from '../video/index.js';
import { hashOf } from './content.js';
import type { ClipOrder } from './order.js';
import { STORE_FOLDER, type Store } from './store.js';

const doneSchema = z.object({
  /** Name of the video in the store. */
  output: z.string(),
  /** The order's. */
  key: z.string(),
  /** SHA-256 of the video; of a folder of pictures, of its sidecar. */
  sha256: z.string(),
  frames: z.number(),
  fps: z.number(),
  bytes: z.number(),
  /** What was done otherwise than asked, in sentences. */
  warnings: z.array(z.string()),
});

/** What is known of a finished clip. */
export type DoneClip = z.output<typeof doneSchema>;
export { doneSchema };

/** How a clip's video stands: `foreign`, where something is under its name that no batch has made. */
export type VideoState = 'done' | 'changed' | 'missing' | 'foreign';

/** Key of the file that proves a video: itself, or the sidecar in a folder of pictures. */
export function proofKey(output: string): string {
  return formatOf(output) === 'png' ? `${output.replace(/\/+$/, '')}/handfirst.json` : output;
}

/** Key of a clip's record. */
function recordKey(output: string): string {
  const hash = hashOf(output);
  return `${STORE_FOLDER}/done/${hash.slice(0, 2)}/${hash}.json`;
}

/** The record of a finished clip; undefined where there is none that can be read. */
export async function readDone(store: Store, output: string): Promise<DoneClip | undefined> {
  const bytes = await store.read(recordKey(output));
  if (!bytes) return undefined;
  try {
    return doneSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}

export async function writeDone(store: Store, done: DoneClip): Promise<void> {
  await store.write(recordKey(done.output), `${JSON.stringify(done)}\n`);
}

/** Whether a clip is finished as ordered, by content: its record, and the video's bytes. */
export async function stateOf(
  store: Store,
  { key, clip }: ClipOrder,
): Promise<{ state: VideoState; done?: DoneClip }> {
  const output = clip.output.path;
  const done = await readDone(store, output);
  const found = await store.sha256(proofKey(output));
  if (!done) return { state: found === undefined ? 'missing' : 'foreign' };
  if (found === undefined) return { state: 'missing' };
  return done.key === key && found === done.sha256 ? { state: 'done', done } : { state: 'changed' };
}
