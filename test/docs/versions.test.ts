import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { version } from '../../src/pipeline/provenance.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('every file that says the version says the same', () => {
  const said = (file: string, pattern: RegExp) => pattern.exec(readFileSync(join(root, file), 'utf8'))?.[1];
  expect({
    'package.json': said('package.json', /"version": "(.+)"/),
    'package-lock.json': said('package-lock.json', /"version": "(.+)"/),
    'packages/pose': said('packages/pose/package.json', /"version": "(.+)"/),
    'CITATION.cff': said('CITATION.cff', /^version: (.+)$/m),
    'models/training': said('models/training/pyproject.toml', /^version = "(.+)"$/m),
    'CHANGELOG.md': said('CHANGELOG.md', /^## (\d\S*)/m),
  }).toEqual({
    'package.json': version(),
    'package-lock.json': version(),
    'packages/pose': version(),
    'CITATION.cff': version(),
    'models/training': version(),
    'CHANGELOG.md': version(),
  });
});
