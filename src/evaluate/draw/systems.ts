import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import type { Manifest } from '../../models/manifest.js';
import { type Engine, loadPreset, openEngine, type Preset } from '../../pipeline/index.js';
import type { EvaluateOptions } from '../options.js';

/** What draws a row: a preset, and the bundle that it runs on. */
export interface System {
  /** As it was named: `preset`, or `preset@bundle`. */
  readonly name: string;
  /** Name or file of the preset. */
  readonly preset: string;
  readonly engine: Engine;
  /** SHA-256 of the bundle's manifest. */
  readonly bundleSha256: string;
  /** Whether what it is given shows hands: where it does not, low scores of hands follow from that. */
  readonly shownHands: boolean;
}

export interface Systems {
  readonly all: readonly System[];
  /** Side of the pictures, the same for all. */
  readonly size: number;
  close(): Promise<void>;
}

/** `preset` or `preset@bundle`; `expand` is the default preset's other name. */
export function parseSystem(name: string): { preset: string; bundle?: string } {
  const at = name.lastIndexOf('@');
  const file = (preset: string): string => (preset === 'expand' ? 'default' : preset);
  return at > 0 ? { preset: file(name.slice(0, at)), bundle: name.slice(at + 1) } : { preset: file(name) };
}

/** Opens each bundle that the presets name, once. Throws `UsageError` where bundles draw pictures of different sizes. */
export async function openSystems(options: EvaluateOptions): Promise<Systems> {
  const { presets, verify, device, threads, signal } = options;
  const engines = new Map<string | undefined, Engine>();
  const close = async (): Promise<void> => {
    for (const engine of engines.values()) await engine.close();
  };
  try {
    const all: System[] = [];
    for (const name of presets) {
      const { preset, bundle = options.bundle } = parseSystem(name);
      const engine =
        engines.get(bundle) ??
        (await openEngine({ method: { bundle, verify }, runtime: { device, threads }, signal }));
      engines.set(bundle, engine);
      const { folder, manifest } = engine.bundle;
      const bundleSha256 = await hashManifest(folder);
      const shownHands = showsHands(manifest, loadPreset(preset));
      all.push({ name, preset, engine, bundleSha256, shownHands });
    }
    return { all, size: commonSize(all), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function commonSize(systems: readonly System[]): number {
  const sizes = systems.map(({ engine }) => engine.bundle.manifest.body.autoencoder.size);
  const [size = 0] = sizes;
  const other = sizes.findIndex((one) => one !== size);
  if (other < 0) return size;
  throw new UsageError(
    'HF_FIELDS_CONFLICT',
    `The bundle of ${systems[other]?.name} draws ${sizes[other]} pixels and that of ${systems[0]?.name} ${size}, so their scores cannot stand in one table: evaluate them apart, or export one of them at the other's size.`,
    { field: 'preset' },
  );
}

/** Whether hands are drawn first, or are among the conditions of the stage that draws alone. */
export function showsHands({ hand, body }: Manifest, preset: Preset): boolean {
  if (hand && preset.hand.draw) return true;
  if (!preset.body.pose) return false;
  const { inputs, encoders } = body.denoiser;
  const drawn = [...inputs, ...encoders.flatMap((encoder) => encoder.inputs)];
  return drawn
    .flatMap((input) => ('channels' in input ? input.channels : []))
    .some(({ kind, ...channels }) =>
      kind === 'openpose' && 'hands' in channels ? channels.hands : HAND_KINDS.has(kind),
    );
}

const HAND_KINDS: ReadonlySet<string> = new Set(['finger-heatmaps', 'hand-surface', 'hand-depth']);

async function hashManifest(folder: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(join(folder, 'manifest.json')))
    .digest('hex');
}
