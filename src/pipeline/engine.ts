import {
  type Bundle,
  type BundleRunner,
  createTokenizer,
  DEFAULT_BUNDLE,
  type Gallery,
  loadBundle,
  loadGallery,
  type Tokenizer,
} from '../models/index.js';
import { graphsOf } from '../models/read-manifest.js';
import { DrawPool } from './draw/draw-pool.js';
import type { GenerateOptions } from './options.js';

/** A bundle on a device: what sessions share when several are opened one after another. */
export interface Engine {
  readonly bundle: Bundle;
  readonly runner: BundleRunner;
  /** The threads that draw frames. */
  readonly pool: DrawPool;
  /** Absent where the bundle has no prompt graph. */
  readonly tokenizer?: Tokenizer;
  /** The signers that the bundle brings. */
  readonly gallery?: Gallery;
  /** Loads every graph now, which else happens when it is first run. Rejects with `DeviceError` where one cannot be. */
  warm(): Promise<void>;
  /** Frees the models and ends their threads; what is being drawn by them fails. */
  close(): Promise<void>;
}

/** What is checked once the bundle's description is read, before its weights are. */
export type EngineCheck = (bundle: Bundle, tokenizer: Tokenizer | undefined) => Promise<void>;

/** Opens a bundle and a device, to be kept; the signal ends it for good. Throws `BundleError`, `DeviceError` and `UsageError`. */
export async function openEngine(
  { method = {}, runtime = {}, signal }: Pick<GenerateOptions, 'method' | 'runtime' | 'signal'>,
  check?: EngineCheck,
): Promise<Engine> {
  const name = method.bundle ?? DEFAULT_BUNDLE;
  const bundle = await loadBundle(name, { verify: false });
  const tokenizer = await createTokenizer(bundle);
  const gallery = await loadGallery(bundle);
  await check?.(bundle, tokenizer);
  // Reading all weights takes longer than all checks.
  if (method.verify ?? true) await loadBundle(name);
  const pool = await DrawPool.open(bundle, { device: runtime.device, threads: runtime.threads, signal });
  return {
    bundle,
    runner: pool.runner,
    pool,
    ...(tokenizer ? { tokenizer } : {}),
    ...(gallery ? { gallery } : {}),
    warm: () => pool.warm(graphsOf(bundle.manifest)),
    close: () => pool.close(),
  };
}
