import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Folders whose code decides pictures or numbers. */
const PARTS = ['detect', 'diffusion', 'evaluate', 'models', 'pipeline', 'pose', 'signers', 'stages', 'video'];
/** Parts of evaluate/ that only show numbers. */
const SHOWN_ONLY = /^evaluate\/(rank|report\/html)\//;
const PACKAGES = ['onnxruntime-node', 'sharp', '@litertjs/core', '@mediapipe/holistic', 'culori'];

/**
 * SHA-256 over handfirst's own code that decides pictures or numbers and over the versions of the packages it runs on: what was kept
 * from an earlier run is used only where this is the same, so that a change of the code is never hidden by it.
 */
export function engineHash(): string {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const hash = createHash('sha256').update(JSON.stringify(packageVersions()));
  for (const part of PARTS) {
    const names = readdirSync(root + part, { recursive: true, encoding: 'utf8' });
    for (const name of names.map((path) => `${part}/${path.replaceAll('\\', '/')}`).sort()) {
      if (!/\.(ts|js|mjs)$/.test(name) || name.endsWith('.d.ts') || SHOWN_ONLY.test(name)) continue;
      hash.update(`${name}\n`).update(readFileSync(root + name));
    }
  }
  return hash.digest('hex');
}

/** Versions of the packages that numbers may depend on. */
export function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const schema = z.object({ version: z.string() });
  return Object.fromEntries(
    PACKAGES.map((name) => [name, schema.parse(JSON.parse(packageFile(require, name))).version]),
  );
}

/** `package.json` of an installed package, also where its exports hide it. */
function packageFile(require: NodeRequire, name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return readFileSync(`${folder}/${name}/package.json`, 'utf8');
    } catch {
      // The next folder up.
    }
  }
  throw new Error(`the package ${name} is not installed`);
}
