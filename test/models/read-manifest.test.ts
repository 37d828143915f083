import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BundleError } from '../../src/errors.js';
import { graphsOf, readManifest } from '../../src/models/read-manifest.js';
import { TINY } from './tiny-bundle.js';

const text = readFileSync(path.join(TINY, 'manifest.json'), 'utf8');

describe('readManifest', () => {
  it('names every graph once', () => {
    const graphs = graphsOf(readManifest(text, '/bundle'));
    expect(graphs.toSorted()).toEqual([
      'body-decoder.onnx',
      'body.onnx',
      'encoder.onnx',
      'hand-decoder.onnx',
      'hand.onnx',
      'prompt.onnx',
    ]);
  });

  it('reads a manifest with anything in any place, or says in one sentence what is wrong', () => {
    const places = pathsOf(JSON.parse(text));
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (place, value) => {
        try {
          readManifest(JSON.stringify(replaced(JSON.parse(text), place, value)), '/bundle');
        } catch (error) {
          expect(error).toBeInstanceOf(BundleError);
          expect(String(error)).toMatch(/^BundleError: The manifest \/bundle\/manifest\.json [^\n]*\.$/);
          refused += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('refuses text that was cut off anywhere', () => {
    for (let length = 0; length < text.trimEnd().length; length += 97) {
      expect(() => readManifest(text.slice(0, length), '/bundle')).toThrow(/is no JSON/);
    }
  });
});

const branch = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);
type Path = readonly (string | number)[];

/** Where a JSON value has values inside. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  const inside = branch.safeParse(value);
  if (!inside.success) return [at];
  return [at, ...Object.entries(inside.data).flatMap(([key, child]) => pathsOf(child, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const inside = branch.parse(value);
  const entries = Object.entries(inside).map(([name, child]) => [
    name,
    name === String(key) ? replaced(child, rest, by) : child,
  ]);
  return Array.isArray(inside) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}
