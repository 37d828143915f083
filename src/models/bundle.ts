import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BundleError } from '../errors.js';
import { hashFile } from '../file-hash.js';
import { reasonOf } from '../reason.js';
import { withInt8 } from './int8-package.js';
import type { Manifest } from './manifest.js';
import { readManifest } from './read-manifest.js';

/** A model bundle on disk: its folder (absolute) and what its manifest says. */
export interface Bundle {
  readonly folder: string;
  readonly manifest: Manifest;
  /** The package of int8 graphs that the bundle has and that is not installed; the manifest then names none. */
  readonly int8Package?: string;
}

/** The bundle used where none is named. */
export const DEFAULT_BUNDLE = 'compact';

const MANIFEST = 'manifest.json';
/** `models/` of the package; both `src/models/` and `dist/models/` lie two folders below its root. */
const PACKAGED = fileURLToPath(new URL('../../models/', import.meta.url));

/**
 * Opens a bundle by the name of one in the package (`compact`) or by its folder. Reads the manifest, looks that every file it
 * lists is there, and with `verify` (the default) compares their SHA-256. Throws `BundleError`.
 */
export async function loadBundle(nameOrFolder: string, options: { verify?: boolean } = {}): Promise<Bundle> {
  const folder = await findBundle(nameOrFolder);
  const written = readManifest(await readText(path.join(folder, MANIFEST)), folder);
  const bundle = { folder, ...(await withInt8(written, folder)) };
  for (const problem of await fileProblems(bundle, options.verify ?? true))
    throw new BundleError('HF_BUNDLE_FILE', problem, { file: bundle.folder });
  return bundle;
}

/** Absolute path of a file that the manifest names. */
export function bundleFile(bundle: Bundle, file: string): string {
  return path.resolve(bundle.folder, file);
}

/** A bundle of the package: read, or the sentence that says why it cannot be. */
export interface ListedBundle {
  readonly name: string;
  readonly folder: string;
  readonly bundle?: Bundle;
  readonly problem?: string;
}

/** The bundles that came with the package, by name. Weights are not verified. */
export async function listBundles(root = PACKAGED): Promise<ListedBundle[]> {
  const listed: ListedBundle[] = [];
  for (const name of await bundleNames(root)) {
    const folder = path.join(root, name);
    try {
      listed.push({ name, folder, bundle: await loadBundle(folder, { verify: false }) });
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      listed.push({ name, folder, problem: error.message });
    }
  }
  return listed;
}

/** A sentence for each listed file that is missing, of another size or (with `verify`) of other content. */
export async function fileProblems({ folder, manifest }: Bundle, verify: boolean): Promise<string[]> {
  const problemOf = async ([file, expected]: [string, Manifest['files'][string]]): Promise<string[]> => {
    const where = path.resolve(folder, file);
    const found = await stat(where).catch(() => undefined);
    if (!found?.isFile())
      return [
        `The model file ${where} is missing: restore it, or install the bundle "${manifest.name}" again.`,
      ];
    const whole = found.size === expected.bytes;
    if (whole && !(verify && (await sha256(where)) !== expected.sha256)) return [];
    return [
      `The model file ${where} is not the one that the manifest of "${manifest.name}" describes: it was altered or is incomplete, so install the bundle again.`,
    ];
  };
  return (await Promise.all(Object.entries(manifest.files).map(problemOf))).flat();
}

async function findBundle(nameOrFolder: string): Promise<string> {
  const isName = /^[\w.-]+$/.test(nameOrFolder) && !/^\.+$/.test(nameOrFolder);
  const candidates = isName ? [path.join(PACKAGED, nameOrFolder)] : [];
  candidates.push(path.resolve(nameOrFolder));
  for (const folder of candidates) {
    if (await exists(path.join(folder, MANIFEST))) return folder;
  }
  const names = await bundleNames(PACKAGED);
  throw new BundleError(
    'HF_BUNDLE_MISSING',
    `There is no model bundle "${nameOrFolder}": give ${names.length > 0 ? `${names.join(', ')} or ` : ''}a folder that holds a ${MANIFEST}.`,
    { file: nameOrFolder, field: 'bundle' },
  );
}

async function bundleNames(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (await exists(path.join(root, entry.name, MANIFEST))) names.push(entry.name);
  }
  return names.sort();
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new BundleError(
      'HF_BUNDLE_FILE',
      `The manifest ${file} cannot be read (${reasonOf(error)}): check its permissions.`,
      { file },
    );
  }
}

async function sha256(file: string): Promise<string> {
  try {
    return await hashFile(file);
  } catch (error) {
    throw new BundleError(
      'HF_BUNDLE_FILE',
      `The model file ${file} cannot be read (${reasonOf(error)}): check its permissions.`,
      { file },
    );
  }
}
