import { join } from 'node:path';
import { z } from 'zod';
import { hashFile } from '../file-hash.js';
import { loadBundle } from '../models/index.js';
import { loadPreset, version } from '../pipeline/index.js';
import { type Contents, filesOf, hashOf } from './content.js';
import type { ClipOptions } from './items.js';
import { isWithin } from './store.js';

/** A clip to draw, with everything that decides its video. Plain values: it is sent to other processes and machines. */
export interface ClipOrder {
  /** SHA-256 of everything that decides the video, its name included. */
  readonly key: string;
  readonly clip: ClipOptions;
  /** Content of each file that the clip names. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly names?: readonly string[] }>>;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** What comes from a queue must not lead out of the store, whoever wrote it. */
const name = z.string().refine(isWithin, 'a name within the store');
const shape = z.looseObject({ input: z.string(), output: z.looseObject({ path: name }) });
const optionsSchema = z.custom<ClipOptions>((value) => shape.safeParse(value).success);

/** A `ClipOrder` that came as JSON. */
export const orderSchema: z.ZodType<ClipOrder> = z.object({
  key: hash,
  clip: optionsSchema,
  files: z.record(z.string(), z.object({ sha256: hash, names: z.array(name).optional() })),
});

/** A bundle as all machines of a batch must have it. */
export interface BundleId {
  readonly name: string;
  /** SHA-256 of its manifest, which holds those of its files. */
  readonly sha256: string;
}

/** Reads a bundle's manifest. Throws `BundleError`. */
export async function bundleId(nameOrFolder: string): Promise<BundleId> {
  const bundle = await loadBundle(nameOrFolder, { verify: false });
  return { name: bundle.manifest.name, sha256: await hashFile(join(bundle.folder, 'manifest.json')) };
}

/** The order for a clip. Rejects with `HandfirstError` where a file or the preset cannot be read. */
export async function orderOf(clip: ClipOptions, bundle: BundleId, contents: Contents): Promise<ClipOrder> {
  const { preset, overrides } = clip.method ?? {};
  const { description: _, ...fields } = loadPreset(preset, overrides);
  const files: Record<string, { sha256: string; names?: readonly string[] }> = {};
  for (const path of filesOf(clip)) files[path] = await contents.of(path);
  const hashes = Object.entries(files).map(([path, { sha256 }]) => [path, sha256]);
  const key = hashOf([version(), bundle.sha256, clip, fields, hashes]);
  return { key, clip, files };
}
