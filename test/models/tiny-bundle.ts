import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Bundle } from '../../src/models/index.js';
import { manifestSchema } from '../../src/models/manifest.js';

/** The bundle of test/fixtures/make-bundle.py. */
export const TINY = fileURLToPath(new URL('../fixtures/bundle', import.meta.url));
const GRAPHS = fileURLToPath(new URL('../fixtures/graphs', import.meta.url));

/** An empty folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'handfirst-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of the tiny bundle that the test may spoil. */
export async function copyOfTiny(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(TINY, folder, { recursive: true });
  return folder;
}

/** Rewrites the manifest of a copied bundle. */
export async function editManifest(folder: string, edit: (text: string) => string): Promise<void> {
  const file = path.join(folder, 'manifest.json');
  await writeFile(file, edit(await readFile(file, 'utf8')));
}

/** A bundle whose folder is that of the graphs of test/fixtures/make-graphs.py. */
export async function graphsBundle(): Promise<Bundle> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(path.join(TINY, 'manifest.json'), 'utf8')));
  return { folder: GRAPHS, manifest };
}
