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
import type { Begun } from './choice/begun.js';
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

/** What an engine is opened with. */
export interface EngineOptions extends Pick<GenerateOptions, 'method' | 'runtime' | 'signal'> {
  /** What an unfinished run was begun with: it goes on so. */
  readonly begun?: Begun;
}

/** An engine whose first worker is starting, while its caller does other things. */
export interface StartingEngine {
  /** Checks, and waits for the device. Throws `BundleError`, `DeviceError` and `UsageError`; then nothing is left open. */
  open(check?: EngineCheck): Promise<Engine>;
  cancel(): Promise<void>;
}

/** Opens a bundle and a device, to be kept; the signal ends it for good. Throws `BundleError`, `DeviceError` and `UsageError`. */
export function openEngine(options: EngineOptions): Promise<Engine> {
  return startEngine(options).open();
}

/** Begins to open a bundle and a device; graphs are loaded when everything has been checked. */
export function startEngine({ method = {}, runtime = {}, signal, begun }: EngineOptions): StartingEngine {
  const name = method.bundle ?? DEFAULT_BUNDLE;
  const stop = new AbortController();
  const end = (): void => stop.abort();
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  let endChecks = (): void => undefined;
  const checked = new Promise<void>((resolve) => {
    endChecks = resolve;
  });
  const reading = loadBundle(name, { verify: false });
  const starting = reading.then((bundle) =>
    DrawPool.open(bundle, {
      device: runtime.device,
      threads: runtime.threads,
      begun: begun?.graphThreads,
      signal: stop.signal,
      checked,
    }),
  );
  // Heard by `open`, which looks at other things first.
  starting.catch(() => undefined);
  const cancel = async (): Promise<void> => {
    end();
    endChecks();
    signal?.removeEventListener('abort', end);
    await starting.then((pool) => pool.close()).catch(() => undefined);
  };
  const open = async (check?: EngineCheck): Promise<Engine> => {
    const bundle = await reading;
    const tokenizer = await createTokenizer(bundle);
    const gallery = await loadGallery(bundle);
    await check?.(bundle, tokenizer);
    // Reading all weights takes longer than all checks.
    if (method.verify ?? true) await loadBundle(name);
    endChecks();
    const pool = await starting;
    return {
      bundle,
      runner: pool.runner,
      pool,
      ...(tokenizer ? { tokenizer } : {}),
      ...(gallery ? { gallery } : {}),
      warm: () => pool.warm(graphsOf(bundle.manifest)),
      close: async () => {
        await pool.close();
        signal?.removeEventListener('abort', end);
      },
    };
  };
  return {
    cancel,
    open: (check) =>
      open(check).catch(async (error: unknown) => {
        await cancel();
        throw error;
      }),
  };
}
