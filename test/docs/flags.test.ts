import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { presetField } from '../../src/cli/arguments.js';
import { evaluateCommand } from '../../src/cli/evaluate.js';
import { generateCommand } from '../../src/cli/generate.js';
import { modelsCommand } from '../../src/cli/models.js';
import { loadPreset } from '../../src/pipeline/preset.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['docs/method.md', 'docs/sd15.md'];
const python = ['export', 'sd15', 'sd15_training', 'training'].map((name) =>
  join(root, 'models/training/handfirst_training', name),
);

function flagsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return ['--help', ...own, ...command.commands.flatMap(flagsOf)];
}

/** What argparse is given in the training code; `BooleanOptionalAction` brings the flag that says no as well. */
function pythonFlags(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.py'));
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const added = [...text.matchAll(/add_argument\(\s*(?:"-\w", )?"(--[a-z-]+)"/g)].map(
      ([, flag = '']) => flag,
    );
    const both = [...text.matchAll(/"--([a-z-]+)", action=argparse\.BooleanOptionalAction/g)];
    return [...added, ...both.map(([, name]) => `--no-${name}`)];
  });
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  it('names flags that there are', () => {
    const known = new Set([
      ...[generateCommand(), evaluateCommand(), modelsCommand()].flatMap(flagsOf),
      ...python.flatMap(pythonFlags),
      // Of `npm run bench`.
      ...[...readFileSync(join(root, 'bench/bench.ts'), 'utf8').matchAll(/'(--[a-z-]+)[ ']/g)].map(
        ([, flag = '']) => flag,
      ),
    ]);
    const named = [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((flag) => !known.has(flag))).toEqual([]);
  });

  it('sets fields that presets have', () => {
    const set = [...text.matchAll(/--set ([a-z]+\.[\w.]+=[^\s`]*)/g)].map(([, field = '']) =>
      field.replace(/N$/, '1'),
    );
    expect(set.length).toBeGreaterThan(3);
    for (const field of set) expect(() => loadPreset('paper', presetField(field)), field).not.toThrow();
  });
});
