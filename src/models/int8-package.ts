import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Manifest } from './manifest.js';

/** A manifest as this installation can serve it. */
export interface Served {
  readonly manifest: Manifest;
  /** The package of int8 graphs that is to be installed before there are any. */
  readonly int8Package?: string;
}

/**
 * Int8 graphs may lie beside the others, or in the package `@handfirst/NAME-int8`, since not everybody needs them: then the manifest names
 * them by their absolute paths. Where neither has them, they are left out.
 */
export async function withInt8(manifest: Manifest, folder: string): Promise<Served> {
  const graphs = Object.values(manifest.int8);
  const beside = await Promise.all(graphs.map((graph) => isFile(path.join(folder, graph))));
  if (graphs.length === 0 || beside.includes(true)) return { manifest };
  const name = `@handfirst/${manifest.name}-int8`;
  const elsewhere = packageFolder(name);
  const place = (graph: string): string => path.join(elsewhere ?? '', graph);
  const files = Object.entries(manifest.files).flatMap(([file, expected]) => {
    if (!graphs.includes(file)) return [[file, expected] as const];
    return elsewhere === undefined ? [] : [[place(file), expected] as const];
  });
  const int8 = Object.entries(manifest.int8).map(([graph, small]) => [graph, place(small)] as const);
  return {
    manifest: {
      ...manifest,
      files: Object.fromEntries(files),
      int8: elsewhere === undefined ? {} : Object.fromEntries(int8),
    },
    ...(elsewhere === undefined ? { int8Package: name } : {}),
  };
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}

function packageFolder(name: string): string | undefined {
  try {
    return path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
