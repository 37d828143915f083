import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it, vi } from 'vitest';
import { treeOf } from '../../src/cli/command-tree.js';
import { complete } from '../../src/cli/complete.js';
import { program } from '../../src/cli/main.js';
import { temporaryFolder } from '../pipeline/write-clip.js';

// Each Tab starts the program anew.
vi.setConfig({ testTimeout: 900_000 });

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

async function offered(...words: string[]) {
  // As the build writes it.
  const tree = JSON.parse(JSON.stringify(treeOf(program())));
  const { kind, candidates } = await complete(tree, words);
  return { kind, words: candidates.map(([word]) => word) };
}

it('offers commands, files, flags and values where they can stand', async () => {
  expect(await offered('ge')).toEqual({ kind: 'files', words: ['generate'] });
  expect((await offered('')).words).not.toContain('__complete');
  expect((await offered('evaluate', 'ma')).words).toEqual(['make']);
  expect((await offered('x.pose', '--signe')).words).toEqual(['--signer']);
  expect((await offered('x.pose', '--signer', 'li')).words).toContain('liam');
  expect(await offered('x.pose', '--preset=f')).toEqual({ kind: 'files', words: ['fast'] });
  expect(await offered('x.pose', '--device', 'c')).toEqual({ kind: 'none', words: ['cuda', 'cpu'] });
  expect(await offered('x.pose', '--fps', '')).toEqual({ kind: 'none', words: [] });
  expect(await offered('pose', 'convert', 'a.pose', '')).toEqual({ kind: 'files', words: [] });
  expect(await offered('phrase', 'HELLO', '--lexicon', '')).toEqual({ kind: 'folders', words: [] });
  expect((await offered('models', 'check', '')).words).toContain('compact');
});

it('asks for nothing that takes long to load before it knows what is asked', async () => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/cli/answer-completion.ts', import.meta.url))],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const imported = new Set(
    Object.keys(metafile.inputs).filter((path) => path.endsWith('answer-completion.ts')),
  );
  for (const path of imported) {
    for (const { kind, path: next } of metafile.inputs[path]?.imports ?? [])
      if (kind === 'import-statement') imported.add(next);
  }
  expect([...imported].map((path) => path.replace(/^.*src\//, ''))).toEqual([
    ...['cli/answer-completion.ts', 'node:fs', 'cli/complete.ts'],
  ]);
});

/** A folder with `handfirst` and a file whose name has a blank; the environment in which shells find the program. */
function place() {
  const folder = temporaryFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const file = join(bin, 'handfirst');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' --import '${loader}' '${entry}' "$@"\n`);
  chmodSync(file, 0o755);
  writeFileSync(join(folder, 'my clip.pose'), '');
  return { cwd: folder, env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } };
}

function has(shell: string): boolean {
  return spawnSync(shell, ['--version']).error === undefined;
}

it('completes in bash', ({ skip }) => {
  if (!has('bash')) skip('There is no bash.');
  const script = `source <(handfirst completion bash)
source <(handfirst completion bash)
compopt() { :; }
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _handfirst; printf '%s|' "\${COMPREPLY[@]}"; echo; }
try handfirst gen
try handfirst my
try handfirst x.pose --preset = fa
try handfirst x.pose --signer li`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { ...place(), encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('generate|\nmy clip.pose|\nfast|\nliam|\n');
});

it('completes in fish', ({ skip }) => {
  if (!has('fish')) skip('There is no fish.');
  const script = `handfirst completion fish | source
for line in "handfirst gen" "handfirst my" "handfirst x.pose --preset=fa"
complete -C $line | string replace -r "\\t.*" ""
end`;
  const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], {
    ...place(),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('generate\nmy clip.pose\n--preset=fast\n');
});

it('completes in zsh', ({ skip }) => {
  if (!has('zsh')) skip('There is no zsh.');
  // zsh completes on a terminal only, so the function is run with what it calls replaced.
  const script = `compdef() { :; }
source <(handfirst completion zsh)
compset() { :; }
_describe() { print -rl -- "\${(@P)2}"; }
_files() { echo FILES "$@"; }
try() { words=("$@"); CURRENT=$#; _handfirst; }
try handfirst gen
try handfirst evaluate mak
try handfirst phrase X --lexicon ''`;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { ...place(), encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^generate:draw a keypoint file.*\nFILES *\nmake:.*\nFILES -\/\n$/);
});
