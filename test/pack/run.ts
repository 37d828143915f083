/*
 * Packs handfirst, @handfirst/pose and @handfirst/compact-int8, installs them in empty folders with install scripts disabled, and uses what was installed as a
 * stranger would: the command line, every entry point, the types, and the sizes that the README promises. `npm run test:pack`.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { checkTypes } from './check-types.js';
import { execute } from './execute.js';
import { megabytes, nativeFiles, otherPlatforms } from './measure.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'handfirst-pack-'));
const exportsOf = z.object({ exports: z.record(z.string(), z.unknown()) });

/** Entry points of a package as they are imported. */
function entryPoints(name: string, where: string): string[] {
  const about = exportsOf.parse(JSON.parse(readFileSync(join(root, where, 'package.json'), 'utf8')));
  const own = Object.keys(about.exports).filter((key) => key !== './package.json');
  return own.map((key) => name + key.slice(1));
}

function pack(where: string): string {
  const made = execute('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(root, where) });
  const [first] = z.array(z.object({ filename: z.string() })).parse(JSON.parse(made.out));
  return join(folder, first?.filename ?? '');
}

function install(name: string, packages: readonly string[]): string {
  const own = join(folder, name);
  execute('node', ['-e', `require('fs').mkdirSync(${JSON.stringify(own)})`]);
  writeFileSync(join(own, 'package.json'), '{"private":true,"type":"module"}\n');
  add(own, packages);
  return own;
}

function add(own: string, packages: readonly string[]): void {
  execute(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...packages],
    { cwd: own },
  );
}

function importAll(own: string, names: readonly string[]): void {
  const lines = names.map((name) => `console.log(Object.keys(await import('${name}')).length > 0)`);
  writeFileSync(join(own, 'imports.mjs'), lines.join('\n'));
  const { out } = execute('node', ['imports.mjs'], { cwd: own });
  assert.deepEqual(
    out.trim().split('\n'),
    names.map(() => 'true'),
  );
}

function atMost(what: string, value: number, limit: number): void {
  process.stdout.write(`${what}: ${value.toFixed(1)} MB (at most ${limit})\n`);
  assert.ok(value <= limit, `${what} takes ${value.toFixed(1)} MB; ${limit} is the most`);
}

/** What drawing needs, and what it does without. */
function checkWhole(): void {
  const own = install('whole', [pack('.')]);
  const modules = join(own, 'node_modules');
  atMost('handfirst', megabytes(modules), 430);
  atMost('handfirst without the files of other platforms', megabytes(modules) - otherPlatforms(modules), 170);
  const handfirst = (...args: string[]) =>
    execute('node', [join(modules, 'handfirst/bin/handfirst.js'), ...args], { cwd: own, mayFail: true });
  const hello = join(modules, 'handfirst/samples/hello.pose');
  // Files beside the video are written by packages that are bundled with the program.
  const one = ['-o', 'hello.mp4', '--range', '8:9', '--preset', 'fast', '--contact-sheet', 'sheet.png'];
  const drawn = handfirst('generate', hello, ...one);
  assert.equal(drawn.status, 0, drawn.err);
  for (const name of ['hello.mp4', 'sheet.png']) assert.ok(readdirSync(own).includes(name), name);
  const unfound = handfirst('pose', 'extract', 'hello.mp4', '-o', 'found.pose');
  assert.match(unfound.err, /npm install @litertjs\/core @mediapipe\/holistic/);
  const unsigned = handfirst(
    'generate',
    hello,
    '-o',
    'signed.mp4',
    '--sign-certificate',
    'a',
    '--sign-key',
    'b',
  );
  assert.match(unsigned.err, /npm install @contentauth\/c2pa-wasm/);
  const small = [
    'generate',
    hello,
    '-o',
    'small.mp4',
    '--range',
    '8:9',
    '--preset',
    'live',
    '--precision',
    'int8',
  ];
  assert.match(handfirst(...small).err, /npm install @handfirst\/compact-int8/);
  add(own, [pack('packages/compact-int8')]);
  const eight = handfirst(...small);
  assert.equal(eight.status, 0, eight.err);
  assert.match(handfirst('preview').err, /npm install hono @hono\/node-server/);
  const batch = ['batch', join(modules, 'handfirst/samples/hello.pose'), '--out', 'videos', '--range', '8:9'];
  assert.equal(handfirst(...batch, '--preset', 'fast', '--workers', '1').status, 0);
  const queued = handfirst(...batch, '--queue', 'redis://127.0.0.1:1');
  assert.match(queued.err, /npm install bullmq ioredis/);
  assert.match(handfirst('evaluate', '--limit', '1').err, /npm install culori ml-matrix/);
  const names = entryPoints('handfirst', '.');
  importAll(own, names);
  checkTypes(own, names);
}

/** Keypoints alone. */
function checkPose(): void {
  const own = install('pose', [pack('packages/pose')]);
  const modules = join(own, 'node_modules');
  atMost('@handfirst/pose', megabytes(modules), 20);
  assert.deepEqual(nativeFiles(modules), []);
  const names = entryPoints('@handfirst/pose', 'packages/pose');
  importAll(own, names);
  checkTypes(own, names);
  const read = `import { openPoseClip } from '@handfirst/pose';
const clip = await openPoseClip(process.argv[2], { fps: 25, size: { width: 512, height: 512 } });
let frames = 0;
for await (const { keypoints } of clip.frames()) frames += keypoints.length / 399;
console.log(frames === clip.info.frameCount, clip.info.format);`;
  writeFileSync(join(own, 'read.mjs'), read);
  const samples = join(root, 'samples');
  for (const file of readdirSync(samples).filter((name) => /\.(pose|parquet|npz)$/.test(name)))
    assert.match(execute('node', ['read.mjs', join(samples, file)], { cwd: own }).out, /^true/, file);
}

try {
  checkPose();
  checkWhole();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
